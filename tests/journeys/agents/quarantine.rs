//! Quarantine: nothing new, tool calls held, nothing ended, and all of it undone by releasing.

use serde_json::json;
use tillgate::domain::staff::Role;

use super::{Console, until};
use crate::support::{Agent, App, Browser};

#[actix_web::test]
async fn a_quarantined_agent_gets_nothing_new_and_its_calls_are_held() {
    let app = App::start_with_store().await;
    let shop = app.live();
    let (agent, mut browser) = (Agent::register(shop).await, Browser::new());
    let tokens = agent.connect(&mut browser, shop, "products:read offline_access").await;
    let shown = browser.reach_consent(&agent.ask("products:read").url, shop).await;
    let mut support = Console::of(shop, Role::Support).await;
    let page = support.quarantine(&agent.client_id).await;
    assert!(page.body.contains("Quarantined. Nothing was ended.") && page.body.contains("looks odd"), "{}", page.body);

    // A32: its own redirect URI, so the agent is told.
    let asking = agent.ask("products:read");
    let page = browser.open(&asking.url).await;
    assert_eq!(page.sent_back("error").as_deref(), Some("access_denied"));
    assert_eq!(page.sent_back("state").as_ref(), Some(&asking.state));
    let late = browser.allow(&shown).await;
    assert_eq!(late.sent_back("error").as_deref(), Some("access_denied"), "{}", late.body);
    let search = || json!({"query": "tea"});
    let caller = app.store().caller(&tokens.access);
    until(async || caller.call("search_products", search()).await.status == 503).await;
    let refreshed = agent.refresh(&tokens.refresh).await.tokens();

    let page = support.release(&agent.client_id).await;
    assert!(page.body.contains("Released."), "{}", page.body);
    let caller = app.store().caller(&refreshed.access);
    until(async || caller.call("search_products", search()).await.status == 200).await;
    agent.connect(&mut browser, shop, "products:read").await;
}

#[actix_web::test]
async fn releasing_needs_the_password_and_resuming_is_no_way_around_it() {
    let app = App::start().await;
    let shop = app.live();
    let agent = Agent::register(shop).await;
    let mut support = Console::of(shop, Role::Support).await;
    support.quarantine(&agent.client_id).await;
    let page = support.agent(&agent.client_id).await;
    let mut form = page.form("Release this agent");
    form.fill("Your password", "not the password");
    let refused = support.browser.press(&page, &form, "Release this agent").await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    let mut fields = form.pressed("Release this agent");
    fields.retain(|(name, _)| name == "csrf" || name == "environment");
    fields.push(("resume".to_owned(), agent.client_id.clone()));
    support.browser.send(&page, "/console/agents", &fields).await;
    let page = support.agent(&agent.client_id).await;
    assert!(page.body.contains("Release this agent"), "{}", page.body);
}
