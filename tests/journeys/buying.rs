//! A purchase by way of everything that is real: the agent calls the store, the store asks the authorization server, the
//! shopper answers on its page, and the store places one order (decision 5; F20 to F24).

use std::time::Duration;

use mcp_resource::protect::StepUp;
use serde_json::{Value, json};
use url::Url;

use crate::support::agent::CALLBACK;
use crate::support::jwt::claims;
use crate::support::store::Door;
use crate::support::{Agent, App, Browser, Caller, Shop};

const SCOPES: &str = "products:read cart:write checkout:initiate orders:read";

fn tea() -> Value {
    json!({"variant_id": "sencha-kagoshima-50-g", "quantity": 2})
}

fn arguments(cart: &Value) -> Value {
    let address = json!({
        "name": "Robin Field", "line1": "Lindenweg 12", "postal_code": "34117", "city": "Kassel", "country": "DE",
    });
    json!({"cart_id": cart, "shipping": {"method": "standard", "address": address}})
}

/// A cart with tea in it, and the checkout of it that waits for its shopper.
async fn checkout(caller: &Caller<'_>) -> Value {
    let cart = caller.content("add_to_cart", tea()).await["cart_id"].clone();
    let checkout = caller.content("initiate_checkout", arguments(&cart)).await;
    assert_eq!(checkout["state"], "awaiting_approval", "{checkout}");
    checkout
}

async fn poll(caller: &Caller<'_>, checkout: &Value) -> Value {
    caller.content("get_checkout_status", json!({"checkout_id": checkout["checkout_id"]})).await
}

/// The shopper presses a button of the approval page, where they may have to sign in again.
async fn answer((browser, shop): (&mut Browser, &Shop), checkout: &Value, button: &str) -> String {
    let url: Url = checkout["approval_url"].as_str().unwrap().parse().unwrap();
    let mut page = browser.open(&url).await;
    if page.url.path().ends_with("/sign-in") {
        page = browser.sign_in(&page, shop).await;
    }
    assert!(page.body.contains("Lindenweg 12"), "{}", page.body);
    browser.press(&page, &page.form(button), button).await.body
}

#[tokio::test]
async fn what_the_shopper_approves_is_ordered_once_and_everybody_knows() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
    let caller = app.store().caller(&tokens.access);
    let checkout = checkout(&caller).await;
    assert_eq!(poll(&caller, &checkout).await["state"], "awaiting_approval");
    answer((&mut browser, app.live()), &checkout, "Approve").await;
    let done = poll(&caller, &checkout).await;
    assert_eq!(done["state"], "completed", "{done}");
    assert_eq!(done["digest"], checkout["digest"]);
    let token = claims(&tokens.access)["jti"].as_str().unwrap().to_owned();
    let purchase = format!("UPDATE purchases SET jti = jti WHERE jti = '{token}'");
    assert_eq!(app.sql(&purchase).await, 1, "S1-94: the store has said which token began it");
    assert_eq!(poll(&caller, &checkout).await, done, "F23");

    let order = caller.content("get_order_status", json!({"order_id": done["order_id"]})).await;
    assert_eq!((&order["state"], &order["totals"]), (&json!("processing"), &checkout["totals"]));
    assert_eq!(order["shipping_address"]["city"], "Kassel");
    assert_eq!(order["payment"]["test_mode"], true);
    let page = browser.open(&checkout["approval_url"].as_str().unwrap().parse().unwrap()).await;
    assert!(page.body.contains("You ordered this"), "{}", page.body);
    assert!(page.body.contains(done["order_id"].as_str().unwrap()), "{}", page.body);
}

#[tokio::test]
async fn what_the_shopper_declines_is_not_bought() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
    let caller = app.store().caller(&tokens.access);
    let checkout = checkout(&caller).await;
    answer((&mut browser, app.live()), &checkout, "Decline").await;
    let told = poll(&caller, &checkout).await;
    assert_eq!((&told["state"], &told["order_id"]), (&json!("declined"), &Value::Null));
}

/// Decision 5: finishing needs the live grant and the purchase, not a fresh `checkout:initiate`.
#[tokio::test]
async fn a_purchase_is_finished_after_checkout_has_decayed() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
    app.advance(13 * 60);
    let checkout = checkout(&app.store().caller(&tokens.access)).await;
    answer((&mut browser, app.live()), &checkout, "Approve").await;
    app.advance(3 * 60);
    let refreshed = agent.refresh(&tokens.refresh).await.tokens();
    assert!(!claims(&refreshed.access)["scope"].as_str().unwrap().contains("checkout"), "it has decayed");
    let caller = app.store().caller(&refreshed.access);
    assert_eq!(poll(&caller, &checkout).await["state"], "completed");
}

#[tokio::test]
async fn another_agent_of_the_same_shopper_can_neither_finish_nor_spoil_a_purchase() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
    let checkout = checkout(&app.store().caller(&tokens.access)).await;
    let metadata = json!({"redirect_uris": [CALLBACK], "client_name": "Other"});
    let other = Agent::register_as(app.live(), &metadata).await;
    let theirs = other.connect(&mut browser, app.live(), SCOPES).await;
    let caller = app.store().caller(&theirs.access);
    answer((&mut browser, app.live()), &checkout, "Approve").await;
    let told = caller.call("get_checkout_status", json!({"checkout_id": checkout["checkout_id"]})).await.json();
    assert_eq!(told["result"]["isError"], true, "{told}");
    let mine = app.store().caller(&tokens.access);
    assert_eq!(poll(&mine, &checkout).await["state"], "completed");
}

