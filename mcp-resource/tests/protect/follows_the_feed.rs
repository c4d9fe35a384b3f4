//! Revocation is immediate while the feed is heard, and nothing revoked is let in when it is not (design, decision 4).

use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use mcp_resource::wire::ScopeSet;
use mcp_resource::wire::feed::{Event, Line, Target};
use mcp_resource::wire::introspection::Introspection;
use serde_json::json;

use crate::authorization_server::AuthorizationServer;
use crate::shop::{NOW, Shop, eventually};

fn active(shop: &Shop) -> Introspection {
    let claims = serde_json::from_value(shop.claims()).unwrap();
    Introspection { active: true, paused: false, claims: Some(claims) }
}

/// Calls until the answer is this status.
async fn until(shop: &Shop, token: &str, status: u16) -> Duration {
    let began = Instant::now();
    while shop.call(token).await.status != status {
        assert!(began.elapsed() < Duration::from_secs(5), "never answered {status}");
        tokio::time::sleep(Duration::from_millis(5)).await;
        shop.clock.advance(Duration::from_millis(500)); // or the allowance would end before the waiting
    }
    began.elapsed()
}

#[actix_web::test]
async fn one_click_ends_a_call_within_a_tenth_of_a_second() {
    let shop = Shop::open().await;
    let mut fastest = Duration::MAX;
    let mut token = String::new();
    // Three clicks, for the machine of a test has other things to do.
    for connection_id in ["a", "b", "c"] {
        token = shop.token(&json!({"connection_id": connection_id}));
        assert_eq!(shop.call(&token).await.status, 200);
        shop.server.tell(Event::ConnectionEnded { connection_id: connection_id.into() });
        fastest = fastest.min(until(&shop, &token, 401).await);
    }
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
    let answer = shop.call(&token).await;
    assert_eq!(answer.error(), "revoked");
    assert!(answer.header("www-authenticate").contains(r#"error="invalid_token""#));
    assert_eq!(shop.server.introspections.load(SeqCst), 0);
}

#[actix_web::test]
async fn not_before_ends_older_connections_and_spares_newer_ones_whatever_their_iat() {
    let shop = Shop::open().await;
    let at = NOW.as_micros();
    let old = shop.token(&json!({"iat": NOW.as_secs() + 30}));
    let new = shop.token(&json!({"connected_at": at + 1, "jti": "token-2"}));
    shop.server.tell(Event::NotBefore { target: Target::Client("c1_agent".into()), before: at });
    until(&shop, &old, 401).await;
    assert_eq!(shop.call(&new).await.status, 200);
}

#[actix_web::test]
async fn a_pause_is_a_readable_503_and_can_be_undone() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({}));
    shop.server.tell(Event::Paused { target: Target::Shopper("shopper-1".into()) });
    until(&shop, &token, 503).await;
    let answer = shop.call(&token).await;
    assert_eq!((answer.error(), answer.header("www-authenticate")), ("paused", ""));
    assert!(answer.body["error"]["message"].as_str().unwrap().contains("paused"));
    shop.server.tell(Event::Resumed { target: Target::Shopper("shopper-1".into()) });
    until(&shop, &token, 200).await;
    shop.server.tell(Event::AccessSwitched { on: false });
    until(&shop, &token, 401).await;
    assert_eq!(shop.call(&token).await.error(), "switched_off");
}

