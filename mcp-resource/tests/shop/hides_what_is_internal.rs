//! S1-39, S1-40, S1-60, S1-61: cost, margin and supplier are in the store's database and in no answer; and what is
//! recorded of a call has nothing of its content (C-9, S2-36).

use std::time::{Duration, Instant};

use serde_json::json;

use super::store::{EVERYTHING, Store};

#[actix_web::test]
async fn nothing_internal_is_in_any_answer() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let mut everything = String::new();
    let mut cursor = json!(null);
    loop {
        let mut arguments = json!({ "query": "", "limit": 50 });
        if cursor.is_string() {
            arguments["cursor"] = cursor.clone();
        }
        let page = ann.call("search_products", arguments).await;
        everything += &page.body.to_string();
        cursor = page.content()["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let cart_id = ann.cart_with("sencha-kagoshima-50-g", 1).await;
    for (tool, arguments) in [
        ("get_product", json!({ "product_id": "sencha-kagoshima" })),
        ("view_cart", json!({})),
        ("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })),
    ] {
        everything += &ann.call(tool, arguments).await.body.to_string();
    }
    // The canaries are really there to be found: supplier and cost stand in the catalog of every product.
    let catalog = include_str!("../../catalog/fern-and-field.json");
    for canary in ["Hill & Harbour Imports", "Kiln Yard Studio", "Blue Gorge Trading", "cost_percent", "supplier"] {
        assert!(catalog.contains(canary) && !everything.contains(canary), "{canary}");
    }
    for word in ["wholesale", "margin", "vat_percent", "position"] {
        assert!(!everything.contains(word), "{word}");
    }
}

#[actix_web::test]
async fn every_call_is_recorded_and_never_its_content() {
    let store = Store::open().await;
    let ann = store.agent("ann", "products:read cart:write");
    ann.call("search_products", json!({ "query": "a-very-private-wish" })).await.content();
    let cart_id = ann.cart_with("sencha-kagoshima-50-g", 1).await;
    let refused =
        ann.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await;
    assert_eq!(refused.status, 403);
    let missing = ann.call("get_checkout_status", json!({ "checkout_id": "checkout_nothing" })).await.error();
    ann.call("no_such_tool", json!({})).await;

    let began = Instant::now();
    let records = loop {
        let records = store.live.records.lock().unwrap().clone();
        let records: Vec<_> = records
            .into_iter()
            .filter(|record| record.token.as_ref().is_some_and(|token| token.connection_id == "connection-ann"))
            .collect();
        if records.len() >= 5 {
            break records;
        }
        assert!(began.elapsed() < Duration::from_secs(8), "only {records:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let told: Vec<_> =
        records.iter().map(|each| (each.tool.as_str(), each.status, each.outcome.as_str(), each.risk)).collect();
    assert_eq!(
        told,
        [
            ("search_products", 200, "ok", 0),
            ("add_to_cart", 200, "ok", 1),
            ("initiate_checkout", 403, "insufficient_scope", 2),
            ("get_checkout_status", 404, "not_found", 0),
            ("-", 404, "unknown_tool", 0),
        ]
    );
    assert_eq!(records[1].object_id.as_deref(), Some(cart_id.as_str()));
    assert_eq!(missing["reference_id"], records[3].reference_id, "the agent's reference finds the record");
    assert!(records.iter().all(|each| each.platform == "demo-store" && each.arguments_digest.is_some()));
    let text = serde_json::to_string(&records).unwrap();
    assert!(!text.contains("private-wish") && !text.contains("sencha"), "{text}");
}
