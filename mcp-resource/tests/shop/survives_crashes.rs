//! B42, F23: the way from an approved purchase to a settled order may break anywhere. Nothing is lost, nothing is twice.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mcp_resource::wire::purchase::{PurchaseState, Settle};
use serde_json::{Value, json};

use super::authorization_server::purchase_desk::Trouble;
use super::store::{Agent, EVERYTHING, Setting, Store};

const TEA: &str = "sencha-kagoshima-50-g";
const SOON: Duration = Duration::from_millis(30);

/// An approved purchase that nobody has finished: the id of its checkout.
async fn approved(agent: &Agent<'_>, variant: &str) -> String {
    let cart_id = agent.cart_with(variant, 1).await;
    let checkout =
        agent.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await;
    let checkout_id = checkout.content()["checkout_id"].as_str().unwrap().to_owned();
    agent.store.live.desk.decide(&checkout_id, PurchaseState::Approved);
    checkout_id
}

fn poll<'a>(agent: &'a Agent<'_>, checkout_id: &str) -> impl Future<Output = super::store::Answer> + use<'a> {
    agent.call("get_checkout_status", json!({ "checkout_id": checkout_id }))
}

/// By the store's own pass: no agent calls.
async fn settled(store: &Store, checkout_id: &str) -> Settle {
    let began = Instant::now();
    loop {
        if let [one] = &store.live.desk.of_checkout(checkout_id).settled[..] {
            return one.clone();
        }
        assert!(began.elapsed() < Duration::from_secs(10), "nobody settled it");
        tokio::time::sleep(SOON).await;
    }
}

fn order_of(settle: &Settle) -> &str {
    match settle {
        Settle::Completed { order_id, .. } => order_id,
        Settle::Released { .. } => panic!("released"),
    }
}

#[actix_web::test]
async fn a_purchase_that_was_consumed_and_not_ordered_is_finished_by_the_next_poll() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let checkout_id = approved(&agent, TEA).await;
    store.live.desk.troubled("consume", Trouble::LosesAnswers);
    let lost = poll(&agent, &checkout_id).await;
    assert_eq!((lost.status, &lost.headers["retry-after"]), (503, &"2".parse().unwrap()), "{lost:?}");
    assert_eq!(store.live.desk.of_checkout(&checkout_id).purchase.state, PurchaseState::Consumed);
    store.live.desk.calm();
    // The time to approve does not matter any more.
    store.clock.advance(Duration::from_mins(20));
    let agent = store.agent("ann", EVERYTHING);
    assert_eq!(poll(&agent, &checkout_id).await.content()["state"], "completed");
}

#[actix_web::test]
async fn a_store_that_died_between_consuming_and_ordering_orders_when_it_is_back() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let checkout_id = approved(&agent, TEA).await;
    store.live.desk.troubled("consume", Trouble::LosesAnswers);
    assert_eq!(poll(&agent, &checkout_id).await.status, 503);
    store.live.desk.calm();
    let store = store.restarted(&Setting { pass_every: SOON, ..Setting::default() }).await;
    let settle = settled(&store, &checkout_id).await;
    let agent = store.agent("ann", EVERYTHING);
    let told = poll(&agent, &checkout_id).await;
    assert_eq!(told.content()["order_id"], json!(order_of(&settle)));
    // A poll and the pass may both have told it; told twice is told.
    tokio::time::sleep(SOON * 3).await;
    let told = store.live.desk.of_checkout(&checkout_id).settled;
    assert!(told.iter().all(|again| *again == settle), "{told:?}");
    tokio::time::sleep(SOON * 3).await;
    assert_eq!(store.live.desk.of_checkout(&checkout_id).settled.len(), told.len(), "and then leaves it alone");
}

#[actix_web::test]
async fn a_store_that_died_between_ordering_and_settling_settles_when_it_is_back() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let checkout_id = approved(&agent, TEA).await;
    store.live.desk.troubled("settle", Trouble::Away);
    let done = poll(&agent, &checkout_id).await;
    assert_eq!(done.content()["state"], "completed", "the order stands: {done:?}");
    let order_id = done.content()["order_id"].clone();
    store.live.desk.calm();
    let store = store.restarted(&Setting { pass_every: SOON, ..Setting::default() }).await;
    assert_eq!(json!(order_of(&settled(&store, &checkout_id).await)), order_id, "the same order");
}

