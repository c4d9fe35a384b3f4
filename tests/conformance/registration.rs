//! A.3: dynamic client registration (RFC 7591), and clients that manage themselves (RFC 7592).

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tillgate::domain::IssuerId;
use tillgate::merchant::Act;
use tillgate::merchant::registration_tokens::{NewToken, add};
use tillgate::storage::StorageError;

use super::{Row, must, rows};
use crate::support::agent::CALLBACK;
use crate::support::{Agent, Answer, App, Browser, Document, Documents, Hosting, Key, http};

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
        "RFC 7592 §3: a client that is nobody else's is told where and with what it manages itself; a shared one is not" => async move {
            let own = register(app, own_client()).await.json();
            must(own["registration_client_uri"] == format!("{}/register/{}", app.live().issuer, own["client_id"].as_str().unwrap()), &own)?;
            must(own["registration_access_token"].as_str().is_some_and(|token| token.len() > 42), &own)?;
            let shared = register(app, json!({"redirect_uris": [CALLBACK]})).await.json();
            must(shared.get("registration_access_token").is_none() && shared.get("registration_client_uri").is_none(), &shared)
        },
        "RFC 7592 §2.1: reading" => async move {
            let own = register(app, own_client()).await.json();
            let answer = manage(Method::GET, &own, None).await;
            let json = answer.json();
            must(answer.status == 200 && answer.header("cache-control").contains("no-store"), &answer)?;
            must(json["client_id"] == own["client_id"] && json["redirect_uris"] == json!([CALLBACK]) && json["registration_access_token"] == own["registration_access_token"], &answer)?;
            must(json.get("client_secret").is_none() && json.as_object().unwrap().values().all(|value| !value.is_null()), &answer)
        },
        "RFC 7592 §2.2: an update replaces the registration as a whole" => async move {
            let own = register(app, json!({"redirect_uris": [CALLBACK], "client_name": "Own", "client_uri": "https://agent.example/", "token_endpoint_auth_method": "client_secret_basic"})).await.json();
            let sent = json!({"client_id": own["client_id"], "redirect_uris": ["https://agent.example/new"], "client_name": "New", "client_secret": own["client_secret"]});
            let answer = manage(Method::PUT, &own, Some(sent)).await;
            must(answer.status == 200 && answer.header("cache-control").contains("no-store"), &answer)?;
            let json = manage(Method::GET, &own, None).await.json();
            must(json["client_name"] == "New" && json["redirect_uris"] == json!(["https://agent.example/new"]) && json.get("client_uri").is_none(), &json)
        },
        "D18: what the merchant vouched for is what the client was; who updates itself to something else is not approved any more" => async move {
            let own = register(app, json!({"redirect_uris": [CALLBACK], "client_name": "Approved by hand", "token_endpoint_auth_method": "client_secret_basic"})).await.json();
            app.sql("UPDATE clients SET approved_at = 1, class = 'browse' WHERE metadata LIKE '%Approved by hand%'").await;
            let sent = |name: &str| json!({"client_id": own["client_id"], "redirect_uris": [CALLBACK], "client_name": name});
            let same = manage(Method::PUT, &own, Some(sent("Approved by hand"))).await;
            let kept = app.sql("UPDATE clients SET approved_at = 1 WHERE approved_at IS NOT NULL AND class = 'browse'").await;
            must(same.status == 200 && kept == 1, &(same, kept))?;
            let other = manage(Method::PUT, &own, Some(sent("Another by name"))).await;
            let kept = app.sql("UPDATE clients SET approved_at = 1 WHERE approved_at IS NOT NULL").await;
            let classed = app.sql("UPDATE clients SET class = NULL WHERE class = 'browse'").await;
            must(other.status == 200 && kept == 0 && classed == 1, &(other, kept, classed))
        },
        "RFC 7592 §2.2: an update names its client, sends nothing of the server's, and no other secret" => async move {
            let own = register(app, own_client()).await.json();
            let with = |name: &str, value: Value| {
                let mut sent = json!({"client_id": own["client_id"], "redirect_uris": [CALLBACK]});
                sent[name] = value;
                sent
            };
            for sent in [
                json!({"redirect_uris": [CALLBACK]}),
                with("client_id", json!("cs_other")),
                with("registration_access_token", own["registration_access_token"].clone()),
                with("registration_client_uri", own["registration_client_uri"].clone()),
                with("client_secret_expires_at", json!(0)),
                with("client_id_issued_at", json!(1)),
                with("client_secret", json!("tgs_of_its_own_choice")),
                with("token_endpoint_auth_method", json!("none")),
            ] {
                let answer = manage(Method::PUT, &own, Some(sent)).await;
                must(answer.status == 400 && answer.error() == "invalid_client_metadata", &answer)?;
            }
            let answer = manage(Method::PUT, &own, Some(with("redirect_uris", json!(["javascript:alert(1)"])))).await;
            must(answer.status == 400 && answer.error() == "invalid_redirect_uri", &answer)
        },
        "RFC 7592 §2.3: deleting, and everything that was granted" => async move {
            let own = register(app, own_client()).await.json();
            let agent = agent_of(app, &own);
            let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
            must(app.live().accepts(&tokens.access).await, &"live before")?;
            let answer = manage(Method::DELETE, &own, None).await;
            must(answer.status == 204 && answer.header("cache-control").contains("no-store") && answer.body.is_empty(), &answer)?;
            must(!app.live().accepts(&tokens.access).await, &"its access token is dead")?;
            let refused = agent.refresh(&tokens.refresh).await;
            must(refused.status == 401 && refused.error() == "invalid_client", &refused)?;
            let again = manage(Method::GET, &own, None).await;
            must(again.status == 401, &again)
        },
        "RFC 7592 §2.1: 401 alike for a client that there is not, a token that is another's, and none" => async move {
            let (one, other) = (register(app, own_client()).await.json(), register(app, own_client()).await.json());
            let shared = register(app, json!({"redirect_uris": [CALLBACK]})).await.json();
            let uri = |id: &str| format!("{}/register/{id}", app.live().issuer);
            let mut crossed = one.clone();
            crossed["registration_access_token"] = other["registration_access_token"].clone();
            let mut unknown = one.clone();
            unknown["registration_client_uri"] = json!(uri("cs_unknown"));
            let mut shared_one = one.clone();
            shared_one["registration_client_uri"] = json!(uri(shared["client_id"].as_str().unwrap()));
            let mut nul = one.clone();
            nul["registration_client_uri"] = json!(uri("cs%00"));
            let mut sandbox = one.clone();
            sandbox["registration_client_uri"] = json!(format!("{}/register/{}", app.sandbox().issuer, one["client_id"].as_str().unwrap()));
            let mut bodies = std::collections::BTreeSet::new();
            for about in [&crossed, &unknown, &shared_one, &nul, &sandbox] {
                for method in [Method::GET, Method::DELETE] {
                    let answer = manage(method, about, None).await;
                    must(answer.status == 401 && answer.error() == "invalid_token", &answer)?;
                    must(answer.header("www-authenticate").starts_with("Bearer ") && answer.header("www-authenticate").contains("invalid_token"), &answer)?;
                    bodies.insert(answer.json()["error_description"].as_str().unwrap().split(" (reference").next().unwrap().to_owned());
                }
            }
            must(bodies.len() == 1, &bodies)?;
            let bare = Answer::of(http().get(one["registration_client_uri"].as_str().unwrap()).send().await.unwrap()).await;
            must(bare.status == 401 && bare.header("www-authenticate").starts_with("Bearer "), &bare)
        },
        "A18, RFC 7592: browser-based agents may manage themselves" => async move {
            let own = register(app, own_client()).await.json();
            let uri = own["registration_client_uri"].as_str().unwrap();
            let answer = Answer::of(http().request(Method::OPTIONS, uri).header("origin", "https://agent.example").header("access-control-request-method", "PUT").send().await.unwrap()).await;
            must(answer.header("access-control-allow-origin") == "*" && answer.header("access-control-allow-methods").contains("PUT") && answer.header("access-control-allow-methods").contains("DELETE"), &answer)
        },
        "RFC 7592 §2.2: a secret is replaced on request, and the one before counts for a day" => async move {
            let own = register(app, own_client()).await.json();
            let before = agent_of(app, &own);
            let tokens = before.connect(&mut Browser::new(), app.live(), "products:read").await;
            let sent = json!({"client_id": own["client_id"], "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"], "rotate_client_secret": true});
            let mut changed = manage(Method::PUT, &own, Some(sent)).await.json();
            must(changed["client_secret"].is_string() && changed["client_secret"] != own["client_secret"] && changed["client_secret_expires_at"] == 0, &changed)?;
            changed["client_id"] = own["client_id"].clone();
            let tokens = before.refresh(&tokens.refresh).await.tokens();
            let after = agent_of(app, &changed);
            let tokens = after.refresh(&tokens.refresh).await.tokens();
            app.advance(24 * 3600 + 1);
            let refused = before.refresh(&tokens.refresh).await;
            must(refused.error() == "invalid_client", &refused)?;
            let goes_on = after.refresh(&tokens.refresh).await;
            must(goes_on.status == 200, &goes_on)
        },
        "RFC 7591 §3: where the store wants one, an initial access token; otherwise 401 with a challenge" => async move {
            let app = App::start().await;
            set_mode(&app, "token").await;
            let refused = register(&app, json!({"redirect_uris": [CALLBACK]})).await;
            must(refused.status == 401 && refused.error() == "invalid_token" && refused.header("www-authenticate").starts_with("Bearer "), &refused)?;
            let token = initial_token(&app, Some(1)).await;
            let wrong = register_with(&app, "tgi_wrong", json!({"redirect_uris": [CALLBACK]})).await;
            must(wrong.status == 401 && wrong.header("www-authenticate").contains("invalid_token"), &wrong)?;
            let invalid = register_with(&app, &token, json!({"redirect_uris": []})).await;
            must(invalid.status == 400, &"what is refused uses nothing up")?;
            let first = register_with(&app, &token, json!({"redirect_uris": [CALLBACK]})).await;
            must(first.status == 201, &first)?;
            let second = register_with(&app, &token, json!({"redirect_uris": [CALLBACK]})).await;
            must(second.status == 401, &second)
        },
        "A15, RFC 8414 §2: a closed registration is not advertised, and refused" => async move {
            let app = App::start().await;
            set_mode(&app, "closed").await;
            let metadata = Answer::of(http().get(format!("{}/.well-known/oauth-authorization-server", app.live().issuer)).send().await.unwrap()).await;
            must(metadata.json().get("registration_endpoint").is_none(), &metadata)?;
            let refused = register(&app, json!({"redirect_uris": [CALLBACK]})).await;
            must(refused.status == 403 && refused.error() == "access_denied", &refused)
        },
        "A26: where the store approves hosts, only clients on those register" => async move {
            let app = App::start().await;
            set_mode(&app, "hosts").await;
            app.sql("INSERT INTO host_rules (issuer_id, host, effect, created_by, created_at) SELECT id, 'good.example', 'allow', 'operator', 0 FROM issuers").await;
            reloaded(&app, |app| !app.application.state().directory.load().iter().any(|context| context.policy.hosts.is_empty())).await;
            let good = register(&app, json!({"redirect_uris": ["https://good.example/cb"]})).await;
            must(good.status == 201, &good)?;
            for uris in [json!(["https://other.example/cb"]), json!(["https://good.example/cb", "https://other.example/cb"]), json!(["http://localhost/cb"])] {
                let refused = register(&app, json!({"redirect_uris": uris})).await;
                must(refused.status == 400 && refused.error() == "invalid_redirect_uri", &refused)?;
            }
            Ok(())
        },
        "RFC 7591 §2: a client with private_key_jwt brings its public keys, in one way" => async move {
            let with = |name: &str, value: Value| {
                let mut sent = json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt"});
                sent[name] = value;
                sent
            };
            let key = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
            let mut private = key.clone();
            private["d"] = json!("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");
            let mut both = with("jwks", json!({"keys": [key.clone()]}));
            both["jwks_uri"] = json!("https://agent.example/jwks");
            for wrong in [with("client_name", json!("No keys")), both, with("jwks", json!({"keys": [private]})), with("jwks", json!({"keys": []})), with("jwks_uri", json!("http://agent.example/jwks"))] {
                let answer = register(app, wrong).await;
                must(answer.status == 400 && answer.error() == "invalid_client_metadata", &answer)?;
            }
            let answer = register(app, with("jwks", json!({"keys": [key]}))).await;
            let json = answer.json();
            must(answer.status == 201 && json.get("client_secret").is_none() && json["registration_access_token"].is_string() && json["jwks"]["keys"][0]["crv"] == "P-256", &answer)
        },
        "RFC 7591 §2.3, §3.2.1: what an approved issuer has signed stands over what the client says, and comes back unmodified" => async move {
            let (documents, app, key) = directory().await;
            let statement = stated(&key, &json!({"iss": DIRECTORY, "client_name": "Stated", "redirect_uris": ["https://stated.example/cb"], "iat": app.clock.now().as_secs()}));
            let answer = register(&app, json!({"redirect_uris": [CALLBACK], "client_name": "Claimed", "client_uri": "https://agent.example/", "software_statement": statement})).await;
            let json = answer.json();
            must(answer.status == 201 && json["client_name"] == "Stated" && json["redirect_uris"] == json!(["https://stated.example/cb"]) && json["client_uri"] == "https://agent.example/", &answer)?;
            must(json["software_statement"] == statement, &answer)?;
            must(register(&app, json!({"redirect_uris": [CALLBACK], "software_statement": statement})).await.status == 201, &"its keys are held")?;
            must(documents.requests(DIRECTORY_KEYS) == 1, &documents.requests(DIRECTORY_KEYS))
        },
        "RFC 7591 §3.2.2: invalid_software_statement, unapproved_software_statement" => async move {
            let (_documents, app, key) = directory().await;
            let other = Key::new("ES256", "d", &app.clock);
            let now = app.clock.now().as_secs();
            for statement in [
                "no statement".to_owned(),
                stated(&other, &json!({"iss": DIRECTORY, "redirect_uris": [CALLBACK]})),
                stated(&key, &json!({"iss": DIRECTORY, "exp": now - 61, "redirect_uris": [CALLBACK]})),
                stated(&key, &json!({"iss": DIRECTORY, "exp": 1e30, "redirect_uris": [CALLBACK]})),
                stated(&key, &json!({"iss": DIRECTORY, "nbf": now + 61, "redirect_uris": [CALLBACK]})),
                stated(&key, &json!({"redirect_uris": [CALLBACK]})),
                key.sign(r#"{"alg":"none"}"#, &json!({"iss": DIRECTORY}).to_string()),
            ] {
                let answer = register(&app, json!({"redirect_uris": [CALLBACK], "software_statement": statement})).await;
                must(answer.status == 400 && answer.error() == "invalid_software_statement", &(statement, answer))?;
            }
            let statement = stated(&key, &json!({"iss": "https://elsewhere.example", "redirect_uris": [CALLBACK]}));
            let answer = register(&app, json!({"redirect_uris": [CALLBACK], "software_statement": statement})).await;
            must(answer.status == 400 && answer.error() == "unapproved_software_statement", &answer)
        },
        "RFC 7591 §2.3: without issuers that count, a software statement is ignored" => async move {
            let answer = register(app, json!({"redirect_uris": [CALLBACK], "software_statement": "e30.e30.e30"})).await;
            must(answer.status == 201 && answer.json().get("software_statement").is_none(), &answer)
        },
    }
}

