//! What belongs to another shopper, or to another environment, at the store's MCP server: their cart, their checkout, their
//! order. Foreign ids are unknown ids, so that nobody learns that they exist (B14, B15, S1-84).

use serde_json::{Value, json};

use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Caller, Shop};

const SHOPPING: &str = "products:read cart:write checkout:initiate orders:read";

/// Two shoppers of one store, each with the same agent, and the first's id.
async fn shoppers(app: &App) -> (Caller<'_>, Caller<'_>, String) {
    let agent = Agent::register(app.live()).await;
    let mut tokens = Vec::new();
    for email in [app.live().email.as_str(), "other@example.com"] {
        let shop = Shop { email: email.to_owned(), ..app.live().clone() };
        tokens.push(agent.connect(&mut Browser::new(), &shop, SHOPPING).await.access);
    }
    let [mine, theirs] = [&tokens[0], &tokens[1]].map(|token| app.store().caller(token));
    (mine, theirs, claims(&tokens[0])["sub"].as_str().unwrap().to_owned())
}

async fn cart_of(caller: &Caller<'_>) -> Value {
    let tea = json!({"variant_id": "sencha-kagoshima-50-g", "quantity": 1});
    caller.content("add_to_cart", tea).await["cart_id"].clone()
}

/// What a tool says that did not do it, without the reference to this one call.
async fn refusal(caller: &Caller<'_>, tool: &str, arguments: Value) -> Value {
    let result = caller.call(tool, arguments).await.json()["result"].take();
    assert_eq!(result["isError"], true, "{tool}: {result}");
    let mut told: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    told["error"]["reference_id"].take();
    told
}

/// To the other shopper the id is one that nobody has.
async fn is_unknown(theirs: &Caller<'_>, tool: &str, member: &str, (mine, more): (&Value, Value)) {
    let with = |id: &Value| {
        let mut arguments = more.clone();
        arguments[member] = id.clone();
        arguments
    };
    let foreign = refusal(theirs, tool, with(mine)).await;
    assert_eq!(foreign["error"]["code"], "not_found", "{tool}");
    assert_eq!(foreign, refusal(theirs, tool, with(&json!("id_of_nobody"))).await, "{tool}");
}

#[tokio::test]
async fn another_shoppers_cart_is_unknown() {
    let app = App::start_with_store().await;
    let (mine, theirs, _) = shoppers(&app).await;
    let cart = cart_of(&mine).await;
    // Also to somebody who has a cart of their own.
    assert_ne!(cart_of(&theirs).await, cart);
    let tea = |quantity: i64| json!({"variant_id": "sencha-kagoshima-50-g", "quantity": quantity});
    is_unknown(&theirs, "view_cart", "cart_id", (&cart, json!({}))).await;
    is_unknown(&theirs, "add_to_cart", "cart_id", (&cart, tea(2))).await;
    is_unknown(&theirs, "update_cart", "cart_id", (&cart, tea(0))).await;
    is_unknown(&theirs, "initiate_checkout", "cart_id", (&cart, json!({}))).await;
    assert_eq!(mine.content("view_cart", json!({})).await["lines"][0]["quantity"], 1, "untouched");
}

#[tokio::test]
async fn another_shoppers_checkout_is_unknown() {
    let app = App::start_with_store().await;
    let (mine, theirs, _) = shoppers(&app).await;
    let cart = cart_of(&mine).await;
    let checkout = mine.content("initiate_checkout", json!({"cart_id": cart, "shipping": {"method": "pickup"}})).await
        ["checkout_id"]
        .clone();
    is_unknown(&theirs, "get_checkout_status", "checkout_id", (&checkout, json!({}))).await;
    mine.content("get_checkout_status", json!({"checkout_id": checkout})).await;
}

#[tokio::test]
async fn another_shoppers_order_is_unknown() {
    let app = App::start_with_store().await;
    let (mine, theirs, sub) = shoppers(&app).await;
    let order = json!(app.store().seed_orders(app.live(), &sub).await[0]);
    is_unknown(&theirs, "get_order_status", "order_id", (&order, json!({}))).await;
    mine.content("get_order_status", json!({"order_id": order})).await;
}
