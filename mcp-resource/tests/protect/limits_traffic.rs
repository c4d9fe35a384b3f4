//! Calls per minute (C-2, S1-37, S1-71) and at once (S1-85), by connection.

use std::time::Duration;

use serde_json::json;

use crate::authorization_server::AuthorizationServer;
use crate::shop::{Answer, Shop, eventually};

async fn admitted(shop: &Shop, token: &str) -> u32 {
    let mut admitted = 0;
    while shop.call(token).await.status == 200 {
        admitted += 1;
    }
    admitted
}

#[actix_web::test]
async fn readers_have_sixty_calls_a_minute_and_writers_twice_as_many() {
    let shop = Shop::open().await;
    let reader = shop.token(&json!({"scope": "products:read", "connection_id": "reader"}));
    assert_eq!(admitted(&shop, &reader).await, 60);
    let answer = shop.call(&reader).await;
    assert_eq!((answer.status, answer.error(), answer.header("retry-after")), (429, "rate_limited", "60"));
    assert_eq!(answer.body["error"]["data"]["retry_after"], 60);

    assert_eq!(admitted(&shop, &shop.token(&json!({"connection_id": "writer"}))).await, 120);

    // Another token of the connection has no allowance of its own.
    let other = shop.token(&json!({"scope": "products:read", "connection_id": "reader", "jti": "token-2"}));
    assert_eq!(shop.call(&other).await.status, 429);
    shop.clock.advance(Duration::from_millis(59_999));
    assert_eq!(shop.call(&other).await.status, 429);
    shop.clock.advance(Duration::from_millis(1));
    assert_eq!(shop.call(&other).await.status, 200);
}

#[actix_web::test]
async fn one_connection_runs_only_so_many_calls_at_once() {
    let shop = Shop::open_with(AuthorizationServer::start(), |config| config.concurrent_calls = 2);
    eventually("the feed is followed", || shop.protection.is_following()).await;
    let slow = |connection: &str| {
        let token = shop.token(&json!({"connection_id": connection}));
        let request = shop.request("POST", "/mcp?slow").bearer_auth(token);
        async { Answer::of(request.send().await.unwrap()).await.status }
    };
    let calls = futures_util::future::join_all([slow("a"), slow("a"), slow("a"), slow("b")]).await;
    assert_eq!(calls.iter().filter(|status| **status == 200).count(), 3, "{calls:?}");
    assert_eq!(calls.iter().filter(|status| **status == 429).count(), 1);
    assert_eq!(slow("a").await, 200);
}
