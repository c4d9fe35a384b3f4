//! Assertions of clients that prove themselves by a key: forged, borrowed, replayed, kept for later; and going on without one.

use serde_json::{Value, json};
use tillgate::domain::Timestamp;
use tillgate::storage::{StorageError, client_assertions};

use crate::support::agent::assertion;
use crate::support::{Agent, Answer, App, Browser, Key};

async fn start() -> (App, Agent, Key) {
    let app = App::start().await;
    let key = Key::new("ES256", "k1", &app.clock);
    let agent = Agent::register_with_key(app.live(), &key).await;
    (app, agent, key)
}

/// What the token endpoint says to a client that presents this and nothing that it could redeem.
async fn present(agent: &Agent, signed: &str) -> Answer {
    let form = [("grant_type", "refresh_token".to_owned()), ("refresh_token", "tgr_nothing".to_owned())];
    let form = [&form[..], &assertion(signed)[..]].concat();
    Agent { key: None, ..agent.clone() }.post("/token", &form).await
}

fn signed(agent: &Agent, key: &Key, name: &str, value: Value) -> String {
    let mut claims = key.claims(&agent.client_id, &agent.issuer);
    claims[name] = value;
    key.sign(&key.header().to_string(), &claims.to_string())
}

#[tokio::test]
async fn an_assertion_that_nobody_signed_is_refused() {
    let (_app, agent, key) = start().await;
    assert_eq!(present(&agent, &key.assertion(&agent.client_id, &agent.issuer)).await.error(), "invalid_grant");
    let claims = key.claims(&agent.client_id, &agent.issuer).to_string();
    for algorithm in ["none", "None", "HS256"] {
        let header = json!({"alg": algorithm}).to_string();
        let signed = key.sign(&header, &claims);
        let unsigned = &signed[..=signed.rfind('.').unwrap()];
        assert_eq!(present(&agent, unsigned).await.error(), "invalid_client", "{algorithm}");
    }
}

#[tokio::test]
async fn an_assertion_by_another_key_is_refused() {
    let (app, agent, _) = start().await;
    let other = Key::new("ES256", "k1", &app.clock);
    assert_eq!(present(&agent, &other.assertion(&agent.client_id, &agent.issuer)).await.error(), "invalid_client");
}

#[tokio::test]
async fn an_assertion_for_somebody_else_is_refused() {
    let (app, agent, key) = start().await;
    let sandbox = app.sandbox().issuer.clone();
    for audience in [json!("https://other.example"), json!(sandbox), json!([agent.issuer, "https://other.example"])] {
        assert_eq!(present(&agent, &signed(&agent, &key, "aud", audience)).await.error(), "invalid_client");
    }
}

#[tokio::test]
async fn an_assertion_is_used_once() {
    let (app, agent, key) = start().await;
    agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let once = key.assertion(&agent.client_id, &agent.issuer);
    assert_eq!(present(&agent, &once).await.error(), "invalid_grant");
    assert_eq!(present(&agent, &once).await.error(), "invalid_client");
}

#[tokio::test]
async fn a_stranger_who_signs_assertions_fills_no_table() {
    let (app, agent, key) = start().await;
    for _ in 0..5 {
        assert_eq!(present(&agent, &key.assertion(&agent.client_id, &agent.issuer)).await.error(), "invalid_grant");
    }
    let past = |seconds: i64| Timestamp::from_secs(app.clock.now().as_secs() + seconds);
    let end = past(24 * 3600);
    let kept: Result<usize, StorageError> =
        app.db.write(move |tx| client_assertions::delete_expired(tx, end, 100)).await;
    assert_eq!(kept.unwrap(), 0);
}

#[tokio::test]
async fn an_assertion_kept_for_later_is_refused() {
    let (app, agent, key) = start().await;
    let now = app.clock.now().as_secs();
    for exp in [json!(now + 3600), json!(4_000_000_000_u64), json!(1e30), json!(u64::MAX)] {
        assert_eq!(present(&agent, &signed(&agent, &key, "exp", exp)).await.error(), "invalid_client");
    }
    let good = key.assertion(&agent.client_id, &agent.issuer);
    app.advance(130);
    assert_eq!(present(&agent, &good).await.error(), "invalid_client");
}

#[tokio::test]
async fn a_connection_made_with_a_key_never_goes_on_without_it() {
    let (app, agent, _) = start().await;
    // Its own document offers to come without.
    let statement = r#"UPDATE clients SET metadata = replace(metadata, '"jwks":', '"is_key_optional":true,"jwks":')"#;
    app.sql(statement).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let thief = Agent { key: None, ..agent.clone() };
    assert_eq!(thief.refresh(&tokens.refresh).await.error(), "invalid_grant");
    agent.refresh(&tokens.refresh).await.tokens();
}
