//! What a shopper ends beside one agent: all of them at once, and an agent that something is wrong with, of which the store
//! hears.

use serde_json::json;
use tillgate::domain::staff::Role;

use crate::support::agent::CALLBACK;
use crate::support::html::forms;
use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Page, Shop, Tokens};

const ALL: &str = "Disconnect all";

async fn agents(browser: &mut Browser, shop: &Shop) -> Page {
    browser.open(&shop.address("/account/agents")).await
}

async fn ask_for_all(browser: &mut Browser, shop: &Shop) -> Page {
    browser.open(&shop.address("/account/agents/disconnect-all")).await
}

/// Two agents of this shopper's.
async fn two(browser: &mut Browser, shop: &Shop) -> [(Agent, Tokens); 2] {
    let another = json!({"client_name": "Other Agent", "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]});
    let (first, second) = (Agent::register(shop).await, Agent::register_as(shop, &another).await);
    let tokens = first.connect(browser, shop, "products:read cart:write").await;
    let others = second.connect(browser, shop, "products:read").await;
    [(first, tokens), (second, others)]
}

#[tokio::test]
async fn all_agents_of_a_shopper_are_disconnected_at_once_and_nobody_elses() {
    let app = App::start().await;
    let shop = app.live();
    let mut browser = Browser::signed_in(shop).await;
    let mine = two(&mut browser, shop).await;
    let other = Shop { email: "other@example.com".to_owned(), ..shop.clone() };
    let mut stranger = Browser::signed_in(&other).await;
    let [(theirs, tokens), _] = two(&mut stranger, &other).await;

    let page = agents(&mut browser, shop).await;
    assert!(page.body.contains("Disconnect all agents"), "{}", page.body);
    let page = ask_for_all(&mut browser, shop).await;
    // Two clicks from the list, and nothing without the second.
    assert_eq!(agents(&mut browser, shop).await.body.matches("agent-card").count(), 2);
    let done = browser.press(&page, &page.form(ALL), ALL).await;
    assert!(done.body.contains("All agents are disconnected."), "{}", done.body);
    assert!(done.body.contains("No agent is connected"), "{}", done.body);
    for (agent, tokens) in &mine {
        assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
    }
    theirs.refresh(&tokens.refresh).await.tokens();
    // Once more, by going back: there is nothing to ask.
    assert_eq!(ask_for_all(&mut browser, shop).await.url.path(), "/account/agents");
}

#[tokio::test]
async fn nobody_is_disconnected_by_another_site_or_another_shoppers_form() {
    let app = App::start().await;
    let shop = app.live();
    let mut browser = Browser::signed_in(shop).await;
    let [(agent, tokens), _] = two(&mut browser, shop).await;
    let other = Shop { email: "other@example.com".to_owned(), ..shop.clone() };
    let mut stranger = Browser::signed_in(&other).await;
    let [..] = two(&mut stranger, &other).await;
    let theirs = ask_for_all(&mut stranger, &other).await.form(ALL);
    let page = ask_for_all(&mut browser, shop).await;
    let csrf = theirs.fields.iter().find(|field| field.name == "csrf").unwrap().value.clone();
    for token in [String::new(), csrf] {
        let fields = [("csrf".to_owned(), token)];
        let answer = browser.send(&page, "/account/agents/disconnect-all", &fields).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
    assert_eq!(ask_for_all(&mut Browser::new(), shop).await.url.path(), "/sign-in");
    agent.refresh(&tokens.refresh).await.tokens();
}

#[tokio::test]
async fn a_shopper_who_disconnects_an_agent_can_tell_the_store_that_something_is_wrong_with_it() {
    let app = App::start().await;
    let shop = app.live();
    let mut browser = Browser::signed_in(shop).await;
    let [(reported, bad), (quiet, good)] = two(&mut browser, shop).await;
    let mut staff = Browser::new();
    staff.sign_in_as_staff(shop, Role::Support).await;
    let about = |agent: &Agent| {
        let query =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("client", &agent.client_id).finish();
        shop.address(&format!("/console/agents/agent?{query}"))
    };
    let reports = "Reported by shoppers";
    assert!(!staff.open(&about(&reported)).await.body.contains(reports));
    for (tokens, is_report) in [(good, false), (bad, true)] {
        let grant = claims(&tokens.access)["grant_id"].as_str().unwrap().to_owned();
        let ask = browser.open(&shop.address(&format!("/account/agents/disconnect?grant={grant}"))).await;
        let mut form = forms(&ask.body).into_iter().find(|form| form.has_button("Disconnect")).unwrap();
        form.fields.iter_mut().find(|field| field.name == "report").unwrap().is_sent = is_report;
        let done = browser.press(&ask, &form, "Disconnect").await;
        assert!(done.body.contains("0.0 s ago. It can no longer act for you."), "{}", done.body);
    }
    let page = staff.open(&about(&reported)).await;
    assert!(page.body.contains(reports) && page.body.contains("Shopper reported the agent"), "{}", page.body);
    assert!(!page.body.contains(&shop.email), "nor who it was");
    assert!(!staff.open(&about(&quiet)).await.body.contains(reports));
}
