//! What ends or holds an agent between the question and the order: by the shopper, by the merchant, and by the clock.

use serde_json::json;
use tillgate::domain::staff::Role;

use super::{Asked, Scene, refused};
use crate::support::app::PASSWORD;
use crate::support::{App, Browser, Page, Shop};

impl Scene<'_> {
    /// Disconnects the only agent.
    async fn disconnect(&mut self) {
        let grant = super::claims(&self.tokens.access)["grant_id"].as_str().unwrap().to_owned();
        let url = format!("{}/account/agents/disconnect?grant={grant}", self.shop.issuer).parse().unwrap();
        let page = self.browser.open(&url).await;
        self.browser.press(&page, &page.form("Disconnect"), "Disconnect").await;
    }
}

async fn settings(shop: &Shop, button: &str) -> Page {
    let mut staff = Browser::new();
    staff.sign_in_as_staff(shop, Role::Admin).await;
    let page = staff.open(&format!("{}/console/settings", shop.issuer).parse().unwrap()).await;
    let mut form = page.form(button);
    if form.fields.iter().any(|field| field.label == "Your password") {
        form.fill("Your password", PASSWORD);
    }
    staff.press(&page, &form, button).await
}

#[tokio::test]
async fn nothing_is_sold_after_the_shopper_disconnects() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let (approved, open) = (scene.ask("one").await, scene.ask("two").await);
    scene.answer(&approved, "Approve").await;
    let page = scene.open(&open).await;
    scene.disconnect().await;
    refused(&scene.consume(&approved).await, "grant_ended");
    let late = scene.browser.press(&page, &page.form("Approve"), "Approve").await;
    assert!(late.body.contains("cancelled"), "{}", late.body);
    assert_eq!(scene.look(&open).await, "cancelled");
    refused(&scene.register(&scene.new_purchase("three", "three", &scene.document())).await, "grant_ended");
    // A new grant of the same agent brings nothing back.
    scene.tokens = scene.agent.connect(&mut scene.browser, app.live(), super::SCOPES).await;
    refused(&scene.consume(&approved).await, "grant_ended");
}

#[tokio::test]
async fn an_order_that_was_begun_is_finished_after_a_disconnection() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    scene.answer(&asked, "Approve").await;
    assert_eq!(scene.consume(&asked).await.status, 200);
    scene.disconnect().await;
    assert_eq!(scene.consume(&asked).await.status, 200, "the answer that was lost on the way");
    assert_eq!(scene.settle(&asked, Some("order")).await.json()["state"], "completed");
}

#[tokio::test]
async fn while_agents_are_paused_nothing_is_approved_or_sold_and_afterwards_all_goes_on() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let (approved, open) = (scene.ask("one").await, scene.ask("two").await);
    scene.answer(&approved, "Approve").await;
    let page = scene.open(&open).await;
    settings(app.live(), "Pause all agents now").await;
    refused(&scene.consume(&approved).await, "paused");
    refused(&scene.register(&scene.new_purchase("three", "three", &scene.document())).await, "paused");
    let held = scene.browser.press(&page, &page.form("Approve"), "Approve").await;
    assert!(held.body.contains("This agent is paused, by you or by the store"), "{}", held.body);
    assert!(!held.form("Decline").has_button("Approve"));
    assert_eq!(scene.look(&open).await, "awaiting_approval");
    settings(app.live(), "Resume agents").await;
    assert_eq!(scene.consume(&approved).await.status, 200);
    scene.answer(&open, "Approve").await;
    assert_eq!(scene.look(&open).await, "approved");
}

#[tokio::test]
async fn time_ends_what_was_not_answered_and_what_was_not_used() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let (used, unused) = (scene.ask("one").await, scene.ask("two").await);
    let page = scene.open(&unused).await;
    let more = scene.browser.press(&page, &page.form("Give me 5 more minutes"), "Give me 5 more minutes").await;
    assert!(!more.body.contains("Give me 5 more minutes"), "once");
    scene.answer(&used, "Approve").await;
    app.advance(10 * 60);
    refused(&scene.consume(&used).await, "expired");
    assert!(scene.open(&used).await.body.contains("Time is up"));
    assert_eq!(scene.look(&unused).await, "awaiting_approval");
    app.advance(5 * 60);
    let late = scene.browser.press(&more, &more.form("Decline"), "Decline").await;
    assert!(late.body.contains("Time is up"), "{}", late.body);
    assert_eq!(scene.look(&unused).await, "expired", "F20");
}