#[actix_web::test]
async fn a_narrowed_connection_holds_less_at_once() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({}));
    let scope = ScopeSet::BROWSE;
    shop.server.tell(Event::Narrowed { connection_id: "connection-1".into(), scope });
    let began = Instant::now();
    while shop.call(&token).await.body["scope"] != "products:read inventory:read" {
        assert!(began.elapsed() < Duration::from_secs(2));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// RFC 9396 §9.2: what the token says was true when it was minted, what introspection says is true now.
#[actix_web::test]
async fn a_limit_that_was_lowered_is_the_callers_within_a_second_and_without_a_new_token() {
    let shop = Shop::open().await;
    let limit =
        |cents: i64| json!([{"type": "store_checkout", "period": "order", "max_amount": cents, "currency": "EUR"}]);
    let token = shop.token(&json!({"authorization_details": limit(5_000)}));
    let others = json!({"authorization_details": limit(5_000), "grant_id": "grant-2", "jti": "token-2"});
    let others = shop.token(&others);
    assert_eq!(shop.call(&token).await.body["authorization_details"], limit(5_000));
    assert_eq!(shop.server.introspections.load(SeqCst), 0, "the token says it");

    let mut claims = shop.claims();
    claims["authorization_details"] = limit(2_000);
    let claims = serde_json::from_value(claims).unwrap();
    *shop.server.introspection.lock().unwrap() = Some(Introspection { claims: Some(claims), ..active(&shop) });
    let (target, before) = (Target::Grant("grant-1".into()), NOW.as_micros());
    shop.server.tell(Event::RightsChanged { target, before });
    let began = Instant::now();
    while shop.call(&token).await.body["authorization_details"] != limit(2_000) {
        assert!(began.elapsed() < Duration::from_secs(1), "more than a second has passed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shop.call(&others).await.body["authorization_details"], limit(5_000), "another grant's is untouched");
}

#[actix_web::test]
async fn a_silent_feed_means_introspection_and_a_silent_server_503() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({}));
    assert_eq!(shop.call(&token).await.status, 200);
    shop.server.feed_is_open.store(false, SeqCst);
    shop.server.hang_up();
    *shop.server.introspection.lock().unwrap() = Some(active(&shop));
    eventually("the feed is stale", || !shop.protection.is_following()).await;

    // Ten callers at once share one question.
    let calls = futures_util::future::join_all((0..10).map(|_| shop.call(&token))).await;
    assert!(calls.iter().all(|answer| answer.status == 200));
    assert_eq!(shop.server.introspections.load(SeqCst), 1);

    tokio::time::sleep(Duration::from_millis(1100)).await;
    *shop.server.introspection.lock().unwrap() = Some(Introspection { paused: true, ..active(&shop) });
    assert_eq!(shop.call(&token).await.error(), "paused");

    tokio::time::sleep(Duration::from_millis(1100)).await;
    *shop.server.introspection.lock().unwrap() = Some(Introspection { active: false, paused: false, claims: None });
    assert_eq!(shop.call(&token).await.error(), "revoked");

    tokio::time::sleep(Duration::from_millis(1100)).await;
    *shop.server.introspection.lock().unwrap() = None;
    let answer = shop.call(&token).await;
    assert_eq!((answer.status, answer.error()), (503, "temporarily_unavailable"));
    assert_eq!((answer.header("retry-after"), answer.header("www-authenticate")), ("2", ""));

    shop.server.feed_is_open.store(true, SeqCst);
    until(&shop, &token, 200).await;
}

#[actix_web::test]
async fn silence_alone_is_enough_to_introspect() {
    let shop = Shop::open().await;
    shop.server.heart_beats.store(false, SeqCst);
    shop.server.feed_is_open.store(false, SeqCst);
    eventually("the feed is stale", || !shop.protection.is_following()).await;
    assert_eq!(shop.call(&shop.token(&json!({}))).await.status, 503);
}

#[actix_web::test]
async fn a_known_cursor_goes_on_and_an_unknown_one_replaces_everything() {
    let shop = Shop::open().await;
    let (one, other) =
        (shop.token(&json!({})), shop.token(&json!({"jti": "token-2", "connection_id": "connection-2"})));
    shop.server.tell(Event::ConnectionEnded { connection_id: "connection-1".into() });
    until(&shop, &one, 401).await;
    shop.server.hang_up();
    eventually("it connects again", || shop.server.cursors_seen.lock().unwrap().len() == 2).await;
    let cursor = shop.server.cursor().to_string();
    assert_eq!(*shop.server.cursors_seen.lock().unwrap(), [None, Some(cursor)]);
    assert_eq!(shop.call(&one).await.status, 401, "what was known is still known");

    // A restored database: it knows nothing of the one, and has ended the other.
    shop.server.forgets_cursors.store(true, SeqCst);
    *shop.server.snapshot.lock().unwrap() = vec![Event::ConnectionEnded { connection_id: "connection-2".into() }];
    shop.server.hang_up();
    until(&shop, &other, 401).await;
    until(&shop, &one, 200).await;
}

#[actix_web::test]
async fn while_a_snapshot_is_not_complete_every_token_is_introspected() {
    let shop = Shop::open().await;
    *shop.server.introspection.lock().unwrap() = Some(active(&shop));
    shop.server.send(&Line::SnapshotBegin);
    shop.server.heart_beats.store(false, SeqCst);
    eventually("the snapshot begins", || !shop.protection.is_following()).await;
    assert_eq!(shop.call(&shop.token(&json!({}))).await.status, 200);
    assert_eq!(shop.server.introspections.load(SeqCst), 1);
}

#[actix_web::test]
async fn what_an_event_of_a_newer_server_names_is_introspected() {
    let shop = Shop::open().await;
    let (named, spared) = (shop.token(&json!({})), shop.token(&json!({"jti": "token-2", "grant_id": "grant-2"})));
    *shop.server.introspection.lock().unwrap() = Some(Introspection { active: false, paused: false, claims: None });
    shop.server.send_text(r#"{"line":"event","event":{"kind":"frozen_solid","grant_id":"grant-1"}}"#);
    until(&shop, &named, 401).await;
    assert_eq!(shop.call(&spared).await.status, 200);
    assert_eq!(shop.server.introspections.load(SeqCst), 1);
}

#[actix_web::test]
async fn a_line_that_cannot_be_read_starts_over_with_a_snapshot() {
    let shop = Shop::open().await;
    shop.server.send_text(r#"{"line":"something_new"}"#);
    eventually("it connects again", || shop.server.cursors_seen.lock().unwrap().len() == 2).await;
    assert_eq!(*shop.server.cursors_seen.lock().unwrap(), [None, None]);
    eventually("the feed is followed", || shop.protection.is_following()).await;
}

#[actix_web::test]
async fn a_server_that_is_away_at_the_start_is_found_when_it_comes() {
    let server = AuthorizationServer::start();
    server.feed_is_open.store(false, SeqCst);
    server.credentials_are_known.store(false, SeqCst);
    let shop = Shop::open_with(server, |_| {});
    let token = shop.token(&json!({}));
    assert_eq!(shop.call(&token).await.status, 503, "wrong credentials are no reason to throw a token away");
    shop.server.credentials_are_known.store(true, SeqCst);
    shop.server.feed_is_open.store(true, SeqCst);
    until(&shop, &token, 200).await;
}
