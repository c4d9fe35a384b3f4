//! Purchases against the shopper's limit: the page says which one is in the way, and the store's server is told.

use serde_json::json;
use tillgate::domain::staff::Role;

use super::Scene;
use crate::agents::{Console, DOCUMENT, described};
use crate::support::agent::CALLBACK;
use crate::support::{App, Documents, Page};

/// Opens the only agent under "Connected agents".
pub async fn open_change(scene: &mut Scene<'_>) -> Page {
    let list = scene.browser.open(&format!("{}/account/agents", scene.shop.issuer).parse().unwrap()).await;
    let link = list.body.split("href=\"").find(|rest| rest.contains("/agents/change?")).unwrap();
    scene.browser.open(&list.url.join(link.split('"').next().unwrap()).unwrap()).await
}

/// Lowers the limit of one order there.
pub async fn lower(scene: &mut Scene<'_>, amount: &str) {
    let page = open_change(scene).await;
    let mut form = page.form("Save");
    form.fill("Limit per order (EUR)", amount);
    let done = scene.browser.press(&page, &form, "Save").await;
    assert!(done.body.contains("Saved. It counts from now on."), "{}", done.body);
}

fn cannot_be_approved(page: &Page) {
    assert!(page.body.contains("Your limit for this agent is 14.89 EUR per order."), "{}", page.body);
    assert!(!page.form("Decline").has_button("Approve"), "{}", page.body);
}

#[tokio::test]
async fn a_purchase_above_a_limit_that_was_lowered_since_cannot_be_approved() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    let shown = scene.open(&asked).await;
    let approve = shown.form("Approve").pressed("Approve");
    lower(&mut scene, "14.89").await;
    let page = scene.open(&asked).await;
    cannot_be_approved(&page);
    // The page from before does no better.
    let page = scene.browser.send(&shown, &format!("/purchases/{}", asked.id), &approve).await;
    cannot_be_approved(&page);
    assert_eq!(scene.look(&asked).await, "awaiting_approval");
    let refused = scene.register(&scene.new_purchase("two", "two", &scene.document())).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (409, &json!("over_limit")), "{}", refused.body);
}

#[tokio::test]
async fn what_was_approved_is_gone_from_what_is_left_and_comes_back_with_a_release() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    scene.answer(&asked, "Approve").await;
    let list = async |scene: &mut Scene<'_>| {
        scene.browser.open(&format!("{}/account/agents", scene.shop.issuer).parse().unwrap()).await.body
    };
    assert!(list(&mut scene).await.contains("14.90 EUR spent this month"));
    assert_eq!(scene.consume(&asked).await.status, 200);
    assert_eq!(scene.settle(&asked, None).await.status, 200);
    assert!(!list(&mut scene).await.contains("spent this month"));
}

#[actix_web::test]
async fn what_the_store_has_merged_is_one_card_with_one_limit_and_with_all_that_it_has_spent() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let mut scene = Scene::set(app.live()).await;
    lower(&mut scene, "20").await;
    let asked = scene.ask("one").await;
    scene.answer(&asked, "Approve").await;
    // The successor has a grant of its own, without a limit.
    let successor = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    successor.connect(&mut scene.browser, app.live(), "products:read cart:write checkout:initiate").await;
    Console::of(app.live(), Role::Admin).await.merge(&scene.agent.client_id, DOCUMENT).await;
    let list = scene.browser.open(&format!("{}/account/agents", scene.shop.issuer).parse().unwrap()).await;
    assert_eq!(list.body.matches("class=\"card agent-card\"").count(), 1, "{}", list.body);
    for said in ["20.00 EUR at most for one order", "14.90 EUR spent this month", "The lowest of its limits counts"] {
        assert!(list.body.contains(said), "{said}: {}", list.body);
    }
    lower(&mut scene, "14.89").await;
    let list = scene.browser.open(&list.url).await;
    assert!(list.body.contains("14.89 EUR at most for one order"), "{}", list.body);
    assert!(!list.body.contains("The lowest of its limits counts"), "one limit reaches all: {}", list.body);
    let refused = scene.register(&scene.new_purchase("two", "two", &scene.document())).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (409, &json!("over_limit")), "{}", refused.body);
}

#[actix_web::test]
async fn the_change_page_of_what_was_merged_shows_all_that_it_may_do_and_takes_only_what_was_unticked() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let mut scene = Scene::set(app.live()).await;
    // The successor only looks, and is whose card it is.
    let successor = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    successor.connect(&mut scene.browser, app.live(), "products:read").await;
    Console::of(app.live(), Role::Admin).await.merge(&scene.agent.client_id, DOCUMENT).await;
    lower(&mut scene, "20").await;
    let asked = scene.ask("one").await;
    assert_eq!(scene.look(&asked).await, "awaiting_approval", "a lower limit takes no permission");
    let page = open_change(&mut scene).await;
    let mut form = page.form("Save");
    assert!(form.fields.iter().any(|field| field.value == "checkout:initiate"), "{}", page.body);
    form.fields.retain(|field| field.value != "checkout:initiate");
    scene.browser.press(&page, &form, "Save").await;
    assert_eq!(scene.look(&asked).await, "cancelled");
}