#[tokio::test]
async fn an_approval_and_a_disconnection_at_once_leave_nothing_to_sell() {
    let app = App::start().await;
    for round in 0..5 {
        let mut scene = Scene::set(app.live()).await;
        let asked = scene.ask(&format!("race-{round}")).await;
        let page = scene.open(&asked).await;
        let mut tab = scene.browser.clone();
        let form = page.form("Approve");
        tokio::join!(tab.press(&page, &form, "Approve"), scene.disconnect());
        refused(&scene.consume(&asked).await, "grant_ended");
    }
}

/// Whether it was approved while something else happened: it is then counted, and otherwise neither.
async fn is_approved_and_counted(scene: &mut Scene<'_>, asked: &Asked) -> bool {
    let is_approved = scene.look(asked).await == "approved";
    let list = scene.browser.open(&scene.shop.address("/account/agents")).await;
    assert_eq!(list.body.contains("14.90 EUR spent this month"), is_approved, "{}", list.body);
    is_approved
}

async fn is_sold_if(scene: &Scene<'_>, asked: &Asked, is_approved: bool) {
    let answer = scene.consume(asked).await;
    if is_approved {
        assert_eq!(answer.status, 200, "{}", answer.body);
    } else {
        refused(&answer, "not_approved");
    }
}

#[tokio::test]
async fn an_approval_and_the_shoppers_pause_at_once_sell_nothing_until_it_is_lifted() {
    let app = App::start().await;
    for round in 0..5 {
        let mut scene = Scene::set(app.live()).await;
        let asked = scene.ask(&format!("race-{round}")).await;
        let (page, change) = (scene.open(&asked).await, super::limits::open_change(&mut scene).await);
        let (mut tab, mut other) = (scene.browser.clone(), scene.browser.clone());
        let (yes, pause) = (page.form("Approve"), change.form("Pause this agent"));
        tokio::join!(tab.press(&page, &yes, "Approve"), other.press(&change, &pause, "Pause this agent"));
        let is_approved = is_approved_and_counted(&mut scene, &asked).await;
        refused(&scene.consume(&asked).await, if is_approved { "paused" } else { "not_approved" });
        let change = super::limits::open_change(&mut scene).await;
        scene.browser.press(&change, &change.form("Resume this agent"), "Resume this agent").await;
        is_sold_if(&scene, &asked, is_approved).await;
        scene.disconnect().await;
    }
}

#[tokio::test]
async fn an_approval_and_a_limit_a_cent_too_low_at_once_leave_it_approved_and_counted_or_neither() {
    let app = App::start().await;
    for round in 0..5 {
        let mut scene = Scene::set(app.live()).await;
        let asked = scene.ask(&format!("race-{round}")).await;
        let (page, mut tab) = (scene.open(&asked).await, scene.browser.clone());
        let form = page.form("Approve");
        tokio::join!(tab.press(&page, &form, "Approve"), super::limits::lower(&mut scene, "14.89"));
        // A lower limit undoes no yes.
        let is_approved = is_approved_and_counted(&mut scene, &asked).await;
        is_sold_if(&scene, &asked, is_approved).await;
        let next = scene.register(&scene.new_purchase(&format!("next-{round}"), "next", &scene.document())).await;
        refused(&next, "over_limit");
        scene.disconnect().await;
    }
}

#[tokio::test]
async fn an_agent_that_was_not_allowed_to_check_out_cannot_ask_for_it() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let other = crate::support::Agent::register_as(
        app.live(),
        &json!({ "client_name": "Browser", "redirect_uris": [crate::support::agent::CALLBACK], "client_uri": "https://agent.example" }),
    )
    .await;
    scene.tokens = other.connect(&mut scene.browser, app.live(), "products:read cart:write").await;
    scene.agent = other;
    refused(&scene.register(&scene.new_purchase("one", "one", &scene.document())).await, "grant_ended");
}
