//! A purchase by way of everything that is real: the agent calls the store, the store asks the authorization server, the
//! shopper answers on its page, and the store places one order (decision 5; F20 to F24).

use serde_json::{Value, json};
use url::Url;

use crate::support::agent::CALLBACK;
use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Caller, Shop};

const SCOPES: &str = "products:read cart:write checkout:initiate orders:read";

/// A cart with tea in it, and the checkout of it that waits for its shopper.
async fn checkout(caller: &Caller<'_>) -> Value {
    let tea = json!({"variant_id": "sencha-kagoshima-50-g", "quantity": 2});
    let cart = caller.content("add_to_cart", tea).await["cart_id"].clone();
    let address = json!({
        "name": "Robin Field", "line1": "Lindenweg 12", "postal_code": "34117", "city": "Kassel", "country": "DE",
    });
    let shipping = json!({"method": "standard", "address": address});
    let checkout = caller.content("initiate_checkout", json!({"cart_id": cart, "shipping": shipping})).await;
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
