//! A.2: discovery.

use reqwest::Method;
use serde_json::Value;

use super::{Row, must, rows};
use crate::support::{Answer, App, Hosting, http};

const INSERTED: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";

async fn get(url: &str) -> Answer {
    Answer::of(http().get(url).send().await.unwrap()).await
}

/// The metadata of the live issuer.
async fn live(app: &App) -> Value {
    get(&format!("{}{INSERTED}", app.live().issuer)).await.json()
}

fn lists(metadata: &Value, member: &str, value: &str) -> bool {
    metadata[member].as_array().is_some_and(|list| list.iter().any(|item| item == value))
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows(app: &App) -> Vec<Row<'_>> {
    let issuer = &app.live().issuer;
    rows! {
        "A2, RFC 8414 §2: an issuer that is neither https nor on loopback is not served" => async move {
            let is_refused = |issuer: &str| tillgate::config::unsafe_issuer(&issuer.parse().unwrap()).is_some();
            must(is_refused("http://auth.example") && is_refused("http://127.0.0.1.evil.example"), &"accepted")?;
            must(!is_refused("https://auth.example") && !is_refused("http://localhost:8080"), &"refused")
        },
        "A10, RFC 8414 §3: metadata at the well-known address, 200 and JSON" => async move {
            let answer = get(&format!("{issuer}{INSERTED}")).await;
            must(answer.status == 200 && answer.header("content-type").starts_with("application/json"), &answer)
        },
        "RFC 9396 §10: the one type of authorization_details is named" => async move {
            let metadata = live(app).await;
            must(metadata["authorization_details_types_supported"] == serde_json::json!(["store_checkout"]), &metadata)
        },
        "A10: the same document at the OpenID address" => async move {
            let (one, other) = (get(&format!("{issuer}{INSERTED}")).await, get(&format!("{issuer}{OPENID}")).await);
            must(one.body == other.body, &other)
        },
        "RFC 8414 §3.1: for an issuer with a path the well-known part is inserted before it" => async move {
            let metadata = get(&format!("{issuer}{INSERTED}/sandbox")).await.json();
            must(metadata["issuer"] == app.sandbox().issuer.as_str(), &metadata)
        },
        "A10: the same document at the OpenID address with the path inserted (MCP 2025-11-25, discovery)" => async move {
            let (one, other) = (get(&format!("{issuer}{OPENID}/sandbox")).await, get(&format!("{issuer}{INSERTED}/sandbox")).await);
            must(one.status == 200 && one.body == other.body, &one)
        },
        "OpenID Connect Discovery §4: for an issuer with a path it is also appended" => async move {
            let metadata = get(&format!("{issuer}/sandbox{OPENID}")).await.json();
            must(metadata["issuer"] == app.sandbox().issuer.as_str(), &metadata)
        },
        "A11, RFC 8414 §3.3: the issuer is the one that the address was built from, character for character" => async move {
            let metadata = live(app).await;
            must(metadata["issuer"] == issuer.as_str(), &metadata["issuer"])
        },
        "A12, RFC 8414 §2: the issuer has no trailing slash, query or fragment" => async move {
            for shop in [app.live(), app.sandbox()] {
                must(!shop.issuer.ends_with('/') && !shop.issuer.contains(['?', '#']), &shop.issuer)?;
            }
            Ok(())
        },
        "A13: code_challenge_methods_supported has S256 and nothing weaker" => async move {
            let metadata = live(app).await;
            must(metadata["code_challenge_methods_supported"] == serde_json::json!(["S256"]), &metadata)
        },
        "A14: authorization_endpoint, token_endpoint, response_types_supported with code" => async move {
            let metadata = live(app).await;
            let ends = |member: &str, path: &str| metadata[member] == format!("{issuer}{path}");
            must(ends("authorization_endpoint", "/authorize") && ends("token_endpoint", "/token") && lists(&metadata, "response_types_supported", "code"), &metadata)
        },
        "A6: the implicit response and the fragment are not offered" => async move {
            let metadata = live(app).await;
            must(!lists(&metadata, "response_types_supported", "token") && !lists(&metadata, "response_modes_supported", "fragment"), &metadata)
        },
        "A15: client_id_metadata_document_supported is claimed where it is switched on, and nowhere else" => async move {
            let metadata = live(app).await;
            must(metadata["client_id_metadata_document_supported"] == true, &metadata)?;
            let without = App::start_as(Hosting::OneStore, &[("TILLGATE__REGISTRATION__CLIENT_DOCUMENTS", "false")]).await;
            let metadata = live(&without).await;
            must(metadata.get("client_id_metadata_document_supported").is_none(), &metadata)
        },
        "A16, RFC 9207 §3: the iss parameter is announced" => async move {
            let metadata = live(app).await;
            must(metadata["authorization_response_iss_parameter_supported"] == true, &metadata)
        },
        "A17: what is announced is there" => async move {
            let metadata = live(app).await;
            for member in ["registration_endpoint", "revocation_endpoint", "introspection_endpoint", "jwks_uri"] {
                let url = metadata[member].as_str().unwrap_or_default();
                let there = http().request(if member == "jwks_uri" { Method::GET } else { Method::POST }, url).send().await.unwrap();
                must(there.status() != 404 && there.status() != 405, &(member, there.status()))?;
            }
            must(metadata["grant_types_supported"] == serde_json::json!(["authorization_code", "refresh_token"]), &metadata)?;
            must(metadata["response_modes_supported"] == serde_json::json!(["query"]), &metadata)
        },
        "H22: no member is null" => async move {
            let metadata = live(app).await;
            must(metadata.as_object().is_some_and(|metadata| metadata.values().all(|value| !value.is_null())), &metadata)
        },
        "A17, H2: none is among the methods of client authentication" => async move {
            let metadata = live(app).await;
            must(lists(&metadata, "token_endpoint_auth_methods_supported", "none"), &metadata)
        },
        "A46, H8: no merchant's or refund scope is announced" => async move {
            let metadata = live(app).await;
            let is_one = |scope: &str| lists(&metadata, "scopes_supported", scope);
            must(!is_one("admin:full") && !is_one("orders:refund") && !is_one("*") && is_one("products:read"), &metadata)
        },
        "A53: offline_access is announced" => async move {
            let metadata = live(app).await;
            must(lists(&metadata, "scopes_supported", "offline_access"), &metadata)
        },
        "A18: what agents in browsers call answers OPTIONS, and any origin" => async move {
            for path in [INSERTED, OPENID, "/jwks", "/token", "/register", "/revoke"] {
                let request = http().request(Method::OPTIONS, format!("{issuer}{path}"));
                let request = request.header("origin", "https://x.example").header("access-control-request-method", "POST");
                let answer = Answer::of(request.send().await.unwrap()).await;
                let allows = answer.header("access-control-allow-headers").to_lowercase();
                let holds = answer.status.is_success() && answer.header("access-control-allow-origin") == "*";
                must(holds && allows.contains("mcp-protocol-version") && allows.contains("authorization"), &(path, answer))?;
            }
            Ok(())
        },
        "A18: consent and authorization get no CORS" => async move {
            for path in ["/authorize", "/consent", "/sign-in"] {
                let answer = Answer::of(http().get(format!("{issuer}{path}")).header("origin", "https://x.example").send().await.unwrap()).await;
                must(answer.header("access-control-allow-origin").is_empty(), &(path, answer))?;
            }
            Ok(())
        },
        "RFC 7517 §4: the key set has public ES256 keys, each with a kid" => async move {
            let keys = get(&format!("{issuer}/jwks")).await.json();
            let list = keys["keys"].as_array().cloned().unwrap_or_default();
            let is_good = |key: &Value| key["kty"] == "EC" && key["crv"] == "P-256" && key["kid"].is_string() && key.get("d").is_none();
            // The current one and the next.
            must(list.len() == 2 && list.iter().all(is_good), &keys)
        },
    }
}
