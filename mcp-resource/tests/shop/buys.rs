//! F24, F25: one tool, asked by clients of four kinds, and the way from there to an order.

use mcp_resource::wire::purchase::{PurchaseState, Settle};
use serde_json::{Value, json};

use super::store::{Agent, Answer, EVERYTHING, REVISIONS, Store};

const TEA: &str = "sencha-kagoshima-50-g";

fn shipping() -> Value {
    json!({ "method": "standard", "address": {
        "name": "Ann Example", "line1": "Secret Lane 1", "postal_code": "34117", "city": "Kassel", "country": "DE" } })
}

/// A cart and the call that starts its checkout.
async fn ready(agent: &Agent<'_>) -> Value {
    let cart_id = agent.cart_with(TEA, 2).await;
    json!({ "cart_id": cart_id, "shipping": shipping() })
}

/// The one checkout that waits, as the authorization server knows it.
fn waiting(store: &Store) -> String {
    let kept = store.live.desk.kept.lock().unwrap();
    let mut waiting = kept.values().filter(|kept| kept.purchase.state == PurchaseState::AwaitingApproval);
    let one = waiting.next().unwrap().registered.checkout_id.clone();
    assert!(waiting.next().is_none());
    one
}

fn link(store: &Store, checkout_id: &str) -> String {
    store.live.desk.of_checkout(checkout_id).purchase.approval_url
}

async fn is_ordered(agent: &Agent<'_>, checkout: &Value) {
    assert_eq!(checkout["state"], "completed", "{checkout}");
    let order = agent.call("get_order_status", json!({ "order_id": checkout["order_id"] })).await;
    let order = order.content();
    assert_eq!((&order["state"], &order["totals"]), (&json!("processing"), &checkout["totals"]));
    assert_eq!(order["shipping_address"]["line1"], "Secret Lane 1");
    assert_eq!(order["payment"]["test_mode"], true, "{order}");
    let kept = agent.store.live.desk.of_checkout(checkout["checkout_id"].as_str().unwrap());
    let (checkout_id, order_id) =
        (checkout["checkout_id"].as_str().unwrap().to_owned(), checkout["order_id"].as_str().unwrap().to_owned());
    assert_eq!(kept.settled, [Settle::Completed { checkout_id, order_id }]);
}

#[actix_web::test]
async fn a_stateless_client_that_opens_links_is_asked_in_its_result() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28").opening_links().await;
    let arguments = ready(&agent).await;
    let asked = agent.call("initiate_checkout", arguments.clone()).await;
    let result = &asked.body["result"];
    let checkout_id = waiting(&store);
    assert_eq!((asked.status, &result["resultType"]), (200, &json!("input_required")), "{asked:?}");
    let question = &result["inputRequests"]["approval"];
    assert_eq!(question["method"], "elicitation/create");
    let message = "Fern & Field asks you to approve a purchase of 19.30 EUR. Open the page, sign in, and decide.";
    // F5: exactly these members.
    assert_eq!(question["params"], json!({ "mode": "url", "url": link(&store, &checkout_id), "message": message }));
    let state = &result["requestState"];

    // F6: the link was opened, and nothing is decided.
    let accepted = json!({ "approval": { "action": "accept" } });
    let again = agent.retry("initiate_checkout", arguments.clone(), state, accepted.clone()).await;
    assert_eq!(again.body["result"]["resultType"], "input_required", "{again:?}");
    assert_ne!(&again.body["result"]["requestState"], state);
    assert_eq!(store.live.desk.count(), 1, "it is the same purchase");

    store.live.desk.decide(&checkout_id, PurchaseState::Approved);
    let done = agent.retry("initiate_checkout", arguments.clone(), state, accepted.clone()).await;
    assert_eq!(done.body["result"]["resultType"], "complete", "{done:?}");
    is_ordered(&agent, done.content()).await;
    // F23: a state that is brought back twice buys once.
    let twice = agent.retry("initiate_checkout", arguments, state, accepted).await;
    assert_eq!(twice.content(), done.content());
}

