//! A.3: dynamic client registration.

use serde_json::{Value, json};

use super::{Row, must, rows};
use crate::support::agent::CALLBACK;
use crate::support::{Answer, App, Hosting, http};

async fn register(app: &App, metadata: Value) -> Answer {
    Answer::of(http().post(format!("{}/register", app.live().issuer)).json(&metadata).send().await.unwrap()).await
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows(app: &App) -> Vec<Row<'_>> {
    rows! {
        "A24, RFC 7591 §3.2.1: 201 with client_id and the metadata" => async move {
            let answer = register(app, json!({"redirect_uris": [CALLBACK], "client_name": "Agent"})).await;
            let json = answer.json();
            must(answer.status == 201 && json["client_id"].is_string() && json["redirect_uris"] == json!([CALLBACK]) && json["client_name"] == "Agent", &answer)
        },
        "A7, RFC 7591 §3.2.1: the answer is not stored" => async move {
            let answer = register(app, json!({"redirect_uris": [CALLBACK]})).await;
            must(answer.header("cache-control").contains("no-store"), &answer)
        },
        "A24: a secret comes with client_secret_expires_at" => async move {
            let answer = register(app, json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_basic"})).await;
            let json = answer.json();
            must(json["client_secret"].is_string() && json["client_secret_expires_at"] == 0, &answer)
        },
        "H22: no member is null" => async move {
            let answer = register(app, json!({"redirect_uris": [CALLBACK]})).await;
            must(answer.json().as_object().is_some_and(|json| json.values().all(|value| !value.is_null())), &answer)
        },
        "A24, RFC 7591 §3.2.2: 400 invalid_redirect_uri" => async move {
            for uris in [json!([]), json!(["http://agent.example/cb"]), json!(["https://agent.example/cb#x"])] {
                let answer = register(app, json!({"redirect_uris": uris})).await;
                must(answer.status == 400 && answer.error() == "invalid_redirect_uri", &answer)?;
            }
            Ok(())
        },
        "A24, RFC 7591 §3.2.2: 400 invalid_client_metadata" => async move {
            for (member, value) in [("token_endpoint_auth_method", json!("magic")), ("grant_types", json!(["password"])), ("response_types", json!(["token"]))] {
                let answer = register(app, json!({"redirect_uris": [CALLBACK], member: value})).await;
                must(answer.status == 400 && answer.error() == "invalid_client_metadata", &answer)?;
            }
            Ok(())
        },
        "RFC 7591 §2: unknown members are ignored" => async move {
            let answer = register(app, json!({"redirect_uris": [CALLBACK], "x_unknown": {"a": [1]}, "contacts": ["a@b.example"]})).await;
            must(answer.status == 201, &answer)
        },
        "A23: application_type is tolerated and inferred" => async move {
            for (uri, kind) in [(CALLBACK, "web"), ("http://127.0.0.1/callback", "native")] {
                let answer = register(app, json!({"redirect_uris": [uri]})).await;
                must(answer.json()["application_type"] == kind, &answer)?;
            }
            Ok(())
        },
        "A24, RFC 7591 §3.2.1: what was registered is echoed, redirect URIs as they were sent" => async move {
            let uris = ["http://localhost:51234/callback", "https://agent.example/callback"];
            let answer = register(app, json!({"redirect_uris": uris, "token_endpoint_auth_method": "none", "client_uri": "https://agent.example/"})).await;
            let json = answer.json();
            must(json["redirect_uris"] == json!(uris) && json["token_endpoint_auth_method"] == "none" && json["client_uri"] == "https://agent.example/", &answer)
        },
        "A20, A26: nobody has to prove who they are, and a body, a list of redirect URIs and a source have their limits" => async move {
            let many: Vec<String> = (0..11).map(|n| format!("https://agent.example/{n}")).collect();
            let answer = register(app, json!({"redirect_uris": many})).await;
            must(answer.status == 400, &answer)?;
            let long = "n".repeat(20_000);
            let answer = register(app, json!({"redirect_uris": [CALLBACK], "client_name": long})).await;
            must(answer.status == 413, &answer)?;
            let hurried = App::start_as(Hosting::OneStore, &[("TILLGATE__REGISTRATION__RATE_PER_MINUTE", "3")]).await;
            for n in 0..3 {
                let answer = register(&hurried, json!({"redirect_uris": [format!("https://agent.example/{n}")]})).await;
                must(answer.status == 201, &answer)?;
            }
            let answer = register(&hurried, json!({"redirect_uris": [CALLBACK]})).await;
            must(answer.status == 429 && !answer.header("retry-after").is_empty(), &answer)
        },
        "A26: what a browser would run, and fragments, are no redirect URIs" => async move {
            for uri in ["javascript:alert(1)", "data:text/html,x", "https://agent.example/callback#here"] {
                let answer = register(app, json!({"redirect_uris": [uri]})).await;
                must(answer.status == 400 && answer.error() == "invalid_redirect_uri", &answer)?;
            }
            Ok(())
        },
        "A25: a generated client id is no https address" => async move {
            let answer = register(app, json!({"redirect_uris": [CALLBACK]})).await;
            must(!answer.json()["client_id"].as_str().unwrap_or("https://").starts_with("https://"), &answer)
        },
        "A31: a redirect URI is https or loopback, or a private-use one that is known" => async move {
            let unknown = register(app, json!({"redirect_uris": ["evil://callback"]})).await;
            must(unknown.error() == "invalid_redirect_uri", &unknown)?;
            let known = register(app, json!({"redirect_uris": ["cursor://anysphere.cursor-mcp/oauth/callback", "https://www.cursor.com/agents/mcp/oauth/callback", "http://localhost:8787/callback"]})).await;
            must(known.status == 201, &known)
        },
        "H3, D6: grants that are not built are dropped, not refused" => async move {
            let answer = register(app, json!({"redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]})).await;
            must(answer.status == 201 && answer.json()["grant_types"] == json!(["authorization_code", "refresh_token"]), &answer)
        },
        "Decision 2: identical registrations of public clients are one client" => async move {
            let one = register(app, json!({"redirect_uris": [CALLBACK, "https://b.example/"], "client_name": "Same"})).await.json();
            let two = register(app, json!({"client_name": "Same", "redirect_uris": ["https://b.example/", CALLBACK], "scope": "products:read"})).await.json();
            must(one["client_id"] == two["client_id"], &(one, two))
        },
    }
}
