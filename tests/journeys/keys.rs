//! `keys rotate`: the next key, which everybody knows already, begins to sign, and no token that lives is broken.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tillgate::merchant::sweeper::{Ages, Sweeper};

use crate::support::jwt::header;
use crate::support::{Agent, App, Browser, http};

/// The ids of the published keys.
async fn published(app: &App) -> Vec<String> {
    let url = format!("{}/jwks", app.live().issuer);
    let set: Value = http().get(url).send().await.unwrap().json().await.unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Rotates, and waits for the server to have noticed. The keys that are published then.
async fn rotate(app: &App) -> Vec<String> {
    let before = published(app).await;
    app.rotate_keys(app.live()).await;
    let began = Instant::now();
    loop {
        let now = published(app).await;
        if now.iter().any(|kid| !before.contains(kid)) {
            return now;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "a running server follows within seconds");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What the server does by itself once a minute.
async fn sweep(app: &App) {
    let (state, age) = (app.application.state(), Duration::from_hours(24));
    let issuers: Vec<_> = state.directory.load().iter().map(|context| context.issuer.id.clone()).collect();
    let ages = Ages { networks: age, refusals: age, addresses: age, orders: age };
    Sweeper::new(app.db.clone(), app.clock.clone(), state.lifetimes, ages).remove_old(&issuers).await.unwrap();
}

fn kid(token: &str) -> String {
    header(token)["kid"].as_str().unwrap().to_owned()
}

/// By both who judge tokens: the authorization server, and the store's MCP server, which has the keys of its own.
async fn works(app: &App, token: &str) -> bool {
    let called = app.store().caller(token).ask("tools/list", json!({})).await.status == StatusCode::OK;
    let introspected = app.live().accepts(token).await;
    assert_eq!(called, introspected, "the two agree");
    called
}

#[tokio::test]
async fn a_rotation_of_the_keys_breaks_no_live_token() {
    let app = App::start_with_store().await;
    let agent = Agent::register(app.live()).await;
    let first = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let before = published(&app).await;
    assert_eq!(before.len(), 2, "the current key and the next");
    assert!(works(&app, &first.access).await);

    let after = rotate(&app).await;
    assert_eq!(after.len(), 3, "the retired key stays, and there is a new next one");
    assert!(before.iter().all(|kid| after.contains(kid)));
    assert!(works(&app, &first.access).await, "signed before");
    let second = agent.refresh(&first.refresh).await.tokens();
    assert_ne!(kid(&second.access), kid(&first.access));
    assert!(before.contains(&kid(&second.access)), "it was announced before it signed");
    assert!(works(&app, &second.access).await, "signed after");

    // Tokens of an hour: to its last second the first is good, and its key published.
    app.advance(3599);
    assert!(works(&app, &first.access).await);
    assert!(published(&app).await.contains(&kid(&first.access)));
    app.advance(1);
    assert!(!works(&app, &first.access).await, "its time is over");
}

#[tokio::test]
async fn a_retired_key_goes_when_no_token_of_it_can_live() {
    let app = App::start_with_store().await;
    let agent = Agent::register(app.live()).await;
    let first = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    rotate(&app).await;
    let second = agent.refresh(&first.refresh).await.tokens();
    app.advance(2 * 3600 + 1);
    sweep(&app).await;
    let after = rotate(&app).await;
    assert!(!after.contains(&kid(&first.access)), "retired for longer than any token lives");
    assert!(after.contains(&kid(&second.access)), "retired just now");
    let third = agent.refresh(&second.refresh).await.tokens();
    assert!(works(&app, &third.access).await);
}
