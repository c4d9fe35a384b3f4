//! A rule by which an agent buys without asking: the merchant allows it, the shopper sets it on a page where nothing is ticked,
//! and one click takes it back (decision 5).

use serde_json::json;
use tillgate::domain::staff::Role;

use super::Scene;
use crate::agents::{Console, DOCUMENT, described};
use crate::step_up::{by_passkey, demand};
use crate::support::agent::CALLBACK;
use crate::support::html::Form;
use crate::support::{App, Documents, Page};

async fn list(scene: &mut Scene<'_>) -> Page {
    scene.browser.open(&format!("{}/account/agents", scene.shop.issuer).parse().unwrap()).await
}

async fn change(scene: &mut Scene<'_>) -> Page {
    let list = list(scene).await;
    let link = list.body.split("href=\"").find(|rest| rest.contains("/agents/change?")).unwrap();
    let url = list.url.join(link.split('"').next().unwrap()).unwrap();
    scene.browser.open(&url).await
}

async fn limit_month(scene: &mut Scene<'_>) {
    let page = change(scene).await;
    assert!(page.body.contains("first save a limit per month"), "{}", page.body);
    let mut form = page.form("Save");
    form.fill("Limit per month (EUR)", "200");
    scene.browser.press(&page, &form, "Save").await;
}

/// The page with its form filled in.
async fn filled(scene: &mut Scene<'_>, amount: &str, is_ticked: bool) -> (Page, Form) {
    let page = change(scene).await;
    let mut form = page.form("Let it buy");
    assert!(!form.pressed("Let it buy").iter().any(|(name, _)| name == "rule"), "never ticked before");
    form.fill("Up to this amount per order (EUR)", amount);
    form.tick("on", is_ticked);
    (page, form)
}

async fn rule(scene: &mut Scene<'_>, amount: &str, is_ticked: bool) -> Page {
    let (page, form) = filled(scene, amount, is_ticked).await;
    scene.browser.press(&page, &form, "Let it buy").await
}

/// A store whose merchant allows rules, and a shopper with the limit that one needs.
async fn where_rules_are_allowed(app: &App) -> (Scene<'_>, Console<'_>) {
    let mut scene = Scene::set(app.live()).await;
    let mut console = Console::of(app.live(), Role::Admin).await;
    console.policy("approval_rules", "on").await;
    limit_month(&mut scene).await;
    (scene, console)
}

#[tokio::test]
async fn an_agent_buys_by_itself_where_merchant_and_shopper_allow_it_and_one_click_ends_that() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let page = change(&mut scene).await;
    assert!(!page.body.contains("Buy without asking"), "off until the merchant allows it");
    let mut console = Console::of(app.live(), Role::Admin).await;
    console.policy("approval_rules", "on").await;
    limit_month(&mut scene).await;
    for (amount, is_ticked) in [("20", false), ("200.01", true), ("", true)] {
        assert_eq!(rule(&mut scene, amount, is_ticked).await.status, 422, "{amount}");
    }
    let done = rule(&mut scene, "20", true).await;
    assert!(done.body.contains("It may buy small orders by itself from now on."), "{}", done.body);
    assert!(done.body.contains("It may buy for up to 20.00 EUR per order without asking you"), "{}", done.body);

    let first = scene.ask("first").await;
    assert_eq!(scene.look(&first).await, "awaiting_approval", "an address that is new to this agent");
    scene.answer(&first, "Approve").await;
    let second = scene.ask("second").await;
    assert_eq!(scene.look(&second).await, "approved");
    // Where it sends to stands on the card and beside the rule, in the words of the store's server.
    for page in [list(&mut scene).await, change(&mut scene).await] {
        assert!(page.body.contains("Lindenweg 12") && page.body.contains("34117"), "{}", page.body);
        assert!(page.body.contains("Addresses that you approved for this agent before"), "{}", page.body);
    }
    let page = scene.open(&second).await;
    assert!(page.body.contains("Your agent buys this by itself") && page.body.contains("You were not asked"));
    scene.consume(&second).await;
    scene.settle(&second, Some("order-9")).await;
    let approvals = console.open("/console/approvals", &[("id", "order-9")]).await;
    assert!(approvals.body.contains("by rule") && !approvals.body.contains("answered"), "{}", approvals.body);
    let trail = console.open("/console/audit", &[]).await;
    assert!(trail.body.contains("Shopper lets the agent buy by itself"), "{}", trail.body);

    let page = list(&mut scene).await;
    let done = scene.browser.press(&page, &page.form("Ask me every time"), "Ask me every time").await;
    assert!(done.body.contains("It asks you before each order again."), "{}", done.body);
    let third = scene.ask("third").await;
    assert_eq!(scene.look(&third).await, "awaiting_approval");
}

