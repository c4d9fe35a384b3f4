//! Rules about hosts: who is let in, and what becomes of those that are here already.

use serde_json::json;
use tillgate::domain::staff::Role;

use super::{Console, DOCUMENT, described};
use crate::support::agent::CALLBACK;
use crate::support::{Agent, Answer, App, Browser, Documents, http};

#[actix_web::test]
async fn an_agent_of_a_denied_host_is_never_sent_back_to_it() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let shop = app.live();
    let (registered, mut browser) = (Agent::register(shop).await, Browser::new());
    let shown = browser.reach_consent(&registered.ask("products:read").url, shop).await;
    let elsewhere = described(&app, &documents, "https://elsewhere.example/client.json", &[CALLBACK]);
    let agent = described(&app, &documents, DOCUMENT, &["https://other.example/callback"]);
    Console::of(shop, Role::Admin).await.rule("Deny", "Agent.Example.").await;

    for asked in [&registered, &elsewhere, &agent] {
        let before = documents.requests(DOCUMENT);
        let page = browser.open(&asked.ask("products:read").url).await;
        assert_eq!((page.status.as_u16(), page.left_for.clone()), (400, None), "{}", page.body);
        assert!(page.body.contains("This store does not work with this agent"), "{}", page.body);
        assert_eq!(documents.requests(DOCUMENT), before, "nothing is fetched from a denied host");
    }
    let late = browser.allow(&shown).await;
    assert_eq!((late.status.as_u16(), late.left_for), (400, None), "{}", late.body);
    let metadata = json!({"client_name": "Another", "redirect_uris": [CALLBACK]});
    let answer =
        Answer::of(http().post(format!("{}/register", shop.issuer)).json(&metadata).send().await.unwrap()).await;
    assert!(answer.status.is_client_error(), "{}", answer.body);
}

#[actix_web::test]
async fn sessions_of_a_newly_denied_host_end_only_when_the_merchant_says_so() {
    let app = App::start().await;
    let shop = app.live();
    let (agent, mut browser) = (Agent::register(shop).await, Browser::new());
    let tokens = agent.connect(&mut browser, shop, "products:read offline_access").await;
    agent.connect(&mut browser, shop, "products:read offline_access").await;
    let mut admin = Console::of(shop, Role::Admin).await;
    let page = admin.rule("Deny", "*.example").await;
    assert_eq!(page.status, 422, "one label is no domain: {}", page.body);
    let page = admin.rule("Deny", "agent.example").await;
    assert!(page.body.contains("End 2 sessions too?"), "{}", page.body);
    let tokens = agent.refresh(&tokens.refresh).await.tokens();
    assert!(shop.accepts(&tokens.access).await, "nothing ends by itself");
    let page = admin.browser.press(&page, &page.form("End 2 sessions"), "End 2 sessions").await;
    assert!(page.body.contains("Ended."), "{}", page.body);
    assert!(!shop.accepts(&tokens.access).await);
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
    // The rule can be taken back, and the agent may come again, later.
    app.advance(1);
    let page = admin.open("/console/agents/policy", &[]).await;
    let page = admin.browser.press(&page, &page.form("Remove"), "Remove").await;
    assert_eq!(page.status, 422, "letting somebody in asks for the password: {}", page.body);
    admin.unrule().await;
    agent.connect(&mut browser, shop, "products:read").await;
}

#[actix_web::test]
async fn with_allowed_hosts_only_nobody_else_connects() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let shop = app.live();
    let (registered, mut browser) = (Agent::register(shop).await, Browser::new());
    let local = json!({"client_name": "Local", "redirect_uris": ["http://localhost/callback"]});
    let local = Agent::register_as(shop, &local).await;
    let other = described(&app, &documents, "https://other.example/client.json", &[CALLBACK]);
    let known = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    let mut admin = Console::of(shop, Role::Admin).await;
    admin.policy("registration", "hosts").await;
    let asks = |agent: &Agent| agent.ask("products:read").url;
    for agent in [&registered, &other, &known] {
        assert_eq!(browser.open(&asks(agent)).await.status, 400, "{}", agent.client_id);
    }
    let page = admin.open("/console/agents/policy", &[]).await;
    let mut form = page.form("Allow");
    form.fill("Host", "agent.example");
    assert_eq!(admin.browser.press(&page, &form, "Allow").await.status, 422, "the password is missing");
    admin.rule("Allow", "agent.example").await;
    browser.reach_consent(&asks(&registered), shop).await.form("Allow");
    browser.open(&asks(&known)).await.form("Allow");
    assert_eq!(browser.open(&asks(&other)).await.status, 400, "its document is elsewhere");
    // What stays on the shopper's computer has no host: the merchant's word lets it in.
    let (mut parameters, _, _) = local.parameters("products:read");
    parameters.retain(|(name, _)| *name != "redirect_uri");
    let url = local.authorize_url(&parameters);
    assert_eq!(browser.open(&url).await.status, 400);
    admin.class(&local.client_id, "", true).await;
    browser.open(&url).await.form("Allow");
}
