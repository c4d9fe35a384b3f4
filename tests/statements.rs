//! What a use case asks of the database. A program of its own, since statements are counted where diesel sends them, for the
//! whole process.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that panics fails, and says where"
)]

#[path = "support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the journeys use more of it")]
mod support;

use std::sync::{Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use serde_json::{Value, json};
use support::agent::CALLBACK;
use support::jwt::claims;
use support::{Agent, App, Browser, Shop, Tokens, http};

/// By all connections that were opened since [`watch`] was set.
static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[expect(clippy::unnecessary_wraps, reason = "diesel asks for it so")]
fn watch() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            SENT.lock().unwrap_or_else(PoisonError::into_inner).push(query.to_string());
        }
    }))
}

/// What was sent since the last time.
fn sent() -> Vec<String> {
    std::mem::take(&mut SENT.lock().unwrap_or_else(PoisonError::into_inner))
}

fn is_control(statement: &str) -> bool {
    ["BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"].iter().any(|word| statement.starts_with(word))
}

/// One test at a time: statements are counted for the whole process.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test]
async fn a_refresh_is_at_most_two_statements_in_one_transaction() {
    let _alone = ALONE.lock().await;
    set_default_instrumentation(watch).unwrap();
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let mut rounds = Vec::new();
    for _ in 0..20 {
        sent();
        tokens = agent.refresh(&tokens.refresh).await.tokens();
        rounds.push(sent());
    }
    // The jobs of the server use the database as well, and can only add to a round: the smallest is a refresh alone.
    let statements = rounds.into_iter().min_by_key(Vec::len).unwrap();
    // SQLite: what follows the savepoint, the trail and its numbers, is written once for the whole batch.
    let own = statements.iter().take_while(|statement| !statement.starts_with("RELEASE"));
    let (control, work): (Vec<&String>, Vec<&String>) = own.partition(|statement| is_control(statement));
    // Decision 6: at most two beside BEGIN and COMMIT, and one transaction.
    assert!(!work.is_empty() && work.len() <= 2, "{statements:#?}");
    assert!(work[0].starts_with("UPDATE"), "{statements:#?}");
    assert_eq!(control.len(), 2, "BEGIN, and COMMIT or the savepoint: {statements:#?}");
}

/// How many statements the page of connected agents is.
async fn statements_of_page(app: &App, browser: &mut Browser) -> usize {
    let url = app.live().address("/account/agents");
    let mut least = usize::MAX;
    for _ in 0..10 {
        sent();
        assert_eq!(browser.open(&url).await.status, 200);
        least = least.min(sent().iter().filter(|statement| statement.starts_with("SELECT")).count());
    }
    least
}

/// How many statements the file of one's own data is.
async fn statements_of_file(app: &App, browser: &mut Browser) -> usize {
    let page = browser.open(&app.live().address("/account/data")).await;
    let mut least = usize::MAX;
    for _ in 0..5 {
        sent();
        assert_eq!(browser.press(&page, &page.form("Download"), "Download").await.status, 200);
        least = least.min(sent().iter().filter(|statement| statement.starts_with("SELECT")).count());
    }
    least
}

#[tokio::test]
async fn many_agents_ask_for_no_more_than_one() {
    let _alone = ALONE.lock().await;
    set_default_instrumentation(watch).unwrap();
    let app = App::start().await;
    let mut browser = Browser::new();
    let connect = async |browser: &mut Browser, name: String| {
        let metadata = serde_json::json!({ "client_name": name, "redirect_uris": [CALLBACK] });
        Agent::register_as(app.live(), &metadata).await.connect(browser, app.live(), "products:read").await;
    };
    connect(&mut browser, "One".to_owned()).await;
    let one = (statements_of_page(&app, &mut browser).await, statements_of_file(&app, &mut browser).await);
    for number in 0..6 {
        connect(&mut browser, format!("Another {number}")).await;
    }
    let many = (statements_of_page(&app, &mut browser).await, statements_of_file(&app, &mut browser).await);
    assert_eq!(many, one);
}

#[tokio::test]
async fn who_is_signed_in_matters_to_an_authorization_request_only_where_no_page_may_ask() {
    let _alone = ALONE.lock().await;
    set_default_instrumentation(watch).unwrap();
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let cookie = format!("tg-shopper-{}-{}=of-a-session", app.live().issuer_id, app.port);
    let mut looked = Vec::new();
    for more in [None, Some(("max_age", "60")), Some(("prompt", "login")), Some(("prompt", "none"))] {
        let (mut parameters, ..) = agent.parameters("products:read");
        parameters.extend(more.map(|(name, value)| (name, value.to_owned())));
        sent();
        let answer = http().get(agent.authorize_url(&parameters)).header("cookie", &cookie).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        looked.push(sent().iter().any(|statement| statement.contains("shopper_sessions")));
    }
    assert_eq!(looked, [false, false, false, true]);
}

/// An agent that may begin checkouts, and its shopper at a browser.
async fn shopping(app: &App) -> (&Shop, Browser, Agent, Tokens) {
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let tokens = agent.connect(&mut browser, shop, "products:read cart:write checkout:initiate").await;
    (shop, browser, agent, tokens)
}

/// The store registers a purchase that the agent began.
async fn purchase((shop, agent): (&Shop, &Agent), tokens: &Tokens, checkout: &str) -> Value {
    let (claims, euros) = (claims(&tokens.access), json!({ "amount": 500, "currency": "EUR" }));
    let document = json!({
        "store": shop.resource, "environment": "live", "agent": agent.client_id, "shipping_method": "pickup",
        "lines": [{ "variant_id": "tea", "title": "Tea", "quantity": 1, "unit_price": euros, "total": euros }],
        "subtotal": euros, "shipping": { "amount": 0, "currency": "EUR" }, "taxes": { "amount": 0, "currency": "EUR" },
        "taxes_included": true, "total": euros,
    });
    let purchase = json!({
        "grant_id": claims["grant_id"], "connection_id": claims["connection_id"],
        "checkout_id": checkout, "cart_id": checkout, "document": document,
    });
    let asked = http().post(format!("{}/resource/purchases", shop.issuer)).json(&purchase);
    let asked = asked.basic_auth(&shop.resource_id, Some(&shop.resource_secret)).send().await.unwrap();
    asked.json().await.unwrap()
}

#[tokio::test]
async fn many_purchases_that_await_an_answer_ask_for_no_more_than_one() {
    let _alone = ALONE.lock().await;
    set_default_instrumentation(watch).unwrap();
    let app = App::start().await;
    let (shop, mut browser, agent, tokens) = shopping(&app).await;
    purchase((shop, &agent), &tokens, "one").await;
    let one = statements_of_page(&app, &mut browser).await;
    for checkout in ["two", "three"] {
        purchase((shop, &agent), &tokens, checkout).await;
    }
    assert_eq!(statements_of_page(&app, &mut browser).await, one);
}

#[tokio::test]
async fn a_no_to_a_purchase_reads_it_once() {
    let _alone = ALONE.lock().await;
    set_default_instrumentation(watch).unwrap();
    let app = App::start().await;
    let (shop, mut browser, agent, tokens) = shopping(&app).await;
    let asked = purchase((shop, &agent), &tokens, "one").await;
    let page = browser.open(&asked["approval_url"].as_str().unwrap().parse().unwrap()).await;
    let form = page.form("Decline").pressed("Decline");
    sent();
    let answer = browser.send(&page, page.url.path(), &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    // Once for the answer, and once for the page that says it.
    let reads = |statement: &&String| statement.starts_with("SELECT") && statement.contains("destination");
    assert_eq!(sent().iter().filter(reads).count(), 2);
}