#[actix_web::test]
async fn a_client_of_2025_11_25_that_opens_links_gets_their_error_and_calls_again() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).opening_links().await;
    let arguments = ready(&agent).await;
    let asked = agent.call("initiate_checkout", arguments.clone()).await;
    let checkout_id = waiting(&store);
    let purchase = store.live.desk.of_checkout(&checkout_id).purchase;
    assert_eq!((asked.status, &asked.body["error"]["code"]), (200, &json!(-32042)), "{asked:?}");
    let elicitation = &asked.body["error"]["data"]["elicitations"][0];
    assert_eq!(elicitation["mode"], "url");
    assert_eq!(
        (&elicitation["elicitationId"], &elicitation["url"]),
        (&json!(purchase.id), &json!(purchase.approval_url))
    );
    assert!(elicitation["message"].as_str().unwrap().contains("19.30 EUR"));

    assert_eq!(
        agent.call("initiate_checkout", arguments.clone()).await.body["error"]["code"],
        -32042,
        "still undecided"
    );
    store.live.desk.decide(&checkout_id, PurchaseState::Approved);
    let done = agent.call("initiate_checkout", arguments.clone()).await;
    is_ordered(&agent, done.content()).await;
    // F23: the cart is empty by now, and the same call is answered like before.
    let twice = agent.call("initiate_checkout", arguments).await;
    assert_eq!(twice.content(), done.content());
    assert_eq!(agent.call("view_cart", json!({})).await.content()["lines"], json!([]));
}

#[actix_web::test]
async fn everybody_else_gets_the_link_as_a_result_and_polls() {
    for revision in REVISIONS {
        let store = Store::open().await;
        let agent = store.agent("ann", EVERYTHING).speaking(revision).introduced().await;
        assert_eq!(agent.session, None, "B52");
        let arguments = ready(&agent).await;
        let asked = agent.call("initiate_checkout", arguments).await;
        let content = asked.content();
        assert_eq!(content["state"], "awaiting_approval", "{revision}");
        let (checkout_id, url) = (waiting(&store), link(&store, &waiting(&store)));
        assert_eq!(content["approval_url"], json!(url));
        let blocks = asked.body["result"]["content"].as_array().unwrap();
        let text = blocks[1]["text"].as_str().unwrap();
        assert!(text.contains("Approval pending") && text.contains(&url) && text.contains("get_checkout_status"));
        assert_eq!((&blocks[2]["type"], &blocks[2]["uri"]), (&json!("resource_link"), &json!(url)), "{revision}");

        let poll = || agent.call("get_checkout_status", json!({ "checkout_id": checkout_id }));
        let waits = poll().await;
        assert_eq!(
            (&waits.content()["state"], &waits.content()["approval_url"]),
            (&json!("awaiting_approval"), &json!(url))
        );
        store.live.desk.decide(&checkout_id, PurchaseState::Approved);
        let done = poll().await;
        is_ordered(&agent, done.content()).await;
        assert_eq!(poll().await.content(), done.content());
        assert!(!done.body.to_string().contains("Secret Lane"), "an address is told with the order only");
    }
}

/// F4, F25: no mode that was not declared, and no error that a revision does not know.
#[actix_web::test]
async fn nobody_is_asked_in_a_way_that_they_did_not_declare() {
    let store = Store::open().await;
    let in_words = |answer: &Answer| answer.content()["state"] == "awaiting_approval";
    let arguments = ready(&store.agent("ann", EVERYTHING)).await;
    for revision in REVISIONS {
        for capabilities in [json!({}), json!({ "elicitation": {} }), json!({ "elicitation": { "form": {} } })] {
            let mut agent = store.agent("ann", EVERYTHING).speaking(revision);
            agent.capabilities = capabilities.clone();
            let agent = agent.introduced().await;
            let answer = agent.call("initiate_checkout", arguments.clone()).await;
            assert!(in_words(&answer), "{revision} {capabilities} {answer:?}");
        }
    }
    // An error of 2025-11-25 is nothing for a client of another revision, whatever session it names.
    let session = store.agent("ann", EVERYTHING).opening_links().await.session;
    for revision in ["2025-06-18", "2026-07-28"] {
        let mut agent = store.agent("ann", EVERYTHING).speaking(revision);
        agent.session = session.clone();
        assert!(in_words(&agent.call("initiate_checkout", arguments.clone()).await), "{revision}");
    }
    // B15: what one caller declared says nothing about another.
    let mut bob = store.agent("bob", EVERYTHING);
    let arguments = ready(&bob).await;
    bob.session = session;
    assert!(in_words(&bob.call("initiate_checkout", arguments.clone()).await));
    bob.session = Some("made-up".to_owned());
    assert!(in_words(&bob.call("initiate_checkout", arguments).await));
}

