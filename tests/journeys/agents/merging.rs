//! Merging a registered client into its described successor.

use serde_json::json;
use tillgate::domain::staff::Role;

use super::{Console, DOCUMENT, described, introspected, until};
use crate::support::agent::CALLBACK;
use crate::support::{Agent, App, Browser, Documents, Shop, Tokens};

/// The shopper's page of connected agents: how many cards it has, and the page.
async fn cards(browser: &mut Browser, shop: &Shop) -> (usize, String) {
    let page = browser.open(&format!("{}/account/agents", shop.issuer).parse().unwrap()).await;
    (page.body.matches("class=\"card agent-card\"").count(), page.body)
}

#[actix_web::test]
async fn a_merge_moves_grants_and_widens_none() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let shop = app.live();
    let (old, mut browser) = (Agent::register(shop).await, Browser::new());
    let tokens = old.connect(&mut browser, shop, "products:read offline_access").await;
    let new = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    // Another shopper has both already: that grant stays.
    let other = Shop { email: "other@example.com".to_owned(), ..shop.clone() };
    let mut others = Browser::new();
    old.connect(&mut others, &other, "products:read").await;
    new.connect(&mut others, &other, "products:read cart:write").await;
    let mut admin = Console::of(shop, Role::Admin).await;
    let page = admin.open("/console/agents/merge", &[("from", &old.client_id), ("into", DOCUMENT)]).await;
    assert!(page.body.contains("1 permission moves.") && page.body.contains("1 stays"), "{}", page.body);
    assert!(page.body.contains("This cannot be undone."), "{}", page.body);
    let page = admin.merge(&old.client_id, DOCUMENT).await;
    assert!(page.body.contains("Merged."), "{}", page.body);

    let refreshed = old.refresh(&tokens.refresh).await.tokens();
    assert_eq!(refreshed.scope, "products:read offline_access", "refreshing goes on, and nothing is wider");
    assert_eq!(introspected(shop, &refreshed.access).await, "products:read");
    let (count, page) = cards(&mut browser, shop).await;
    assert!(count == 1 && page.contains("Described Agent") && !page.contains("Helpful Agent"), "{page}");
    let (count, page) = cards(&mut others, &other).await;
    assert!(count == 1 && page.contains("Described Agent"), "{page}");
    let sessions = admin.open("/console", &[]).await;
    assert!(sessions.body.contains("Described Agent") && !sessions.body.contains("Helpful Agent"), "{}", sessions.body);
    // A second merge, a chain and a merge backwards are refused.
    for (from, into) in [(old.client_id.as_str(), DOCUMENT), (DOCUMENT, old.client_id.as_str()), ("nobody", DOCUMENT)] {
        let page = admin.open("/console/agents/merge", &[("from", from), ("into", into)]).await;
        assert_eq!(page.status, 409, "{from} into {into}: {}", page.body);
    }
}

#[actix_web::test]
async fn a_merged_client_is_bound_by_both_classes() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let shop = app.live();
    let (old, mut browser) = (Agent::register(shop).await, Browser::new());
    let tokens = old.connect(&mut browser, shop, "products:read cart:write").await;
    let new = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    let others = new.connect(&mut browser, shop, "products:read cart:write").await;
    let mut admin = Console::of(shop, Role::Admin).await;
    // The successor may hold less: so may what is merged into it, the tokens that it had included.
    admin.class(DOCUMENT, "browse", false).await;
    admin.merge(&old.client_id, DOCUMENT).await;
    assert_eq!(introspected(shop, &tokens.access).await, "products:read");
    let tokens = old.refresh(&tokens.refresh).await.tokens();
    assert_eq!(tokens.scope, "products:read");
    // The successor may hold more again; the old id, which anybody can register, is what it was classed as.
    admin.class(&old.client_id, "browse", false).await;
    admin.class(DOCUMENT, "shop", false).await;
    assert_eq!(old.refresh(&tokens.refresh).await.tokens().scope, "products:read");
    assert_eq!(new.refresh(&others.refresh).await.tokens().scope, "products:read cart:write");
    let (code, verifier) = old.obtain_code(&mut browser, shop, "products:read cart:write").await;
    assert_eq!(old.redeem(&code, &verifier).await.tokens().scope, "products:read");
}

