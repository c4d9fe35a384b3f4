//! A checkout that takes the place of another, and what must not get lost on the way: an approval, a purchase that lives longer
//! than its store knows, and what another agent has asked for.

use std::time::Duration;

use mcp_resource::wire::purchase::{PurchaseState, Refusal};
use serde_json::{Value, json};

use super::authorization_server::purchase_desk::Trouble;
use super::store::{Agent, EVERYTHING, Store};

const TEA: &str = "sencha-kagoshima-50-g";

fn arguments(cart_id: &str) -> Value {
    json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })
}

async fn begun(agent: &Agent<'_>, cart_id: &str) -> String {
    let checkout = agent.call("initiate_checkout", arguments(cart_id)).await;
    checkout.content()["checkout_id"].as_str().unwrap().to_owned()
}

async fn state(agent: &Agent<'_>, checkout_id: &str) -> Value {
    agent.call("get_checkout_status", json!({ "checkout_id": checkout_id })).await.content()["state"].clone()
}

/// F6: declining the question is not declining the purchase.
#[actix_web::test]
async fn a_client_that_declines_after_the_shopper_has_approved_is_told_of_the_order() {
    for action in ["decline", "cancel"] {
        let store = Store::open().await;
        let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28").opening_links().await;
        let arguments = arguments(&agent.cart_with(TEA, 1).await);
        let asked = agent.call("initiate_checkout", arguments.clone()).await;
        let state = &asked.body["result"]["requestState"];
        let checkout_id = store.live.desk.kept.lock().unwrap().values().next().unwrap().registered.checkout_id.clone();
        let answer = json!({ "approval": { "action": action } });
        let undecided = agent.retry("initiate_checkout", arguments.clone(), state, answer.clone()).await;
        assert_eq!(undecided.content()["state"], "awaiting_approval", "{undecided:?}");
        store.live.desk.decide(&checkout_id, PurchaseState::Approved);
        let done = agent.retry("initiate_checkout", arguments, state, answer).await;
        assert_eq!(done.content()["state"], "completed", "{action}");
        assert_eq!(store.live.desk.of_checkout(&checkout_id).settled.len(), 1);
    }
}

#[actix_web::test]
async fn a_checkout_is_replaced_when_the_shopper_is_asked_about_the_new_one_and_not_before() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let cart_id = agent.cart_with(TEA, 1).await;
    let first = begun(&agent, &cart_id).await;
    agent.cart_with(TEA, 1).await;
    for trouble in [Trouble::Refuses(Refusal::OverLimit), Trouble::Away] {
        store.live.desk.troubled("purchases", trouble);
        agent.call("initiate_checkout", arguments(&cart_id)).await;
        store.live.desk.calm();
        assert_eq!(state(&agent, &first).await, "awaiting_approval", "{trouble:?}");
    }
    store.live.desk.decide(&first, PurchaseState::Approved);
    assert_eq!(state(&agent, &first).await, "completed");
}

#[actix_web::test]
async fn another_agents_checkout_of_the_same_cart_leaves_an_approved_one_alone() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let product = agent.call("get_product", json!({ "product_id": "matcha-bowl" })).await;
    let skus = json!({ "skus": [product.content()["variants"][0]["sku"]] });
    let stock = agent.call("check_inventory", skus).await.content()["items"][0]["quantity"].as_i64().unwrap();
    // All that there is: both hold it back, and it is sold once.
    let cart_id = agent.cart_with("matcha-bowl-moss", stock).await;
    let mine = begun(&agent, &cart_id).await;
    store.live.desk.decide(&mine, PurchaseState::Approved);
    let other = store.agent_of("/mcp", "ann", EVERYTHING, "c1_other");
    let theirs = begun(&other, &cart_id).await;
    assert_ne!(theirs, mine);
    assert_eq!(state(&agent, &mine).await, "completed");
    store.live.desk.decide(&theirs, PurchaseState::Approved);
    assert_eq!(state(&other, &theirs).await, "cancelled", "nothing is left to sell");
}

/// The shopper has asked for more time, which only the authorization server knows.
#[actix_web::test]
async fn a_purchase_that_lives_on_after_an_extension_is_not_begun_anew() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let cart_id = agent.cart_with(TEA, 1).await;
    let first = begun(&agent, &cart_id).await;
    let more = Duration::from_mins(5);
    store.live.desk.change(&first, |kept| kept.purchase.expires_at = kept.purchase.expires_at.plus(more));
    store.clock.advance(Duration::from_mins(11));
    let agent = store.agent("ann", EVERYTHING);
    let again = agent.call("initiate_checkout", arguments(&cart_id)).await;
    assert_eq!(
        (&again.content()["checkout_id"], &again.content()["state"]),
        (&json!(first), &json!("awaiting_approval"))
    );
    assert_eq!(store.live.desk.count(), 1);
    // When it is over there as well, the same call begins another.
    store.clock.advance(Duration::from_secs(4 * 60 - 1));
    store.live.desk.decide(&first, PurchaseState::Expired);
    let agent = store.agent("ann", EVERYTHING);
    assert_ne!(begun(&agent, &cart_id).await, first);
}

#[actix_web::test]
async fn goods_go_to_an_address_or_are_picked_up() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let cart_id = agent.cart_with(TEA, 1).await;
    for shipping in [Value::Null, json!({}), json!({ "method": "standard" }), json!({ "method": "express" })] {
        let refused = agent.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": shipping })).await;
        let error = refused.error();
        assert_eq!((&error["code"], &error["argument"]), (&json!("invalid_argument"), &json!("shipping")), "{error}");
        let message = error["message"].as_str().unwrap();
        for word in ["initiate_checkout", "shipping.address", "pickup"] {
            assert!(message.contains(word), "{message}");
        }
    }
    assert_eq!(store.live.desk.count(), 0, "the shopper was asked nothing");
    begun(&agent, &cart_id).await;
}