#[actix_web::test]
async fn a_settling_whose_answer_was_lost_is_repeated_with_the_same_order() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let checkout_id = approved(&agent, TEA).await;
    store.live.desk.troubled("settle", Trouble::LosesAnswers);
    let done = poll(&agent, &checkout_id).await;
    store.live.desk.calm();
    assert_eq!(poll(&agent, &checkout_id).await.content(), done.content());
    let settled = store.live.desk.of_checkout(&checkout_id).settled;
    assert!(settled.iter().all(|each| json!(order_of(each)) == done.content()["order_id"]), "{settled:?}");
}

#[actix_web::test]
async fn many_retries_at_once_make_one_order() {
    let store = Store::open_with(&Setting { pass_every: Duration::from_millis(1), ..Setting::default() }).await;
    let agent = store.agent("ann", EVERYTHING);
    let product = agent.call("get_product", json!({ "product_id": "sencha-kagoshima" })).await;
    let skus = json!({ "skus": [product.content()["variants"][0]["sku"]] });
    let left = || async {
        agent.call("check_inventory", skus.clone()).await.content()["items"][0]["quantity"].as_i64().unwrap()
    };
    let before = left().await;
    let checkout_id = approved(&agent, TEA).await;
    let answers = join_all((0..32).map(|_| poll(&agent, &checkout_id))).await;
    let orders: std::collections::HashSet<String> =
        answers.iter().map(|answer| answer.content()["order_id"].to_string()).collect();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(left().await, before - 1);
}

/// B42: closing the stream cancels the call, and must not leave half a purchase.
#[actix_web::test]
async fn a_client_that_goes_away_leaves_a_whole_order_behind() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let checkout_id = approved(&agent, TEA).await;
    for wait in 1..20 {
        let call = poll(&agent, &checkout_id);
        tokio::time::timeout(Duration::from_micros(wait * 300), call).await.ok();
    }
    let done = poll(&agent, &checkout_id).await;
    assert_eq!(done.content()["state"], "completed");
    assert!(!store.live.desk.of_checkout(&checkout_id).settled.is_empty());
}

/// The hold on the goods runs out with the time to approve; an answer of the authorization server may come later.
#[actix_web::test]
async fn an_approval_whose_goods_are_gone_is_given_back_for_good() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let product = ann.call("get_product", json!({ "product_id": "matcha-bowl" })).await;
    let skus = json!({ "skus": [product.content()["variants"][0]["sku"]] });
    let stock = ann.call("check_inventory", skus).await.content()["items"][0]["quantity"].as_i64().unwrap();
    let cart_id = ann.cart_with("matcha-bowl-moss", stock).await;
    let checkout =
        ann.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await;
    let checkout_id = checkout.content()["checkout_id"].as_str().unwrap().to_owned();
    // The clocks of the two servers differ: approved in time there, long over here.
    store.clock.advance(Duration::from_mins(15));
    store.live.desk.change(&checkout_id, |kept| {
        kept.purchase.state = PurchaseState::Approved;
        kept.purchase.expires_at = kept.purchase.expires_at.plus(Duration::from_mins(10));
    });
    let bob = store.agent("bob", EVERYTHING);
    approved(&bob, "matcha-bowl-moss").await;
    let ann = store.agent("ann", EVERYTHING);
    let gone = poll(&ann, &checkout_id).await;
    assert_eq!(gone.content()["state"], "cancelled", "{gone:?}");
    assert!(gone.content()["next_step"].as_str().unwrap().contains("could not be sold"));
    let released = [Settle::Released { checkout_id: checkout_id.clone() }];
    assert_eq!(store.live.desk.of_checkout(&checkout_id).settled, released);
    // When the goods are back, the approval is not.
    store.clock.advance(Duration::from_mins(20));
    let ann = store.agent("ann", EVERYTHING);
    assert_eq!(poll(&ann, &checkout_id).await.content()["state"], "cancelled");
    assert_eq!(ann.call("view_cart", json!({})).await.content()["lines"][0]["quantity"], json!(stock));
    let ordered = poll(&ann, &checkout_id).await.content()["order_id"].clone();
    assert_eq!(ordered, Value::Null);
}
