//! What an agent is told when it is refused, to the letter (B20-B26, C-3, H20, H21).

use std::sync::Arc;

use mcp_resource::protect::{Config, Protection, ScopeError, StepUp};
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

/// RFC 9470 §3.
#[actix_web::test]
async fn a_sign_in_that_does_not_do_for_checkout_is_a_challenge_that_says_what_would() {
    let shop = Shop::open_with(AuthorizationServer::start(), |config| {
        config.step_up = StepUp { acr_values: vec!["phr".into()], max_age: Some(std::time::Duration::from_mins(10)) };
    });
    eventually("the feed is followed", || shop.protection.is_following()).await;
    let now = crate::shop::NOW.as_secs();
    let scope = "products:read cart:write checkout:initiate";
    let call = async |needs: &str, acr: Value, auth_time: Value, jti: &str| {
        let token = shop.token(&json!({"scope": scope, "acr": acr, "auth_time": auth_time, "jti": jti}));
        let request = shop.request("POST", &format!("/mcp?needs={needs}")).bearer_auth(token);
        Answer::of(request.send().await.unwrap()).await
    };
    for (acr, auth_time) in
        [(json!("1"), json!(now)), (json!("phr"), json!(now - 601)), (json!("phr"), json!(now - 9_000))]
    {
        let answer = call("checkout:initiate", acr.clone(), auth_time.clone(), &format!("{acr}{auth_time}")).await;
        assert_eq!(answer.status, 401, "{acr} {auth_time}");
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.contains("error=\"insufficient_user_authentication\"")
                && challenge.contains("acr_values=\"phr\", max_age=\"600\"")
                && challenge.contains("scope=\"products:read cart:write checkout:initiate\""),
            "{challenge}"
        );
        let told: Value = serde_json::from_str(answer.body["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&told["error"]["code"], &told["error"]["acr_values"]),
            (&json!("insufficient_user_authentication"), &json!("phr"))
        );
    }
    assert_eq!(call("checkout:initiate", json!("phr"), json!(now - 600), "good").await.status, 200);
    assert_eq!(call("cart:write", json!("1"), json!(0), "cart").await.status, 200, "nothing else demands it");
}

#[actix_web::test]
async fn a_demand_that_the_issuer_cannot_meet_is_known_once_the_issuer_can_be_asked() {
    let server = AuthorizationServer::start();
    *server.acr_values_supported.lock().unwrap() = None;
    let demand =
        |words: &[&str]| StepUp { acr_values: words.iter().map(|&word| word.to_owned()).collect(), max_age: None };
    let shop = Shop::open_with(Arc::clone(&server), |config| config.step_up = demand(&["phrh", "phr"]));
    eventually("the feed is followed", || shop.protection.is_following()).await;
    assert_eq!(shop.protection.unmet_step_up(), None, "nothing is known yet");
    *server.acr_values_supported.lock().unwrap() = Some(vec!["one-factor".to_owned()]);
    eventually("it is known", || shop.protection.unmet_step_up().is_some()).await;
    let unmet = shop.protection.unmet_step_up().unwrap();
    assert_eq!((unmet.demanded.join(" "), unmet.supported.join(" ")), ("phrh phr".to_owned(), "one-factor".to_owned()));
    // What the issuer offers is not complained about: neither is browsing stopped by what is.
    assert_eq!(shop.call(&shop.token(&json!({}))).await.status, 200);
}

#[test]
fn a_sign_in_of_no_age_at_all_is_refused_at_the_start() {
    let mut config = Config::new("https://auth.shop.example", "https://shop.example/mcp", "rs_1", "secret");
    config.step_up.max_age = Some(std::time::Duration::ZERO);
    let refused = Protection::start(config).map(drop).unwrap_err().to_string();
    assert!(refused.contains("`step_up.max_age` is `0`"), "{refused}");
}