#[tokio::test]
async fn a_rule_is_set_after_a_fresh_sign_in_and_taken_back_with_an_old_one() {
    let app = App::start().await;
    let (mut scene, mut console) = where_rules_are_allowed(&app).await;
    let (page, form) = filled(&mut scene, "20", true).await;
    app.advance(11 * 60);
    assert!(change(&mut scene).await.body.contains("sign in again first"));
    // The page from before does no better, and leads back.
    let door = scene.browser.press(&page, &form, "Let it buy").await;
    assert!(door.url.path().ends_with("/sign-in"), "{}", door.url);
    let page = scene.browser.sign_in(&door, app.live()).await;
    assert!(page.url.path().ends_with("/account/agents/change") && page.form("Let it buy").has_button("Let it buy"));
    assert!(rule(&mut scene, "20", true).await.body.contains("It may buy small orders"));
    app.advance(11 * 60);
    let page = list(&mut scene).await;
    let done = scene.browser.press(&page, &page.form("Ask me every time"), "Ask me every time").await;
    assert!(done.body.contains("It asks you before each order again."), "{}", done.body);
    // Switching rules off ends what there is, and switching them on brings nothing back.
    let page = change(&mut scene).await;
    let door = scene.browser.open(&page.url.join("/sign-in?to=/account/agents").unwrap()).await;
    scene.browser.sign_in(&door, app.live()).await;
    rule(&mut scene, "20", true).await;
    for value in ["off", "on"] {
        console.policy("approval_rules", value).await;
    }
    assert!(!list(&mut scene).await.body.contains("without asking you"));
}

#[tokio::test]
async fn the_addresses_that_a_rule_would_cover_are_listed_before_it_is_set_and_named_when_their_text_has_gone() {
    let app = App::start().await;
    let (mut scene, _) = where_rules_are_allowed(&app).await;
    let page = change(&mut scene).await;
    assert!(page.body.contains("You have not approved an address for this agent yet"), "{}", page.body);
    let first = scene.ask("first").await;
    let page = change(&mut scene).await;
    assert!(!page.body.contains("Lindenweg 12"), "what an agent asks for is no address that was approved");
    scene.answer(&first, "Approve").await;
    let (page, form) = filled(&mut scene, "20", true).await;
    assert_eq!(page.body.matches("Lindenweg 12").count(), 1, "{}", page.body);
    scene.browser.press(&page, &form, "Let it buy").await;
    // What the sweeper does after its time: the text goes, what it was recognised by stays.
    let forgotten = "UPDATE purchases SET destination = NULL, address_forgotten_at = 1, \
        document = REPLACE(document, 'Lindenweg 12', 'nowhere')";
    assert_eq!(app.sql(forgotten).await, 1);
    for page in [list(&mut scene).await, change(&mut scene).await] {
        assert!(page.body.contains("An address that we no longer keep as text"), "{}", page.body);
        assert!(!page.body.contains("Robin Field"), "{}", page.body);
    }
    let second = scene.ask("second").await;
    assert_eq!(scene.look(&second).await, "approved", "it still counts");
    let page = change(&mut scene).await;
    assert!(page.body.contains("Lindenweg 12") && !page.body.contains("no longer keep"), "known again: {}", page.body);
}

