//! What an agent is told when it is refused, to the letter (B20-B26, C-3, H20, H21).

use mcp_resource::protect::ScopeError;
use serde_json::{Value, json};

use crate::authorization_server::AuthorizationServer;
use crate::shop::{Answer, Shop, eventually};

#[actix_web::test]
async fn an_agent_without_a_token_is_sent_to_the_metadata_whatever_it_asks() {
    let shop = Shop::open().await;
    for method in ["POST", "GET", "DELETE"] {
        let answer = Answer::of(shop.request(method, "/mcp").body("{not json").send().await.unwrap()).await;
        assert_eq!(answer.status, 401, "{method}");
        assert_eq!(
            answer.header("www-authenticate"),
            format!(
                "Bearer resource_metadata=\"{}/.well-known/oauth-protected-resource/mcp\", \
                 scope=\"products:read inventory:read\"",
                shop.origin
            )
        );
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.body["id"], json!(null));
        assert_eq!(answer.body["error"]["data"]["reference_id"].as_str().unwrap().len(), 36);
    }
}

#[actix_web::test]
async fn a_missing_scope_is_a_challenge_around_a_tool_result() {
    let shop = Shop::open().await;
    let request = shop.request("POST", "/mcp?needs=checkout:initiate").bearer_auth(shop.token(&json!({})));
    let answer = Answer::of(request.send().await.unwrap()).await;
    let challenge = format!(
        "Bearer realm=\"{}\", error=\"insufficient_scope\", \
         error_description=\"This needs more permission: checkout:initiate. Ask the shopper for it.\", \
         resource_metadata=\"{}/.well-known/oauth-protected-resource/mcp\", \
         scope=\"products:read inventory:read cart:write checkout:initiate\"",
        shop.server.issuer, shop.origin
    );
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("www-authenticate"), challenge);
    assert_eq!(answer.body["id"], 7);
    let result = &answer.body["result"];
    assert_eq!(result["isError"], true);
    let told: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(told["error"]["code"], "insufficient_scope");
    assert_eq!(told["error"]["missing_scope"], "checkout:initiate");
    assert!(result.get("structuredContent").is_none(), "it would have to match the tool's output schema");
    assert_eq!(result["_meta"]["mcp/www_authenticate"], json!([challenge]));
}

#[actix_web::test]
async fn a_missing_scope_can_be_told_in_the_result_alone() {
    let shop = Shop::open_with(AuthorizationServer::start(), |config| config.scope_error = ScopeError::Tool);
    eventually("the feed is followed", || shop.protection.is_following()).await;
    let request = shop.request("POST", "/mcp?needs=checkout:initiate").bearer_auth(shop.token(&json!({})));
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!((answer.status, &answer.body["result"]["isError"]), (200, &json!(true)));
}

#[actix_web::test]
async fn pages_of_foreign_origins_are_refused_and_known_ones_can_read_the_challenge() {
    let shop = Shop::open().await;
    let from = |origin: &str| shop.request("POST", "/mcp").header("origin", origin).send();
    let foreign = Answer::of(from("https://evil.example").await.unwrap()).await;
    assert_eq!((foreign.status, foreign.error()), (403, "forbidden_origin"));
    assert_eq!(foreign.header("access-control-allow-origin"), "");

    let known = Answer::of(from("https://inspector.example").await.unwrap()).await;
    assert_eq!(known.status, 401);
    assert_eq!(known.header("access-control-allow-origin"), "https://inspector.example");
    assert!(known.header("access-control-expose-headers").contains("WWW-Authenticate, Mcp-Session-Id"));
}

#[actix_web::test]
async fn a_preflight_needs_no_token() {
    let shop = Shop::open().await;
    let preflight = shop.request("OPTIONS", "/mcp").header("origin", "https://inspector.example");
    let answer = Answer::of(preflight.send().await.unwrap()).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), "https://inspector.example");
    assert!(answer.header("access-control-allow-headers").contains("Authorization"));
}
