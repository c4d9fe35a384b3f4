//! S1-63, S1-72: whatever is sent as arguments, the answer is a readable error, and the next call is served.

use serde_json::{Value, json};

use super::store::{EVERYTHING, REVISIONS, Store, TOOLS};

#[actix_web::test]
async fn limits_are_told_by_name() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let variant = "sencha-kagoshima-50-g";
    for (tool, arguments, argument) in [
        ("search_products", json!({ "query": "x".repeat(201) }), "query"),
        ("search_products", json!({ "query": "x", "limit": 0 }), "limit"),
        ("search_products", json!({ "query": "x", "limit": 51 }), "limit"),
        ("search_products", json!({ "query": "x", "cursor": "AAAA" }), "cursor"),
        ("get_product", json!({ "product_id": "../../etc/passwd" }), "product_id"),
        ("get_product", json!({ "product_id": "" }), "product_id"),
        ("get_product", json!({}), "arguments"),
        ("check_inventory", json!({ "skus": [] }), "skus"),
        ("check_inventory", json!({ "skus": vec!["x"; 51] }), "skus"),
        ("add_to_cart", json!({ "variant_id": variant, "quantity": 0 }), "quantity"),
        ("add_to_cart", json!({ "variant_id": variant, "quantity": 1000 }), "quantity"),
        ("add_to_cart", json!({ "variant_id": variant, "quantity": -1 }), "quantity"),
        ("add_to_cart", json!({ "variant_id": variant, "quantity": 1.5 }), "arguments"),
        ("add_to_cart", json!({ "variant_id": variant, "quantity": 1, "price": 1 }), "arguments"),
        ("add_to_cart", json!({ "variant_id": variant, "quantity": 1, "idempotency_key": "" }), "idempotency_key"),
        ("update_cart", json!({ "cart_id": "c" }), "lines"),
        ("update_cart", json!({ "cart_id": "c", "lines": [], "quantity": 1 }), "lines"),
        ("initiate_checkout", json!({ "cart_id": "c", "shipping": { "method": "drone" } }), "arguments"),
    ] {
        let error = ann.call(tool, arguments.clone()).await.error();
        assert_eq!(error["code"], "invalid_argument", "{tool} {arguments}: {error}");
        assert_eq!(error["argument"], argument, "{tool} {arguments}: {error}");
        assert!(error["reference_id"].as_str().is_some_and(|id| id.len() == 36));
    }
}

/// Values that break careless code, in every place.
fn hostile() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e308),
        json!(0.1),
        json!(""),
        json!("'"),
        json!("\u{0}"),
        json!("\u{202e}x"),
        json!("${jndi:x}"),
        json!("{{7*7}}"),
        json!("x".repeat(10_000)),
        json!([]),
        json!([[]]),
        json!({}),
        json!({ "a": { "b": [1, null] } }),
        json!("😀"),
        json!([1, "a", null]),
    ]
}

#[actix_web::test]
async fn hostile_arguments_are_answered_and_nothing_breaks() {
    let store = Store::open().await;
    let names = [
        "query",
        "limit",
        "cursor",
        "product_id",
        "skus",
        "variant_id",
        "quantity",
        "cart_id",
        "lines",
        "shipping",
        "checkout_id",
        "order_id",
        "idempotency_key",
        "__proto__",
    ];
    let mut turn = 0_usize;
    for tool in TOOLS {
        for value in hostile() {
            turn += 1;
            let ann = store.agent("ann", EVERYTHING).speaking(REVISIONS[turn % 3]);
            let mut arguments = json!({});
            // Two members at a time, another pair each time.
            for step in [turn, turn * 5 + 3] {
                arguments[names[step % names.len()]] = value.clone();
            }
            for arguments in [arguments, value.clone()] {
                let answer = ann.call(tool, arguments.clone()).await;
                assert!(matches!(answer.status, 200 | 400), "{tool} {arguments}: {answer:?}");
                let text = answer.body.to_string();
                for leak in ["panicked", ".rs:", "diesel", "sqlite", "SQL", "backtrace"] {
                    assert!(!text.contains(leak), "{tool} {arguments}: {text}");
                }
            }
        }
    }
    store.agent("ann", EVERYTHING).call("search_products", json!({ "query": "tea" })).await.content();
}
