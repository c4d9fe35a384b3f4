//! Protected Resource Metadata in both forms (B1-B7, S1-10), and the alarm for agents that missed it (H24).

use actix_web::{App, test};
use mcp_resource::protect::{Config, Protection, metadata};
use serde_json::{Value, json};

use crate::shop::{Answer, Shop};

#[actix_web::test]
async fn both_forms_describe_the_endpoint() {
    let shop = Shop::open().await;
    for path in ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"] {
        let answer = Answer::of(shop.request("GET", path).send().await.unwrap()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "public, max-age=3600");
        assert_eq!(
            answer.body,
            json!({
                "resource": format!("{}/mcp", shop.origin),
                "authorization_servers": [shop.server.issuer],
                "scopes_supported":
                    ["products:read", "inventory:read", "cart:write", "checkout:initiate", "orders:read"],
                "bearer_methods_supported": ["header"],
                "resource_name": "Lamps",
            })
        );
    }
    let preflight = shop.request("OPTIONS", "/.well-known/oauth-protected-resource/mcp").send().await.unwrap();
    assert_eq!(preflight.status(), 204);
}

#[actix_web::test]
async fn an_agent_that_guesses_is_told_in_json() {
    let shop = Shop::open().await;
    for path in ["/authorize", "/token", "/register"] {
        let answer = Answer::of(shop.request("POST", path).send().await.unwrap()).await;
        assert_eq!((answer.status, &answer.body["error"]), (404, &json!("not_found")));
    }
}

#[actix_web::test]
async fn a_live_and_a_sandbox_endpoint_share_a_host() {
    let start = |path: &str| {
        let issuer = format!("http://localhost:1{path}");
        Protection::start(Config::new(issuer, format!("https://shop.example{path}/mcp"), "rs_1", "secret")).unwrap()
    };
    let (live, sandbox) = (start(""), start("/sandbox"));
    let app = App::new().configure(metadata::configure_default(&live)).configure(metadata::configure(&sandbox));
    let app = test::init_service(app).await;
    for (path, resource, issuer) in [
        ("/mcp", "https://shop.example/mcp", "http://localhost:1"),
        ("", "https://shop.example/mcp", "http://localhost:1"),
        ("/sandbox/mcp", "https://shop.example/sandbox/mcp", "http://localhost:1/sandbox"),
    ] {
        let request = test::TestRequest::get().uri(&format!("/.well-known/oauth-protected-resource{path}"));
        let body: Value = test::call_and_read_body_json(&app, request.to_request()).await;
        assert_eq!((&body["resource"], &body["authorization_servers"]), (&json!(resource), &json!([issuer])));
    }
}
