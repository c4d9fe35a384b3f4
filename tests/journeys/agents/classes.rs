//! S1-16, S1-21, S1-28: the class of an agent caps what it may hold, and what it holds already.

use serde_json::json;
use tillgate::domain::staff::Role;

use super::{Console, DOCUMENT, described, introspected, until};
use crate::support::agent::CALLBACK;
use crate::support::{Agent, App, Browser, Documents};

const EVERYTHING: &str = "products:read inventory:read cart:write checkout:initiate offline_access";

#[actix_web::test]
async fn a_browse_class_client_holds_no_more_by_any_path() {
    let app = App::start().await;
    let shop = app.live();
    let (agent, mut browser) = (Agent::register(shop).await, Browser::new());
    let tokens = agent.connect(&mut browser, shop, EVERYTHING).await;
    assert!(introspected(shop, &tokens.access).await.contains("cart:write"));
    let (code, verifier) = agent.obtain_code(&mut browser, shop, "products:read cart:write").await;
    // A consent page that was shown before.
    let asking = agent.ask("products:read cart:write");
    let shown = browser.reach_consent(&asking.url, shop).await;
    Console::of(shop, Role::Admin).await.class(&agent.client_id, "browse", false).await;

    assert!(!introspected(shop, &tokens.access).await.contains("cart"), "the token that it had");
    let refreshed = agent.refresh(&tokens.refresh).await.tokens();
    assert_eq!(refreshed.scope, "products:read inventory:read offline_access", "a refresh leaves it out");
    let redeemed = agent.redeem(&code, &verifier).await.tokens();
    assert_eq!(redeemed.scope, "products:read", "a code from before");
    let late = browser.allow_everything(&shown).await;
    assert_eq!(late.sent_back("code"), None, "a page from before gives no code: {}", late.body);
    // Step-up, and authorization as such.
    let (code, verifier) = agent.obtain_code(&mut browser, shop, EVERYTHING).await;
    let again = agent.redeem(&code, &verifier).await.tokens();
    assert_eq!(again.scope, "products:read inventory:read offline_access", "a new consent");
    let only = browser.reach_consent(&agent.ask("cart:write").url, shop).await;
    assert_eq!(only.sent_back("error").as_deref(), Some("invalid_scope"));
    let wider = agent.refresh_with(&again.refresh, &[("scope", "cart:write".to_owned())]).await;
    assert_eq!(wider.error(), "invalid_scope");
}

#[actix_web::test]
async fn raising_a_class_gives_back_what_the_shopper_allowed_and_no_more() {
    let app = App::start().await;
    let shop = app.live();
    let (agent, mut browser) = (Agent::register(shop).await, Browser::new());
    let tokens = agent.connect(&mut browser, shop, "products:read cart:write").await;
    let mut admin = Console::of(shop, Role::Admin).await;
    admin.class(&agent.client_id, "browse", false).await;
    let narrow = agent.refresh(&tokens.refresh).await.tokens();
    assert_eq!(narrow.scope, "products:read");
    admin.class(&agent.client_id, "", false).await;
    assert_eq!(agent.refresh(&narrow.refresh).await.tokens().scope, "products:read cart:write");
}

#[actix_web::test]
async fn lowering_a_class_narrows_live_sessions_at_the_store_at_once() {
    let app = App::start_with_store().await;
    let shop = app.live();
    let (agent, mut browser) = (Agent::register(shop).await, Browser::new());
    let tokens = agent.connect(&mut browser, shop, "products:read inventory:read cart:write").await;
    let caller = app.store().caller(&tokens.access);
    assert_eq!(caller.call("view_cart", json!({})).await.status, 200);
    let mut admin = Console::of(shop, Role::Admin).await;
    admin.class(&agent.client_id, "browse", false).await;
    until(async || caller.call("view_cart", json!({})).await.status == 403).await;
    assert_eq!(caller.call("search_products", json!({"query": "tea"})).await.status, 200, "nothing was ended");
    // The policy narrows in the same way those whom nobody has classed.
    admin.class(&agent.client_id, "", false).await;
    until(async || caller.call("view_cart", json!({})).await.status == 200).await;
    admin.policy("Name not verified", "browse").await;
    until(async || caller.call("view_cart", json!({})).await.status == 403).await;
}

#[actix_web::test]
async fn a_class_follows_from_trust_and_a_program_on_the_shoppers_computer_is_never_trusted() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let shop = app.live();
    let mut admin = Console::of(shop, Role::Admin).await;
    admin.policy("Name not verified", "browse").await;
    let mut browser = Browser::new();
    let scope = "products:read cart:write";

    let agent = described(&app, &documents, DOCUMENT, &[CALLBACK, "http://localhost/callback"]);
    let page = browser.reach_consent(&agent.ask(scope).url, shop).await;
    assert!(page.body.contains("Verified domain") && page.body.contains("value=\"cart:write\""), "{}", page.body);
    // D19: the same document, but the answer goes to the shopper's own computer.
    let (mut parameters, _, _) = agent.parameters(scope);
    parameters.retain(|(name, _)| *name != "redirect_uri");
    parameters.push(("redirect_uri", "http://localhost:5123/callback".to_owned()));
    let local = browser.open(&agent.authorize_url(&parameters)).await;
    assert!(local.body.contains("Name not verified") && !local.body.contains("value=\"cart:write\""), "{}", local.body);

    let registered = Agent::register(shop).await;
    let page = browser.open(&registered.ask(scope).url).await;
    assert!(page.body.contains("Name not verified") && !page.body.contains("value=\"cart:write\""), "{}", page.body);
    // Once the store vouches for it, it is what approved agents are.
    admin.class(&registered.client_id, "", true).await;
    let page = browser.open(&registered.ask(scope).url).await;
    assert!(page.body.contains("Approved by the store") && page.body.contains("value=\"cart:write\""), "{}", page.body);
}

#[actix_web::test]
async fn a_decision_outlives_an_unused_registration() {
    let app =
        App::start_as(crate::support::Hosting::OneStore, &[("TILLGATE__REGISTRATION__UNUSED_LIFETIME", "1h")]).await;
    let shop = app.live();
    let agent = Agent::register(shop).await;
    let mut support = Console::of(shop, Role::Support).await;
    support.quarantine(&agent.client_id).await;
    app.advance(2 * 3600);
    let again = Agent::register(shop).await;
    assert_eq!(again.client_id, agent.client_id);
    let page = Browser::new().open(&again.ask("products:read").url).await;
    assert_eq!(page.sent_back("error").as_deref(), Some("access_denied"));
}
