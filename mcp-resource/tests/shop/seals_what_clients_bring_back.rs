//! F7 to F9, F22: `requestState` comes back from whoever holds it, and is good for one caller, one call and some minutes.

use std::time::Duration;

use mcp_resource::wire::purchase::PurchaseState;
use serde_json::{Value, json};

use super::store::{Agent, EVERYTHING, Setting, Store};

const TEA: &str = "sencha-kagoshima-50-g";

async fn asked(agent: &Agent<'_>) -> (Value, Value) {
    let arguments = json!({ "cart_id": agent.cart_with(TEA, 1).await, "shipping": { "method": "pickup" } });
    let asked = agent.call("initiate_checkout", arguments.clone()).await;
    (arguments, asked.body["result"]["requestState"].clone())
}

fn checkout_id(store: &Store) -> String {
    store.live.desk.kept.lock().unwrap().values().next().unwrap().registered.checkout_id.clone()
}

async fn is_refused(agent: &Agent<'_>, tool: &str, arguments: &Value, state: &Value) {
    let answer = agent.retry(tool, arguments.clone(), state, json!({ "approval": { "action": "accept" } })).await;
    assert_eq!(answer.body["error"]["code"], -32602, "{answer:?}");
    assert!(answer.body["error"]["message"].as_str().unwrap().contains("requestState"));
}

#[actix_web::test]
async fn a_state_that_was_changed_or_made_up_is_refused() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28").opening_links().await;
    let (arguments, state) = asked(&agent).await;
    store.live.desk.decide(&checkout_id(&store), PurchaseState::Approved);
    let text = state.as_str().unwrap();
    for at in [0, text.len() / 2, text.len() - 2] {
        let mut changed = text.to_owned().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        is_refused(&agent, "initiate_checkout", &arguments, &json!(String::from_utf8(changed).unwrap())).await;
    }
    for made_up in ["", "nonsense", "a.b.c.d.e", &"x".repeat(100_000)] {
        is_refused(&agent, "initiate_checkout", &arguments, &json!(made_up)).await;
    }
    // F8: what this server sealed for another purpose.
    let session = store.agent("ann", EVERYTHING).opening_links().await.session.unwrap();
    is_refused(&agent, "initiate_checkout", &arguments, &json!(session)).await;
    assert_eq!(store.live.desk.of_checkout(&checkout_id(&store)).consumed, 0, "nothing was bought by any of it");
}

#[actix_web::test]
async fn a_state_is_nobody_else_s_and_no_other_call_s() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28").opening_links().await;
    let (arguments, state) = asked(&agent).await;
    store.live.desk.decide(&checkout_id(&store), PurchaseState::Approved);
    let bob = store.agent("bob", EVERYTHING);
    let other_client = store.agent_of("/mcp", "ann", EVERYTHING, "c1_other");
    let sandbox = store.agent_at("/sandbox/mcp", "ann", EVERYTHING);
    for stranger in [bob, other_client, sandbox] {
        is_refused(&stranger.speaking("2026-07-28"), "initiate_checkout", &arguments, &state).await;
    }
    let mut other = arguments.clone();
    other["shipping"] = json!({ "method": "express" });
    is_refused(&agent, "initiate_checkout", &other, &state).await;
    is_refused(&agent, "view_cart", &json!({}), &state).await;
    assert_eq!(store.live.desk.of_checkout(&checkout_id(&store)).consumed, 0);
}

#[actix_web::test]
async fn a_state_runs_out_with_its_purchase() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28").opening_links().await;
    let (arguments, state) = asked(&agent).await;
    // F20: the shopper may take more time than was given at first, so the state outlives that.
    store.clock.advance(Duration::from_mins(15));
    is_refused(&agent, "initiate_checkout", &arguments, &state).await;
    let anew = agent.call("initiate_checkout", arguments).await;
    assert_eq!(anew.body["result"]["resultType"], "input_required", "{anew:?}");
}

#[actix_web::test]
async fn without_an_answer_the_question_is_asked_again() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28").opening_links().await;
    let (arguments, state) = asked(&agent).await;
    for responses in [Value::Null, json!({}), json!({ "other": { "action": "accept" } }), json!({ "approval": {} })] {
        let again = agent.retry("initiate_checkout", arguments.clone(), &state, responses.clone()).await;
        assert_eq!(again.body["result"]["resultType"], "input_required", "F9: {responses} {again:?}");
    }
    assert_eq!(store.live.desk.count(), 1);
}

#[actix_web::test]
async fn a_shopper_who_does_not_open_the_link_is_not_asked_twice_and_buys_nothing() {
    let store = Store::open().await;
    for (sub, action) in [("ann", "decline"), ("bob", "cancel")] {
        let agent = store.agent(sub, EVERYTHING).speaking("2026-07-28").opening_links().await;
        let (arguments, state) = asked(&agent).await;
        let response = json!({ "approval": { "action": action } });
        let answer = agent.retry("initiate_checkout", arguments.clone(), &state, response.clone()).await;
        assert_eq!(answer.body["result"]["resultType"], "complete", "{answer:?}");
        assert_eq!(answer.content()["state"], "awaiting_approval");
        let next = answer.content()["next_step"].as_str().unwrap();
        assert!(next.contains("Nothing was bought"), "{next}");
        agent.retry("initiate_checkout", arguments, &state, response).await.content();
        let checkout_id = answer.content()["checkout_id"].as_str().unwrap();
        assert_eq!(store.live.desk.of_checkout(checkout_id).consumed, 0, "{action}");
    }
}

/// Decision 5: finishing needs the grant and the purchase, not a fresh permission to check out.
#[actix_web::test]
async fn a_purchase_is_finished_after_the_permission_to_check_out_has_decayed() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28").opening_links().await;
    let (arguments, state) = asked(&agent).await;
    store.live.desk.decide(&checkout_id(&store), PurchaseState::Approved);
    let decayed = store.agent("ann", "products:read cart:write").speaking("2026-07-28");
    assert_eq!(decayed.call("initiate_checkout", arguments.clone()).await.status, 403, "a new one needs it");
    let made_up = decayed.retry("initiate_checkout", arguments.clone(), &json!("made up"), Value::Null).await;
    assert_eq!(made_up.status, 403, "as does one with a state that is none");
    let done = decayed.retry("initiate_checkout", arguments.clone(), &state, Value::Null).await;
    assert_eq!(done.content()["state"], "completed");
    let browsing = store.agent("ann", "products:read").speaking("2026-07-28");
    let refused = browsing.retry("initiate_checkout", arguments, &state, Value::Null).await;
    assert_eq!(refused.status, 403, "and not without any permission to shop");
}

/// Stateless clients say with each call what they can do.
fn opening(store: &Store) -> Agent<'_> {
    let mut agent = store.agent("ann", EVERYTHING).speaking("2026-07-28");
    agent.capabilities = json!({ "elicitation": { "url": {} } });
    agent
}

#[actix_web::test]
async fn another_process_with_the_same_key_takes_the_state_and_a_stranger_does_not() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28").opening_links().await;
    let (arguments, state) = asked(&agent).await;
    let store = store.restarted(&Setting { keys: &[3], ..Setting::default() }).await;
    is_refused(&opening(&store), "initiate_checkout", &arguments, &state).await;
    // The new key before the old one, which is still accepted.
    let store = store.restarted(&Setting { keys: &[2, 1], ..Setting::default() }).await;
    let asked = opening(&store).retry("initiate_checkout", arguments.clone(), &state, Value::Null).await;
    assert_eq!(asked.body["result"]["resultType"], "input_required", "{asked:?}");
    assert_ne!(asked.body["result"]["requestState"], state);
}