/// H20: the body that a client reads that ignores the challenge.
async fn refused(caller: &Caller<'_>, cart: &Value) -> Value {
    let answer = caller.call("initiate_checkout", arguments(cart)).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    let challenge = answer.header("www-authenticate");
    assert!(
        challenge.contains("error=\"insufficient_scope\"") && challenge.contains("checkout:initiate"),
        "{challenge}"
    );
    let result = answer.json()["result"].take();
    // F2: nothing of it is an elicitation.
    assert_eq!((&result["resultType"], &result["isError"]), (&json!("complete"), &json!(true)), "{result}");
    assert!(!answer.body.contains("elicitation") && !answer.body.contains("inputRequests"), "{}", answer.body);
    let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(text["error"]["missing_scope"], "checkout:initiate");
    text["error"]["checkout"].clone()
}

async fn give_links(app: &App, links: &str) {
    let mut admin = Browser::new();
    admin.sign_in_as_staff(app.live(), tillgate::domain::staff::Role::Admin).await;
    let page = admin.open(&format!("{}/console/agents/policy", app.live().issuer).parse().unwrap()).await;
    let mut form = page.form("Save");
    form.tick("yes", !links.is_empty());
    form.fill("Your password", crate::support::app::PASSWORD);
    let saved = admin.press(&page, &form, "Save").await;
    assert_eq!(saved.status, 200, "{}", saved.body);
}

/// The loop of a client that ignores step-up: each revision, with the link in the refusal's body.
#[tokio::test]
async fn where_the_merchant_allows_it_a_client_that_ignores_step_up_gets_this_one_purchase_approved() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), "products:read cart:write").await;
    let caller = app.store().caller(&tokens.access);
    let cart = caller.content("add_to_cart", tea()).await["cart_id"].clone();
    assert_eq!(refused(&caller, &cart).await, Value::Null, "off by default");

    give_links(&app, "yes").await;
    let checkout = refused(&caller.speaking("2026-07-28"), &cart).await;
    assert_eq!(checkout["state"], "awaiting_approval", "{checkout}");
    assert_eq!(refused(&caller, &cart).await, checkout, "the same cart has the same link");
    assert_eq!(poll(&caller, &checkout).await["state"], "awaiting_approval");

    let url: Url = checkout["approval_url"].as_str().unwrap().parse().unwrap();
    assert_eq!(Browser::new().open(&url).await.url.path(), "/sign-in", "signed in, as the same shopper");
    let page = browser.open(&url).await;
    assert!(page.body.contains("This agent has no permission to start checkouts"), "{}", page.body);
    browser.press(&page, &page.form("Approve"), "Approve").await;
    assert_ne!(refused(&caller, &cart).await["approval_url"], checkout["approval_url"], "a refusal finishes nothing");
    let done = poll(&caller, &checkout).await;
    assert_eq!(done["state"], "completed", "{done}");

    assert_eq!(claims(&tokens.access)["scope"], "products:read cart:write");
    let unchanged = "UPDATE grants SET scope = scope WHERE scope = 'products:read cart:write'";
    assert_eq!(app.sql(unchanged).await, 1, "the grant holds what it held");
    let receipt = "UPDATE consent_receipts SET locale = locale WHERE purchase_id IN (SELECT id FROM purchases) \
                   AND scope = 'checkout:initiate' AND text_version <> '' AND redirect_uri <> ''";
    assert_eq!(app.sql(receipt).await, 1, "a receipt of its own");
    let elevation = "UPDATE audit_entries SET scope = scope WHERE kind = 'elevated' AND outcome = 'one_purchase'";
    assert_eq!(app.sql(elevation).await, 1, "logged as an elevation");
    let cart = caller.content("add_to_cart", tea()).await["cart_id"].clone();
    assert_eq!(refused(&caller, &cart).await["state"], "awaiting_approval", "the next one is asked about again");
    give_links(&app, "").await;
    assert_eq!(refused(&caller, &cart).await, Value::Null, "and the merchant can take it back");
}

#[tokio::test]
async fn a_client_that_ignores_step_up_is_told_of_a_no_once_and_then_has_a_new_link() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), "products:read cart:write").await;
    let caller = app.store().caller(&tokens.access);
    let cart = caller.content("add_to_cart", tea()).await["cart_id"].clone();
    give_links(&app, "yes").await;
    let checkout = refused(&caller, &cart).await;
    answer((&mut browser, app.live()), &checkout, "Decline").await;
    assert_eq!(refused(&caller, &cart).await["state"], "declined");
    let anew = refused(&caller, &cart).await;
    assert_eq!(anew["state"], "awaiting_approval", "{anew}");
    assert_ne!(anew["approval_url"], checkout["approval_url"]);
}

/// H20 is about permissions: a link is no way round a sign-in that the store demands.
#[tokio::test]
async fn whom_the_store_has_sign_in_again_gets_no_link_instead() {
    let step_up = StepUp { max_age: Some(Duration::from_mins(10)), ..StepUp::default() };
    let app = App::start_with_store_at(Door::open().demanding(step_up)).await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
    give_links(&app, "yes").await;
    let caller = app.store().caller(&tokens.access);
    let cart = caller.content("add_to_cart", tea()).await["cart_id"].clone();
    app.advance(11 * 60);
    let answer = caller.call("initiate_checkout", arguments(&cart)).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert!(answer.header("www-authenticate").contains("insufficient_user_authentication"));
    assert!(!answer.body.contains("approval_url"), "{}", answer.body);
}
