//! What an agent is told when the authorization server does not answer, does not know what a purchase is, or says no.

use std::time::{Duration, Instant};

use mcp_resource::wire::purchase::{PurchaseState, Refusal};
use serde_json::{Value, json};

use super::authorization_server::purchase_desk::Trouble;
use super::store::{Agent, Answer, EVERYTHING, Store};

async fn start(agent: &Agent<'_>) -> Answer {
    let cart_id = agent.cart_with("sencha-kagoshima-50-g", 1).await;
    agent.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await
}

#[actix_web::test]
async fn while_it_is_away_nothing_is_bought_and_the_agent_may_try_again() {
    let store = Store::open().await;
    for (word, sub) in [("purchases", "ann"), ("get", "bob")] {
        let agent = store.agent(sub, EVERYTHING);
        store.live.desk.troubled(word, Trouble::Away);
        let mut answer = start(&agent).await;
        if word == "get" {
            let checkout_id = answer.content()["checkout_id"].clone();
            answer = agent.call("get_checkout_status", json!({ "checkout_id": checkout_id })).await;
        }
        assert_eq!((answer.status, &answer.headers["retry-after"]), (503, &"2".parse().unwrap()), "{answer:?}");
        assert_eq!(answer.body["error"]["data"]["error"], "temporarily_unavailable", "{answer:?}");
        let reference = answer.body["error"]["data"]["reference_id"].clone();
        store.live.desk.calm();
        assert_eq!(start(&agent).await.content()["state"], "awaiting_approval", "{word}");
        // The agent's reference finds the record of the call.
        let began = Instant::now();
        let found = |reference: &Value| {
            store.live.records.lock().unwrap().iter().any(|record| json!(record.reference_id) == *reference)
        };
        while !found(&reference) {
            assert!(began.elapsed() < Duration::from_secs(8));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[actix_web::test]
async fn a_registration_whose_answer_was_lost_is_not_a_second_purchase() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let cart_id = agent.cart_with("sencha-kagoshima-50-g", 1).await;
    store.live.desk.troubled("purchases", Trouble::LosesAnswers);
    assert_eq!(
        agent.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await.status,
        503
    );
    store.live.desk.calm();
    let asked =
        agent.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await;
    assert_eq!((asked.content()["state"].as_str(), store.live.desk.count()), (Some("awaiting_approval"), 1));
}

#[actix_web::test]
async fn an_older_authorization_server_is_named_as_the_reason() {
    let store = Store::open().await;
    store.live.desk.troubled("purchases", Trouble::Unknown);
    let refused = start(&store.agent("ann", EVERYTHING)).await;
    assert_eq!(refused.code(), "purchases_not_supported");
    assert!(refused.error()["message"].as_str().unwrap().contains("nothing was bought"));
}

#[actix_web::test]
async fn every_refusal_is_a_sentence_that_an_agent_can_act_on() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    for (refusal, code) in [
        (Refusal::Unknown, "not_found"),
        (Refusal::GrantEnded, "grant_ended"),
        (Refusal::Paused, "paused"),
        (Refusal::InvalidDocument, "invalid_checkout"),
        (Refusal::Silenced, "silenced"),
        (Refusal::OverLimit, "over_limit"),
    ] {
        store.live.desk.troubled("purchases", Trouble::Refuses(refusal));
        let refused = start(&agent).await;
        assert_eq!(refused.code(), code);
        let message = refused.error()["message"].as_str().unwrap().to_owned();
        assert!(message.split(' ').count() > 3 && !message.contains("as the test says"), "{message}");
    }
    store.live.desk.calm();
    assert_eq!(start(&agent).await.content()["state"], "awaiting_approval");
}

#[actix_web::test]
async fn the_token_that_began_a_checkout_is_named() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let checkout_id = start(&agent).await.content()["checkout_id"].as_str().unwrap().to_owned();
    assert_eq!(store.live.desk.of_checkout(&checkout_id).registered.jti, Some("token-ann".to_owned()));
}

#[actix_web::test]
async fn another_digest_than_its_own_is_not_shown_to_the_shopper() {
    let store = Store::open().await;
    *store.live.desk.miscounts.lock().unwrap() = true;
    assert_eq!(start(&store.agent("ann", EVERYTHING)).await.code(), "unavailable");
}

#[actix_web::test]
async fn what_is_sold_is_what_was_approved_or_nothing() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let checkout_id = start(&agent).await.content()["checkout_id"].as_str().unwrap().to_owned();
    store.live.desk.change(&checkout_id, |kept| {
        kept.purchase.state = PurchaseState::Approved;
        "AAAA".clone_into(&mut kept.purchase.digest);
    });
    let poll = || agent.call("get_checkout_status", json!({ "checkout_id": checkout_id }));
    assert_eq!(poll().await.code(), "changed");
    assert_eq!(poll().await.content()["state"], "cancelled");
    assert_eq!(store.live.desk.of_checkout(&checkout_id).consumed, 0);
}

#[actix_web::test]
async fn a_purchase_that_is_held_goes_on_when_it_is_held_no_more() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let checkout_id = start(&agent).await.content()["checkout_id"].as_str().unwrap().to_owned();
    store.live.desk.decide(&checkout_id, PurchaseState::Approved);
    store.live.desk.troubled("consume", Trouble::Refuses(Refusal::Paused));
    let poll = || agent.call("get_checkout_status", json!({ "checkout_id": checkout_id }));
    assert_eq!(poll().await.code(), "paused");
    store.live.desk.calm();
    assert_eq!(poll().await.content()["state"], "completed");
}
