//! B.1: Protected Resource Metadata (RFC 9728).

use serde_json::{Value, json};

use super::{Row, must, rows};
use crate::support::{Answer, App, http};

const INSERTED: &str = "/.well-known/oauth-protected-resource/mcp";
const ROOT: &str = "/.well-known/oauth-protected-resource";

/// What the live endpoint says of itself.
async fn live(app: &App) -> Value {
    app.store().get(INSERTED).await.json()
}

pub fn rows(app: &App) -> Vec<Row<'_>> {
    let (issuer, resource) = (&app.live().issuer, &app.live().resource);
    rows! {
        "B1, RFC 9728 §2: authorization_servers has the issuer; B7: one" => async move {
            let metadata = live(app).await;
            must(metadata["authorization_servers"] == json!([issuer]), &metadata)
        },
        "A11: that is the issuer, character for character, that the authorization server calls itself" => async move {
            let named = live(app).await["authorization_servers"][0].as_str().unwrap_or_default().to_owned();
            let url = format!("{named}/.well-known/oauth-authorization-server");
            let metadata = Answer::of(http().get(url).send().await.unwrap()).await.json();
            must(metadata["issuer"] == named.as_str(), &metadata["issuer"])
        },
        "B2, RFC 9728 §3.1: at the address with the path inserted and at the root, 200 and JSON" => async move {
            let (inserted, root) = (app.store().get(INSERTED).await, app.store().get(ROOT).await);
            must(inserted.status == 200 && inserted.header("content-type").starts_with("application/json"), &inserted)?;
            must(inserted.json() == root.json(), &root)
        },
        "B2, RFC 9728 §5.1: a 401 says where it is" => async move {
            let refused = app.store().caller("").ask("tools/list", json!({})).await;
            let url = format!("resource_metadata=\"{}{INSERTED}\"", app.store().origin);
            must(refused.status == 401 && refused.header("www-authenticate").contains(&url), &refused)
        },
        "B3, RFC 9728 §3.3: resource is the exact address of the endpoint, on the origin of its metadata" => async move {
            let metadata = live(app).await;
            must(metadata["resource"] == resource.as_str() && *resource == format!("{}/mcp", app.store().origin), &metadata)
        },
        "B3: another endpoint on the host has metadata of its own" => async move {
            let metadata = app.store().get("/.well-known/oauth-protected-resource/sandbox/mcp").await.json();
            let sandbox = app.sandbox();
            must(metadata["resource"] == sandbox.resource.as_str() && metadata["authorization_servers"] == json!([sandbox.issuer]), &metadata)
        },
        "B4: no offline_access" => async move {
            let metadata = live(app).await;
            must(!metadata["scopes_supported"].to_string().contains("offline_access"), &metadata)
        },
        "B5, C-6: scopes_supported has what the tools need and nothing of the merchant's" => async move {
            let metadata = live(app).await;
            let scopes = json!(["products:read", "inventory:read", "cart:write", "checkout:initiate", "orders:read"]);
            must(metadata["scopes_supported"] == scopes, &metadata)
        },
        "B6: tokens in the header only, a name, and nobody has to ask for permission to read it" => async move {
            let answer = app.store().get(INSERTED).await;
            let metadata = answer.json();
            must(metadata["bearer_methods_supported"] == json!(["header"]) && metadata["resource_name"].is_string(), &metadata)?;
            must(answer.header("access-control-allow-origin") == "*" && answer.header("cache-control").contains("max-age"), &answer)
        },
        "H22: no member is null" => async move {
            let metadata = live(app).await;
            must(metadata.as_object().is_some_and(|metadata| metadata.values().all(|value| !value.is_null())), &metadata)
        },
    }
}
