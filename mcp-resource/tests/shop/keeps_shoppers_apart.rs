//! B14, B15, S1-84: a foreign id is an unknown id; and live is not sandbox.

use serde_json::json;

use super::store::{EVERYTHING, Store};

#[actix_web::test]
async fn what_belongs_to_another_shopper_does_not_exist() {
    let store = Store::open().await;
    let orders = store.demo.seed_orders(store.owner("ann"), store.clock.now()).await.unwrap();
    let ann = store.agent("ann", EVERYTHING);
    let cart_id = ann.cart_with("sencha-kagoshima-50-g", 1).await;
    let checkout =
        ann.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await;
    let checkout_id = checkout.content()["checkout_id"].clone();
    let same_name_in_the_sandbox = store.agent_at("/sandbox/mcp", "ann", EVERYTHING);
    for stranger in [store.agent("bob", EVERYTHING), same_name_in_the_sandbox] {
        // Also a stranger who has a cart of their own.
        stranger.cart_with("sencha-kagoshima-50-g", 1).await;
        for (tool, foreign, unknown) in [
            ("view_cart", json!({ "cart_id": cart_id }), json!({ "cart_id": "cart_nothing" })),
            (
                "add_to_cart",
                json!({ "cart_id": cart_id, "variant_id": "sencha-kagoshima-50-g", "quantity": 1 }),
                json!({ "cart_id": "cart_nothing", "variant_id": "sencha-kagoshima-50-g", "quantity": 1 }),
            ),
            (
                "update_cart",
                json!({ "cart_id": cart_id, "variant_id": "sencha-kagoshima-50-g", "quantity": 0 }),
                json!({ "cart_id": "cart_nothing", "variant_id": "sencha-kagoshima-50-g", "quantity": 0 }),
            ),
            (
                "initiate_checkout",
                json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } }),
                json!({ "cart_id": "cart_nothing" }),
            ),
            (
                "get_checkout_status",
                json!({ "checkout_id": checkout_id }),
                json!({ "checkout_id": "checkout_nothing" }),
            ),
            ("get_order_status", json!({ "order_id": orders[0] }), json!({ "order_id": "order_nothing" })),
        ] {
            let (mut foreign, mut unknown) =
                (stranger.call(tool, foreign).await.error(), stranger.call(tool, unknown).await.error());
            assert_eq!(foreign["code"], "not_found", "{tool}");
            foreign["reference_id"].take();
            unknown["reference_id"].take();
            assert_eq!(foreign, unknown, "{tool}: nobody learns that it exists");
        }
    }
    assert_eq!(ann.call("view_cart", json!({})).await.content()["lines"][0]["quantity"], 1, "untouched");
}

#[actix_web::test]
async fn the_seeded_orders_are_there_once() {
    let store = Store::open().await;
    let first = store.demo.seed_orders(store.owner("ann"), store.clock.now()).await.unwrap();
    let again = store.demo.seed_orders(store.owner("ann"), store.clock.now()).await.unwrap();
    assert_eq!((first.len(), &first), (2, &again));
    let order = store.agent("ann", EVERYTHING).call("get_order_status", json!({ "order_id": first[1] })).await;
    assert_eq!(order.content()["state"], "shipped");
    assert_eq!(order.content()["payment"], json!({ "brand": "Visa", "last4": "4242", "test_mode": true }), "S1-62");
}
