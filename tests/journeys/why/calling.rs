//! Refused tool calls, at the store's own MCP server: they arrive at the issuer with the check that failed.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tillgate::domain::evidence::Check;

use super::{Ledger, all_refusals};
use crate::support::{Agent, Answer, App, Browser};

/// The id in a refusal of the protocol, or in a tool's result.
fn reference(answer: &Answer) -> String {
    let json = answer.json();
    let told = &json["error"]["data"]["reference_id"];
    let result = || -> Option<Value> {
        serde_json::from_str(json["result"]["content"][0]["text"].as_str()?)
            .ok()
            .map(|text: Value| text["error"]["reference_id"].clone())
    };
    let told = told.as_str().map(str::to_owned).or_else(|| Some(result()?.as_str()?.to_owned()));
    told.unwrap_or_else(|| panic!("no reference id in {json}"))
}

#[tokio::test]
async fn a_refused_tool_call_says_why() {
    let app = App::start_with_store().await;
    let mut ledger = Ledger::open();
    let (live, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(live).await;
    let tokens = agent.connect(&mut browser, live, "products:read").await;
    let revoked = agent.connect(&mut browser, live, "products:read").await;
    let visitor = Agent::register(app.sandbox()).await;
    let of_sandbox = visitor.connect(&mut browser, app.sandbox(), "products:read").await;
    let made_up = ledger.secret("a-made-up-token-of-nobody");
    for secret in [&tokens.access, &tokens.refresh, &revoked.access, &of_sandbox.access] {
        ledger.secret(secret);
    }
    let call = async |token: &str, tool: &str| app.store().caller(token).call(tool, json!({ "query": "tea" })).await;
    let mut told = |what, answer: &Answer, status: u16, found: (Check, &str, &str)| {
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        ledger.told(what, &reference(answer), found);
    };
    let answer = call("", "search_products").await;
    told("no token", &answer, 401, (Check::TokenPresent, "Authorization: Bearer", "no bearer token"));
    let answer = call(&made_up, "search_products").await;
    told("a made-up token", &answer, 401, (Check::TokenForm, "a signed JWT", "25 characters, hidden"));
    let answer = call(&tokens.refresh, "search_products").await;
    told("a refresh token", &answer, 401, (Check::TokenForm, "a signed JWT", "beginning with tgr_"));
    let answer = call(&of_sandbox.access, "search_products").await;
    told("a token of the sandbox", &answer, 401, (Check::TokenKey, &live.issuer, ""));
    let answer = call(&tokens.access, "add_to_cart").await;
    told("too little scope", &answer, 403, (Check::Scope, "cart:write", "products:read"));
    let caller = app.store().caller(&tokens.access);
    let page = caller.bare(Method::POST).header("origin", "https://evil.example").send().await.unwrap();
    let found = (Check::Origin, "https://inspector.example", "https://evil.example");
    told("a page of others", &Answer::of(page).await, 403, found);
    let twice = caller.bare(Method::POST).header("authorization", format!("Bearer {made_up}")).send().await.unwrap();
    told(
        "two tokens",
        &Answer::of(twice).await,
        400,
        (Check::TokenSingle, "one Authorization header", "more than one"),
    );
    agent.revoke(&revoked.access).await;
    let began = Instant::now();
    let answer = loop {
        let answer = call(&revoked.access, "search_products").await;
        if answer.status == 401 {
            break answer;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "the revocation does not arrive");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    told("a revoked token", &answer, 401, (Check::TokenLive, "live", "ended"));
    app.advance(3_600);
    let answer = call(&tokens.access, "search_products").await;
    told("an expired token", &answer, 401, (Check::TokenExpired, "an exp in the future", "expired 0 s ago"));
    ledger.is_kept(&app, live).await;
    let of_agent = all_refusals(&app, live).await;
    let named = of_agent.iter().filter(|refusal| refusal.client_id.as_ref() == Some(&agent.client_id)).count();
    assert_eq!(named, 3, "scope, revoked and expired say whose token it was: {of_agent:?}");
}

#[tokio::test]
async fn strangers_can_neither_fill_the_trail_nor_the_ring() {
    let app = App::start_with_store().await;
    for _ in 0..300 {
        assert_eq!(app.store().caller("").call("search_products", json!({})).await.status, 401);
    }
    let last = app.store().caller("a-token-of-nobody").call("search_products", json!({})).await;
    let mut ledger = Ledger::open();
    ledger.told("a made-up token", &reference(&last), (Check::TokenForm, "a signed JWT", "17 characters"));
    ledger.is_kept(&app, app.live()).await;
    let kept = all_refusals(&app, app.live()).await;
    assert_eq!(kept.iter().filter(|refusal| refusal.error == "no_token").count(), 120, "of 300 within a minute");
    let entries = app.sql("UPDATE audit_entries SET risk = risk WHERE kind = 'tool_call'").await;
    assert_eq!(entries, 0, "who has no token is in no trail");
}