#[tokio::test]
async fn a_lowered_class_ends_a_rule_and_a_raised_one_brings_none_back() {
    let app = App::start().await;
    let (mut scene, mut console) = where_rules_are_allowed(&app).await;
    rule(&mut scene, "20", true).await;
    let first = scene.ask("first").await;
    scene.answer(&first, "Approve").await;
    let second = scene.ask("second").await;
    assert_eq!(scene.look(&second).await, "approved");
    let client = scene.agent.client_id.clone();
    // Whoever cannot check out buys nothing; what the shopper sets meanwhile is not there on the day that the agent can again.
    for (number, (lowered, raised)) in [("browse", ""), ("support", "shop")].into_iter().enumerate() {
        console.class(&client, lowered, false).await;
        assert!(!list(&mut scene).await.body.contains("without asking you"), "ended");
        rule(&mut scene, "20", true).await;
        console.class(&client, raised, false).await;
        assert!(!list(&mut scene).await.body.contains("without asking you"), "nothing comes back");
        let asked = scene.ask(&format!("after {number}")).await;
        assert_eq!(scene.look(&asked).await, "awaiting_approval");
        scene.answer(&asked, "Decline").await;
        rule(&mut scene, "20", true).await;
    }
    // The policy's classes are no different, and a class that may check out as well takes nothing.
    console.class(&client, "", false).await;
    assert!(list(&mut scene).await.body.contains("without asking you"), "shop by its own class and by the policy");
    for class in ["browse", "shop"] {
        console.policy("Name not verified", class).await;
    }
    assert!(!list(&mut scene).await.body.contains("without asking you"));
    let trail = console.open("/console/audit", &[]).await;
    assert!(trail.body.contains("Agent has to ask again each time"), "{}", trail.body);
}

#[tokio::test]
async fn a_rule_is_set_only_with_the_proof_that_the_merchant_demands_for_checkout() {
    let app = App::start().await;
    let (mut scene, _) = where_rules_are_allowed(&app).await;
    let (_, form) = filled(&mut scene, "20", true).await;
    demand(app.live(), "", &["passkey"]).await;
    let page = change(&mut scene).await;
    assert!(page.body.contains("sign in again first") && page.body.contains("step=passkey"), "{}", page.body);
    // Neither does a page from before.
    let door = scene.browser.press(&page, &form, "Let it buy").await;
    assert!(door.url.path().ends_with("/sign-in") && door.body.contains("asks for your passkey"), "{}", door.body);
    by_passkey(&app).await;
    assert!(rule(&mut scene, "20", true).await.body.contains("It may buy small orders"));
}

#[actix_web::test]
async fn a_rule_of_what_was_merged_stands_on_the_card_and_is_taken_back_there() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let (mut scene, mut console) = where_rules_are_allowed(&app).await;
    rule(&mut scene, "20", true).await;
    let first = scene.ask("first").await;
    scene.answer(&first, "Approve").await;
    // The successor has a grant of its own, which may not even check out.
    let successor = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    successor.connect(&mut scene.browser, app.live(), "products:read").await;
    console.merge(&scene.agent.client_id, DOCUMENT).await;
    let second = scene.ask("second").await;
    assert_eq!(scene.look(&second).await, "approved", "the rule still counts");
    for page in [list(&mut scene).await, change(&mut scene).await] {
        assert!(page.body.contains("It may buy for up to 20.00 EUR per order without asking you"), "{}", page.body);
    }
    let page = change(&mut scene).await;
    let done = scene.browser.press(&page, &page.form("Ask me every time"), "Ask me every time").await;
    assert!(done.body.contains("It asks you before each order again."), "{}", done.body);
    assert!(!list(&mut scene).await.body.contains("without asking you"));
    let third = scene.ask("third").await;
    assert_eq!(scene.look(&third).await, "awaiting_approval");
}

#[tokio::test]
async fn a_checkout_that_is_registered_again_is_told_that_its_rule_was_taken_back() {
    let app = App::start().await;
    let (mut scene, _) = where_rules_are_allowed(&app).await;
    rule(&mut scene, "20", true).await;
    let first = scene.ask("first").await;
    scene.answer(&first, "Approve").await;
    let second = scene.ask("second").await;
    assert_eq!(scene.look(&second).await, "approved");
    let page = list(&mut scene).await;
    scene.browser.press(&page, &page.form("Ask me every time"), "Ask me every time").await;
    assert_eq!(scene.look(&second).await, "cancelled");
    // A server that never heard the first answer asks again, and is to know no less than one that looks.
    let again = scene.register(&scene.new_purchase("second", "second", &scene.document())).await;
    assert_eq!((again.status.as_u16(), &again.json()["state"]), (200, &json!("cancelled")));
}
