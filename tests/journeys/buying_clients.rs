//! The whole way of a purchase for each kind of client (F24): what it declared decides how it is asked, and nothing else is
//! different. The store, the authorization server and the shopper's page are the real ones.

use serde_json::{Value, json};

use crate::support::{Agent, Answer, App, Browser, Caller};

const SCOPES: &str = "products:read cart:write checkout:initiate orders:read";

/// A cart with tea in it, and the call that starts its checkout.
async fn arguments(caller: &Caller<'_>) -> Value {
    let tea = json!({"variant_id": "sencha-kagoshima-50-g", "quantity": 2});
    let cart = caller.content("add_to_cart", tea).await["cart_id"].clone();
    let address = json!({
        "name": "Robin Field", "line1": "Lindenweg 12", "postal_code": "34117", "city": "Kassel", "country": "DE",
    });
    json!({"cart_id": cart, "shipping": {"method": "standard", "address": address}})
}

/// The shopper opens the link that their client showed or opened, and approves.
async fn approve((browser, app): (&mut Browser, &App), url: &Value) {
    let url = url.as_str().unwrap();
    assert!(url.starts_with(&format!("{}/purchases/", app.live().issuer)), "{url}");
    let mut page = browser.open(&url.parse().unwrap()).await;
    if page.url.path().ends_with("/sign-in") {
        page = browser.sign_in(&page, app.live()).await;
    }
    let decided = browser.press(&page, &page.form("Approve"), "Approve").await;
    assert!(decided.body.contains("You said yes"), "{}", decided.body);
}

async fn is_ordered(caller: &Caller<'_>, checkout: &Value) {
    assert_eq!(checkout["state"], "completed", "{checkout}");
    let order = caller.content("get_order_status", json!({"order_id": checkout["order_id"]})).await;
    assert_eq!((&order["state"], &order["totals"]), (&json!("processing"), &checkout["totals"]));
    assert_eq!(order["shipping_address"]["line1"], "Lindenweg 12");
    let cart = caller.content("view_cart", json!({})).await;
    assert_eq!(cart["lines"], json!([]), "it was bought");
}

fn content(answer: &Answer) -> Value {
    let result = answer.json()["result"].take();
    assert_eq!(result["isError"], false, "{result}");
    result["structuredContent"].clone()
}

#[tokio::test]
async fn a_stateless_client_that_opens_links_buys_by_answering_the_question_in_its_result() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
    let caller = app.store().caller(&tokens.access).speaking("2026-07-28").opening_links().await;
    let arguments = arguments(&caller).await;
    let asked = caller.call("initiate_checkout", arguments.clone()).await.json()["result"].take();
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let question = &asked["inputRequests"]["approval"]["params"];
    assert_eq!(question["mode"], "url");
    let accepted = json!({"approval": {"action": "accept"}});
    let retry = json!({
        "name": "initiate_checkout", "arguments": arguments,
        "requestState": asked["requestState"], "inputResponses": accepted,
    });
    let early = caller.ask("tools/call", retry.clone()).await.json();
    assert_eq!(early["result"]["resultType"], "input_required", "F6: {early}");
    approve((&mut browser, &app), &question["url"]).await;
    let done = content(&caller.ask("tools/call", retry.clone()).await);
    is_ordered(&caller, &done).await;
    assert_eq!(content(&caller.ask("tools/call", retry).await), done, "F23");
}

#[tokio::test]
async fn a_client_of_2025_11_25_that_opens_links_buys_by_calling_again_after_its_error() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
    let caller = app.store().caller(&tokens.access).opening_links().await;
    let arguments = arguments(&caller).await;
    let asked = caller.call("initiate_checkout", arguments.clone()).await.json();
    assert_eq!(asked["error"]["code"], -32042, "F25: {asked}");
    let url = &asked["error"]["data"]["elicitations"][0]["url"];
    assert_eq!(caller.call("initiate_checkout", arguments.clone()).await.json()["error"]["code"], -32042);
    approve((&mut browser, &app), url).await;
    let done = content(&caller.call("initiate_checkout", arguments.clone()).await);
    is_ordered(&caller, &done).await;
    assert_eq!(content(&caller.call("initiate_checkout", arguments).await), done, "F23");
}

#[tokio::test]
async fn a_client_that_opens_no_links_shows_the_link_and_polls() {
    for revision in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let app = App::start_with_store().await;
        let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
        let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
        let caller = app.store().caller(&tokens.access).speaking(revision);
        let arguments = arguments(&caller).await;
        let answer = caller.call("initiate_checkout", arguments).await;
        let checkout = content(&answer);
        assert_eq!(checkout["state"], "awaiting_approval", "{revision}");
        assert!(answer.body.contains("resource_link"), "{revision}: {}", answer.body);
        let poll = json!({"checkout_id": checkout["checkout_id"]});
        assert_eq!(caller.content("get_checkout_status", poll.clone()).await["state"], "awaiting_approval");
        approve((&mut browser, &app), &checkout["approval_url"]).await;
        is_ordered(&caller, &caller.content("get_checkout_status", poll).await).await;
    }
}

/// It may fill carts, and does not answer the challenge that asks it to have checkout allowed (B20).
#[tokio::test]
async fn a_client_that_ignores_step_up_buys_nothing_and_bothers_nobody() {
    let app = App::start_with_store().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), "products:read cart:write").await;
    let caller = app.store().caller(&tokens.access);
    let arguments = arguments(&caller).await;
    for _ in 0..3 {
        let refused = caller.call("initiate_checkout", arguments.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.header("cache-control")), (403, "no-store"), "{}", refused.body);
        let challenge = refused.header("www-authenticate");
        assert!(challenge.contains("insufficient_scope") && challenge.contains("checkout:initiate"), "{challenge}");
        assert!(!refused.body.contains("inputRequests") && !refused.body.contains("-32042"), "F2: {}", refused.body);
    }
    let page = browser.open(&format!("{}/account/agents", app.live().issuer).parse().unwrap()).await;
    assert!(!page.body.contains("Waiting for your answer"), "{}", page.body);
    assert_eq!(caller.content("view_cart", json!({})).await["lines"][0]["quantity"], 2, "its cart is as it was");
}