const DIRECTORY: &str = "https://directory.example";
const DIRECTORY_KEYS: &str = "https://directory.example/jwks";

/// A server that takes the statements of one issuer, and that issuer's key.
async fn directory() -> (Documents, App, Key) {
    let documents = Documents::start();
    let setting = (
        "TILLGATE__REGISTRATION__SOFTWARE_STATEMENT_ISSUERS",
        "https://directory.example https://directory.example/jwks",
    );
    let app = App::start_with_documents(&documents, &[setting]).await;
    let key = Key::new("ES256", "d", &app.clock);
    documents.serve(DIRECTORY_KEYS, Document::json(&json!({"keys": [key.public]})));
    (documents, app, key)
}

fn stated(key: &Key, claims: &Value) -> String {
    key.sign(&key.header().to_string(), &claims.to_string())
}

fn own_client() -> Value {
    json!({"redirect_uris": [CALLBACK], "client_name": "Own", "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "client_secret_basic"})
}

/// A request of a client about itself, as its registration was answered.
async fn manage(method: Method, registered: &Value, sent: Option<Value>) -> Answer {
    let uri = registered["registration_client_uri"].as_str().unwrap();
    let request = http().request(method, uri).bearer_auth(registered["registration_access_token"].as_str().unwrap());
    let request = if let Some(sent) = sent { request.json(&sent) } else { request };
    Answer::of(request.send().await.unwrap()).await
}

fn agent_of(app: &App, registered: &Value) -> Agent {
    Agent {
        http: http(),
        issuer: app.live().issuer.clone(),
        resource: app.live().resource.clone(),
        client_id: registered["client_id"].as_str().unwrap().to_owned(),
        secret: registered["client_secret"].as_str().map(str::to_owned),
        key: None,
    }
}

async fn register_with(app: &App, token: &str, metadata: Value) -> Answer {
    let request = http().post(format!("{}/register", app.live().issuer)).bearer_auth(token).json(&metadata);
    Answer::of(request.send().await.unwrap()).await
}

/// The mode of every issuer of an installation.
async fn set_mode(app: &App, mode: &'static str) {
    let statement = match mode {
        "token" => {
            "INSERT INTO agent_policies (issuer_id, class_unverified, class_domain_verified, class_key_verified, class_approved, registration, checkout_links, revision) SELECT id, 'shop', 'shop', 'shop', 'shop', 'token', FALSE, 1 FROM issuers"
        }
        "hosts" => {
            "INSERT INTO agent_policies (issuer_id, class_unverified, class_domain_verified, class_key_verified, class_approved, registration, checkout_links, revision) SELECT id, 'shop', 'shop', 'shop', 'shop', 'hosts', FALSE, 1 FROM issuers"
        }
        _ => {
            "INSERT INTO agent_policies (issuer_id, class_unverified, class_domain_verified, class_key_verified, class_approved, registration, checkout_links, revision) SELECT id, 'shop', 'shop', 'shop', 'shop', 'closed', FALSE, 1 FROM issuers"
        }
    };
    app.sql(statement).await;
    reloaded(app, |app| {
        app.application.state().directory.load().iter().all(|context| context.policy.registration.as_str() == mode)
    })
    .await;
}

/// Waits until the server has read what another process changed.
async fn reloaded(app: &App, is_there: impl Fn(&App) -> bool) {
    for _ in 0..200 {
        if is_there(app) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the policy was not read again");
}

/// A token as the merchant makes it.
async fn initial_token(app: &App, uses: Option<u32>) -> String {
    let act = Act::of_operator(IssuerId::new(app.live().issuer_id.clone()), app.clock.now());
    let new = NewToken { uses, ..NewToken::default() };
    let made: Result<_, StorageError> = app.db.write(move |tx| add(tx, &act, &new)).await;
    made.unwrap().expose().clone()
}