#[actix_web::test]
async fn what_is_done_to_a_successor_reaches_what_was_merged_into_it() {
    let documents = Documents::start();
    let app = App::start_with_documents_and_store(&documents).await;
    let shop = app.live();
    let (old, mut browser) = (Agent::register(shop).await, Browser::new());
    let tokens = old.connect(&mut browser, shop, "products:read cart:write offline_access").await;
    let new = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    let other = Shop { email: "other@example.com".to_owned(), ..shop.clone() };
    new.connect(&mut Browser::new(), &other, "products:read").await;
    let caller = app.store().caller(&tokens.access);
    let status = async |tool: &str| caller.call(tool, json!({"query": "tea"})).await.status.as_u16();
    assert_eq!(status("search_products").await, 200);
    let mut admin = Console::of(shop, Role::Admin).await;
    admin.merge(&old.client_id, DOCUMENT).await;

    admin.quarantine(DOCUMENT).await;
    until(async || status("search_products").await == 503).await;
    let page = browser.open(&old.ask("products:read").url).await;
    assert_eq!(page.sent_back("error").as_deref(), Some("access_denied"), "nothing new for the old id either");
    admin.release(DOCUMENT).await;
    until(async || status("search_products").await == 200).await;

    admin.class(DOCUMENT, "browse", false).await;
    until(async || caller.call("view_cart", json!({})).await.status == 403).await;

    let page = admin.rule("Deny", "agent.example").await;
    assert!(page.body.contains("End 2 sessions too?"), "{}", page.body);
    admin.browser.press(&page, &page.form("End 2 sessions"), "End 2 sessions").await;
    until(async || status("search_products").await == 401).await;
    assert_eq!(old.refresh(&tokens.refresh).await.error(), "invalid_grant");
}

/// One shopper lets a registered agent and a described one shop; the registered one, and its tokens.
async fn both_connected(app: &App, documents: &Documents) -> (Agent, Tokens) {
    let (old, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = old.connect(&mut browser, app.live(), "products:read").await;
    let new = described(app, documents, DOCUMENT, &[CALLBACK]);
    new.connect(&mut browser, app.live(), "products:read").await;
    (old, tokens)
}

#[actix_web::test]
async fn what_is_merged_into_a_quarantined_agent_is_held_with_it() {
    let documents = Documents::start();
    let app = App::start_with_documents_and_store(&documents).await;
    let (old, tokens) = both_connected(&app, &documents).await;
    let mut admin = Console::of(app.live(), Role::Admin).await;
    admin.quarantine(DOCUMENT).await;
    admin.merge(&old.client_id, DOCUMENT).await;
    let caller = app.store().caller(&tokens.access);
    until(async || caller.call("search_products", json!({"query": "tea"})).await.status == 503).await;
}

#[actix_web::test]
async fn letting_a_successor_go_on_leaves_held_what_was_held_by_itself() {
    let documents = Documents::start();
    let app = App::start_with_documents_and_store(&documents).await;
    let (old, tokens) = both_connected(&app, &documents).await;
    let mut admin = Console::of(app.live(), Role::Admin).await;
    admin.merge(&old.client_id, DOCUMENT).await;
    let caller = app.store().caller(&tokens.access);
    let status = async || caller.call("search_products", json!({"query": "tea"})).await.status.as_u16();
    admin.hold(&old.client_id, true).await;
    until(async || status().await == 503).await;
    admin.hold(DOCUMENT, true).await;
    admin.hold(DOCUMENT, false).await;
    let told = app.live().introspect(&tokens.access).await.json();
    assert_eq!(told["paused"], true, "it was held by itself before");
    admin.hold(&old.client_id, false).await;
    until(async || status().await == 200).await;
}

#[actix_web::test]
async fn what_is_held_by_itself_while_its_successor_is_held_stays_held() {
    let documents = Documents::start();
    let app = App::start_with_documents_and_store(&documents).await;
    let (old, tokens) = both_connected(&app, &documents).await;
    let mut admin = Console::of(app.live(), Role::Admin).await;
    admin.merge(&old.client_id, DOCUMENT).await;
    admin.hold(DOCUMENT, true).await;
    admin.hold(&old.client_id, true).await;
    admin.hold(DOCUMENT, false).await;
    let told = app.live().introspect(&tokens.access).await.json();
    assert_eq!(told["paused"], true, "staff said so of this one");
    admin.hold(&old.client_id, false).await;
    let told = app.live().introspect(&tokens.access).await.json();
    assert_ne!(told["paused"], true);
}

#[actix_web::test]
async fn disconnecting_a_merged_agent_ends_all_that_stands_on_its_card() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let shop = app.live();
    let (old, mut browser) = (Agent::register(shop).await, Browser::new());
    let first = old.connect(&mut browser, shop, "products:read offline_access").await;
    let new = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    let second = new.connect(&mut browser, shop, "products:read offline_access").await;
    Console::of(shop, Role::Admin).await.merge(&old.client_id, DOCUMENT).await;
    let (count, page) = cards(&mut browser, shop).await;
    assert_eq!(count, 1, "{page}");
    let path = page.split("href=\"").find(|rest| rest.starts_with("/account/agents/disconnect")).unwrap();
    let path = path.split('"').next().unwrap();
    let question = browser.open(&format!("{}{path}", shop.issuer).parse().unwrap()).await;
    browser.press(&question, &question.form("Disconnect"), "Disconnect").await;
    assert!(!shop.accepts(&first.access).await && !shop.accepts(&second.access).await);
}