#[actix_web::test]
async fn what_the_shopper_approves_names_the_token_the_store_and_everything_that_is_sold() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let arguments = ready(&agent).await;
    let asked = agent.call("initiate_checkout", arguments).await;
    let kept = store.live.desk.of_checkout(&waiting(&store));
    let new = &kept.registered;
    assert_eq!((new.grant_id.as_str(), new.connection_id.as_str()), ("grant-ann", "connection-ann"));
    let document = serde_json::to_value(&new.document).unwrap();
    assert_eq!(document["store"], json!(format!("{}/mcp", store.origin)));
    assert_eq!((&document["environment"], &document["agent"]), (&json!("live"), &json!("c1_agent")));
    assert_eq!(document["lines"][0]["variant_id"], TEA);
    assert_eq!(
        (&document["ship_to"]["line1"], &document["shipping_method"]),
        (&json!("Secret Lane 1"), &json!("standard"))
    );
    assert_eq!(document["total"], asked.content()["totals"]["total"]);
    assert_eq!(document["taxes_included"], true);
    assert_eq!(asked.content()["digest"], json!(kept.purchase.digest), "both computed the same");
    assert!(!format!("{:?}", new.document).contains("Secret Lane"));
}

#[actix_web::test]
async fn what_a_rule_of_the_shopper_s_approves_is_ordered_at_once() {
    let store = Store::open().await;
    *store.live.desk.approves_at_once.lock().unwrap() = true;
    for agent in
        [store.agent("ann", EVERYTHING), store.agent("bob", EVERYTHING).speaking("2026-07-28").opening_links().await]
    {
        let arguments = ready(&agent).await;
        let done = agent.call("initiate_checkout", arguments).await;
        is_ordered(&agent, done.content()).await;
    }
}

#[actix_web::test]
async fn an_order_takes_its_goods_off_the_shelf_for_good_and_out_of_the_cart() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let product = agent.call("get_product", json!({ "product_id": "sencha-kagoshima" })).await;
    let sku = product.content()["variants"][0]["sku"].clone();
    let left = || async {
        agent.call("check_inventory", json!({ "skus": [sku] })).await.content()["items"][0]["quantity"]
            .as_i64()
            .unwrap()
    };
    let before = left().await;
    let arguments = ready(&agent).await;
    let checkout = agent.call("initiate_checkout", arguments).await;
    let checkout_id = checkout.content()["checkout_id"].clone();
    // Added after the cart was frozen: not bought, and not lost.
    agent.call("add_to_cart", json!({ "variant_id": TEA, "quantity": 1 })).await.content();
    agent.call("add_to_cart", json!({ "variant_id": "linden-honey-250-g", "quantity": 1 })).await.content();
    store.live.desk.decide(checkout_id.as_str().unwrap(), PurchaseState::Approved);
    let done = agent.call("get_checkout_status", json!({ "checkout_id": checkout_id })).await;
    is_ordered(&agent, done.content()).await;
    assert_eq!(left().await, before - 2);
    store.clock.advance(std::time::Duration::from_hours(1));
    let agent = store.agent("ann", EVERYTHING);
    let inventory = agent.call("check_inventory", json!({ "skus": [sku] })).await;
    assert_eq!(inventory.content()["items"][0]["quantity"], before - 2, "not a hold that runs out");
    let cart = agent.call("view_cart", json!({})).await;
    let quantities: Vec<&Value> =
        cart.content()["lines"].as_array().unwrap().iter().map(|line| &line["quantity"]).collect();
    assert_eq!(quantities, [&json!(1), &json!(1)]);
    let page = store.get(done.content()["checkout_url"].as_str().unwrap()).await.2;
    assert!(page.contains("This is ordered") && !page.contains("Secret Lane"), "{page}");
}

