//! Idempotency keys, and checkouts without one.

use std::time::Duration;

use serde_json::json;

use super::store::{EVERYTHING, Store};

#[actix_web::test]
async fn a_call_repeated_with_its_key_is_done_once() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let add = json!({ "variant_id": "sencha-kagoshima-50-g", "quantity": 2, "idempotency_key": "k-1" });
    let first = ann.call("add_to_cart", add.clone()).await;
    let again = ann.call("add_to_cart", add.clone()).await;
    assert_eq!(first.content(), again.content());
    assert_eq!(ann.call("view_cart", json!({})).await.content()["lines"][0]["quantity"], 2);

    let mut other = add.clone();
    other["quantity"] = json!(3);
    assert_eq!(ann.call("add_to_cart", other).await.code(), "idempotency_conflict");
    // A key belongs to its shopper and its tool.
    store.agent("bob", EVERYTHING).call("add_to_cart", add.clone()).await.content();
    let cart_id = first.content()["cart_id"].clone();
    let update =
        json!({ "cart_id": cart_id, "variant_id": "sencha-kagoshima-50-g", "quantity": 5, "idempotency_key": "k-1" });
    assert_eq!(ann.call("update_cart", update).await.content()["lines"][0]["quantity"], 5);

    store.clock.advance(Duration::from_hours(48));
    let later = store.agent("ann", EVERYTHING).call("add_to_cart", add).await;
    assert_eq!(later.content()["lines"][0]["quantity"], 7, "a key is kept for 48 hours");
}

#[actix_web::test]
async fn a_refused_call_keeps_no_key() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let add = |variant: &str| json!({ "variant_id": variant, "quantity": 1, "idempotency_key": "k-2" });
    assert_eq!(ann.call("add_to_cart", add("no-such-variant")).await.code(), "not_found");
    ann.call("add_to_cart", add("sencha-kagoshima-50-g")).await.content();
}

#[actix_web::test]
async fn a_checkout_is_begun_once_for_its_key_whatever_became_of_the_cart_since() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let cart_id = ann.cart_with("sencha-kagoshima-50-g", 1).await;
    let plain = json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } });
    let mut keyed = plain.clone();
    keyed["idempotency_key"] = json!("k-3");
    let first = ann.call("initiate_checkout", keyed.clone()).await;
    ann.cart_with("sencha-kagoshima-50-g", 1).await;
    let again = ann.call("initiate_checkout", keyed.clone()).await;
    assert_eq!(again.content()["checkout_id"], first.content()["checkout_id"]);
    assert_eq!(again.content()["lines"][0]["quantity"], 1, "what was frozen then");
    keyed["cart_id"] = json!("another");
    assert_eq!(ann.call("initiate_checkout", keyed).await.code(), "idempotency_conflict");
    let new = ann.call("initiate_checkout", plain).await;
    assert_ne!(new.content()["checkout_id"], first.content()["checkout_id"], "without the key, the cart as it is");
}

#[actix_web::test]
async fn an_unchanged_cart_gives_the_open_checkout_and_a_changed_one_a_new_one() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let cart_id = ann.cart_with("sencha-kagoshima-50-g", 1).await;
    let initiate = || ann.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } }));
    let first = initiate().await;
    assert_eq!(initiate().await.content(), first.content());
    ann.cart_with("sencha-kagoshima-50-g", 1).await;
    let second = initiate().await;
    assert_ne!(second.content()["checkout_id"], first.content()["checkout_id"]);
    assert_ne!(second.content()["digest"], first.content()["digest"]);
    let old = ann.call("get_checkout_status", json!({ "checkout_id": first.content()["checkout_id"] })).await;
    assert_eq!(old.content()["state"], "superseded");
    assert_eq!(old.content()["lines"][0]["quantity"], 1, "what was frozen stays as it was");
    store.clock.advance(Duration::from_mins(16));
    let ann = store.agent("ann", EVERYTHING);
    let third = ann.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await;
    assert_ne!(third.content()["checkout_id"], second.content()["checkout_id"], "an expired one is not given again");
    let empty = json!({ "cart_id": cart_id, "variant_id": "sencha-kagoshima-50-g", "quantity": 0 });
    ann.call("update_cart", empty).await.content();
    assert_eq!(
        ann.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await.code(),
        "conflict"
    );
}
