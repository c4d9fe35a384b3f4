//! Protected Resource Metadata in both forms (B1-B7, S1-10), and the alarm for agents that missed it (H24).

use serde_json::json;

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