#[actix_web::test]
async fn a_purchase_that_comes_to_nothing_is_told_as_it_is() {
    for (decided, told) in [
        (PurchaseState::Declined, "declined"),
        (PurchaseState::Expired, "expired"),
        (PurchaseState::Superseded, "superseded"),
        (PurchaseState::Cancelled, "cancelled"),
    ] {
        let store = Store::open().await;
        let agent = store.agent("ann", EVERYTHING);
        let arguments = ready(&agent).await;
        let checkout = agent.call("initiate_checkout", arguments.clone()).await;
        let checkout_id = checkout.content()["checkout_id"].clone();
        store.live.desk.decide(checkout_id.as_str().unwrap(), decided);
        let poll = agent.call("get_checkout_status", json!({ "checkout_id": checkout_id })).await;
        assert_eq!(poll.content()["state"], told);
        assert_eq!(poll.content()["approval_url"], Value::Null);
        assert!(!poll.content()["next_step"].as_str().unwrap().is_empty());
        assert_eq!(store.get(poll.content()["checkout_url"].as_str().unwrap()).await.0, 200);
        // Whoever asks again asks for a new purchase; the shopper decides anew.
        let new = agent.call("initiate_checkout", arguments).await;
        assert_eq!(new.content()["state"], "awaiting_approval", "{told}");
        assert_ne!(new.content()["checkout_id"], checkout_id);
    }
}

#[actix_web::test]
async fn a_checkout_that_ran_out_unseen_is_begun_anew_in_the_same_call() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let arguments = ready(&agent).await;
    let checkout = agent.call("initiate_checkout", arguments.clone()).await;
    let checkout_id = checkout.content()["checkout_id"].clone();
    store.live.desk.decide(checkout_id.as_str().unwrap(), PurchaseState::Expired);
    let new = agent.call("initiate_checkout", arguments).await;
    assert_eq!(new.content()["state"], "awaiting_approval");
    assert_ne!(new.content()["checkout_id"], checkout_id);
}

#[actix_web::test]
async fn a_changed_cart_is_another_purchase_and_the_old_approval_buys_nothing() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let arguments = ready(&agent).await;
    let first = agent.call("initiate_checkout", arguments.clone()).await;
    let first_id = first.content()["checkout_id"].as_str().unwrap().to_owned();
    store.live.desk.decide(&first_id, PurchaseState::Approved);
    agent.call("add_to_cart", json!({ "variant_id": TEA, "quantity": 1 })).await.content();
    let second = agent.call("initiate_checkout", arguments).await;
    assert_eq!(second.content()["state"], "awaiting_approval", "the shopper decides anew");
    assert_ne!(second.content()["digest"], first.content()["digest"]);
    let old = agent.call("get_checkout_status", json!({ "checkout_id": first_id })).await;
    assert_eq!(old.content()["state"], "superseded");
    assert_eq!(store.live.desk.of_checkout(&first_id).consumed, 0);
}

#[actix_web::test]
async fn another_agent_of_the_same_shopper_can_neither_finish_nor_spoil_a_purchase() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    let arguments = ready(&agent).await;
    let checkout = agent.call("initiate_checkout", arguments).await;
    let checkout_id = checkout.content()["checkout_id"].clone();
    store.live.desk.decide(checkout_id.as_str().unwrap(), PurchaseState::Approved);
    let poll = json!({ "checkout_id": checkout_id });
    let other = store.agent_of("/mcp", "ann", EVERYTHING, "c1_other");
    assert_eq!(other.call("get_checkout_status", poll.clone()).await.code(), "not_found");
    is_ordered(&agent, agent.call("get_checkout_status", poll).await.content()).await;
}
