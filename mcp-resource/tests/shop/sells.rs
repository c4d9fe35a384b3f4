//! The way from a search to a checkout, and what it costs.

use std::time::Duration;

use serde_json::{Value, json};

use super::store::{EVERYTHING, Store};

#[actix_web::test]
async fn an_agent_searches_fills_a_cart_and_starts_a_checkout() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let found = agent.call("search_products", json!({ "query": "sencha uji", "limit": 5 })).await;
    let product = &found.content()["products"][0];
    assert_eq!(product["product_id"], "sencha-uji-spring");
    let variant = &product["variants"][0];
    assert_eq!((&variant["price"]["amount"], &variant["price"]["currency"]), (&json!(890), &json!("EUR")));

    let cart = agent.call("add_to_cart", json!({ "variant_id": variant["variant_id"], "quantity": 2 })).await;
    let cart_id = cart.content()["cart_id"].clone();
    assert_eq!(cart.content()["subtotal"]["amount"], 1780);
    let lines = json!([{ "variant_id": "linden-honey-250-g", "quantity": 1 }]);
    agent.call("update_cart", json!({ "cart_id": cart_id, "lines": lines })).await.content();
    assert_eq!(agent.call("view_cart", json!({})).await.content()["lines"].as_array().unwrap().len(), 2);

    let shipping = json!({ "method": "standard", "address": {
        "name": "Ann Example", "line1": "Lane 1", "postal_code": "34117", "city": "Kassel", "country": "de" } });
    let checkout = agent.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": shipping })).await;
    let content = checkout.content();
    assert_eq!(content["state"], "awaiting_approval");
    // 2 x 8.90 + 6.90 + 4.90 shipping; 7 % in the goods, 19 % in the shipping.
    assert_eq!(content["totals"]["total"]["amount"], 2960);
    assert_eq!(content["totals"]["tax_included"]["amount"], 116 + 45 + 78);
    assert!(!checkout.body.to_string().contains("Lane 1"), "an address never comes back");

    let status = || agent.call("get_checkout_status", json!({ "checkout_id": content["checkout_id"] }));
    assert_eq!(status().await.content()["state"], "awaiting_approval");
    store.clock.advance(Duration::from_mins(15));
    assert_eq!(status().await.content()["state"], "expired");
}

#[actix_web::test]
async fn pages_of_a_search_come_one_after_the_other() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let mut arguments = json!({ "query": "", "limit": 50 });
        if cursor.is_string() {
            arguments["cursor"] = cursor.clone();
        }
        let page = agent.call("search_products", arguments).await;
        let products = page.content()["products"].as_array().unwrap();
        seen.extend(products.iter().map(|product| product["product_id"].as_str().unwrap().to_owned()));
        cursor = page.content()["next_cursor"].clone();
        if cursor.is_null() {
            assert_eq!(seen.len(), usize::try_from(page.content()["total"].as_u64().unwrap()).unwrap());
            break;
        }
        let elsewhere = agent.call("search_products", json!({ "query": "honey", "cursor": cursor })).await;
        assert_eq!(elsewhere.code(), "invalid_argument", "a cursor belongs to its search");
    }
    assert!(seen.len() > 150);
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all, "nothing comes twice");
}

#[actix_web::test]
async fn a_search_is_words_and_never_a_query_language() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    for query in [
        "\"",
        "tea\" OR \"x",
        "title:tea",
        "NEAR(tea cup)",
        "tea*",
        "-tea",
        "(",
        "tea AND",
        "'; DROP TABLE products; --",
        "^tea",
        "{title} : tea",
        "\u{0}tea",
        "名茶 tea",
        "%_",
    ] {
        let answer = agent.call("search_products", json!({ "query": query })).await;
        assert!(answer.content()["products"].is_array(), "{query}");
    }
    let injected = agent.call("search_products", json!({ "query": "x\" OR product_id:\"sencha" })).await;
    assert!(injected.content()["total"].as_i64().unwrap() < 183);
    let none = agent.call("search_products", json!({ "query": "zzzqqq" })).await;
    assert_eq!((none.content()["total"].as_i64(), &none.content()["products"]), (Some(0), &json!([])));
}

#[actix_web::test]
async fn a_missing_permission_is_a_challenge_before_the_store_is_asked() {
    let store = Store::open().await;
    for (tool, scope) in [
        ("search_products", "products:read"),
        ("check_inventory", "inventory:read"),
        ("add_to_cart", "cart:write"),
        ("get_checkout_status", "cart:write"),
        ("initiate_checkout", "checkout:initiate"),
        ("get_order_status", "orders:read"),
    ] {
        let others: Vec<&str> = EVERYTHING.split(' ').filter(|each| *each != scope).collect();
        // Arguments that no tool takes: the permission is looked at first.
        let answer = store.agent("ann", &others.join(" ")).call(tool, json!({ "nonsense": true })).await;
        assert_eq!(answer.status, 403, "B22: {tool}");
        let challenge = answer.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("insufficient_scope") && challenge.contains(scope), "B22: {challenge}");
        assert_eq!(answer.body["result"]["isError"], true, "C-3: {answer:?}");
    }
}

#[actix_web::test]
async fn more_than_is_there_cannot_be_bought() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let sku =
        agent.call("get_product", json!({ "product_id": "matcha-bowl" })).await.content()["variants"][0]["sku"].clone();
    let stock = agent.call("check_inventory", json!({ "skus": [sku] })).await;
    let quantity = stock.content()["items"][0]["quantity"].as_i64().unwrap();
    assert!(quantity > 0);
    let over = agent.call("add_to_cart", json!({ "variant_id": "matcha-bowl-moss", "quantity": quantity + 1 })).await;
    assert_eq!(over.code(), "out_of_stock");
    let cart_id = agent.cart_with("matcha-bowl-moss", quantity).await;
    agent.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await.content();
    let held = agent.call("check_inventory", json!({ "skus": [sku] })).await;
    assert_eq!(held.content()["items"][0]["quantity"], 0, "an open checkout holds it back");
    let sandbox = store.agent_at("/sandbox/mcp", "ann", EVERYTHING);
    let other_shelf = sandbox.call("check_inventory", json!({ "skus": [sku] })).await;
    assert_eq!(other_shelf.content()["items"][0]["quantity"], quantity, "the sandbox has shelves of its own");
    store.clock.advance(Duration::from_mins(15));
    let free = agent.call("check_inventory", json!({ "skus": [sku] })).await;
    assert_eq!(free.content()["items"][0]["quantity"], quantity, "an expired checkout holds nothing");
}
