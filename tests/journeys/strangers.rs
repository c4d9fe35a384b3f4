//! C-7: a store whose merchant lets anybody look around, before the real authorization server: who began without a token links
//! when a token is needed, and what has a token is judged by it.

use serde_json::{Value, json};

use crate::support::store::{Door, REVISIONS};
use crate::support::{Agent, Answer, App, Browser, http};

async fn open() -> App {
    let app = App::start_with_store_at(Door::open().with_public(&["search_products", "get_product"])).await;
    app.store().open_to_strangers().await;
    app
}

async fn document(url: &str) -> Value {
    Answer::of(http().get(url).send().await.unwrap()).await.json()
}

#[tokio::test]
async fn who_looked_around_without_a_token_links_at_the_first_call_that_needs_one() {
    let app = open().await;
    for revision in REVISIONS {
        let stranger = app.store().caller("").speaking(revision);
        let found = stranger.content("search_products", json!({"query": "sencha"})).await;
        let tea = json!({"variant_id": found["products"][0]["variants"][0]["variant_id"], "quantity": 1});

        let refused = stranger.call("add_to_cart", tea.clone()).await;
        let challenge = refused.header("www-authenticate");
        assert!(refused.status == 401 && challenge.starts_with("Bearer resource_metadata=\""), "{}", refused.body);
        let place = challenge.split('"').nth(1).unwrap();
        assert_eq!(document(place).await["authorization_servers"], json!([app.live().issuer]));

        let agent = Agent::register(app.live()).await;
        let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read cart:write").await;
        let linked = app.store().caller(&tokens.access).speaking(revision);
        assert_eq!(linked.content("add_to_cart", tea.clone()).await["lines"].as_array().unwrap().len(), 1);
        let cart = linked.content("view_cart", json!({})).await;
        // For the next revision.
        let nothing = json!({"cart_id": cart["cart_id"], "variant_id": tea["variant_id"], "quantity": 0});
        linked.content("update_cart", nothing).await;
        assert_eq!(stranger.call("view_cart", json!({})).await.status, 401, "it is the shopper's alone");
    }
}

#[tokio::test]
async fn an_ended_token_is_refused_where_none_would_do() {
    let app = open().await;
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let (linked, stranger) = (app.store().caller(&tokens.access), app.store().caller(""));
    let query = json!({"query": "sencha"});
    linked.content("search_products", query.clone()).await;
    assert_eq!(agent.revoke(&tokens.refresh).await.status, 200);
    let began = std::time::Instant::now();
    loop {
        let answer = linked.call("search_products", query.clone()).await;
        if answer.status == 401 {
            assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
            break;
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{}", answer.body);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stranger.content("search_products", query).await;
}

#[tokio::test]
async fn a_session_id_without_its_token_opens_nothing() {
    let app = open().await;
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read cart:write").await;
    let linked = app.store().caller(&tokens.access).opening_links().await;
    let mut thief = app.store().caller("");
    thief.session = linked.session.clone();
    assert!(thief.session.is_some());
    assert_eq!(thief.call("search_products", json!({"query": "sencha"})).await.status, 401);
    linked.content("search_products", json!({"query": "sencha"})).await;
}
