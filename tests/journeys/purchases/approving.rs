//! The page: who may see it, how often it can be answered, and what a change after it is worth.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde_json::json;

use super::{Scene, refused};
use crate::support::{App, Browser, Page, Shop};

fn other(shop: &Shop) -> Shop {
    Shop { email: "other@example.com".to_owned(), ..shop.clone() }
}

fn shows_nothing(page: &Page) {
    for part in ["Darjeeling", "Lindenweg", "14.90", "Helpful Agent"] {
        assert!(!page.body.contains(part), "{part}:\n{}", page.body);
    }
}

#[tokio::test]
async fn a_forwarded_link_shows_nothing_to_another_shopper_and_takes_no_answer_from_them() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    let mut stranger = Browser::new();
    let door = stranger.open(&asked.url.parse().unwrap()).await;
    assert!(door.url.path().ends_with("/sign-in"), "F11: {}", door.url);
    shows_nothing(&door);
    let page = stranger.sign_in(&door, &other(app.live())).await;
    assert_eq!((page.status.as_u16(), page.url.path()), (403, format!("/purchases/{}", asked.id).as_str()));
    assert!(page.body.contains("not yours"), "{}", page.body);
    shows_nothing(&page);
    // Not with the shopper's own form either.
    let own = scene.open(&asked).await;
    let form = own.form("Approve");
    let stolen = stranger.send(&page, &form.action, &form.pressed("Approve")).await;
    assert!(stolen.status.is_client_error(), "{}", stolen.status);
    assert_eq!(scene.look(&asked).await, "awaiting_approval");
    scene.browser.press(&own, &form, "Approve").await;
    assert_eq!(scene.look(&asked).await, "approved");
}

#[tokio::test]
async fn whoever_signs_in_on_the_way_comes_back_to_the_purchase() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    scene.browser = Browser::new();
    let page = scene.open(&asked).await;
    assert!(page.body.contains("Darjeeling") && page.url.path().ends_with(&asked.id), "{}", page.body);
    for elsewhere in ["purchase-//evil.example", "purchase-", "purchase-../../console"] {
        let door = format!("{}/sign-in?request={elsewhere}", app.live().issuer).parse().unwrap();
        let mut browser = Browser::new();
        let page = browser.open(&door).await;
        let page = browser.sign_in(&page, app.live()).await;
        assert!(page.url.path().ends_with("/account/agents"), "{elsewhere}: {}", page.url);
    }
}

#[tokio::test]
async fn where_cookies_are_shared_an_old_sign_in_is_asked_for_again_and_otherwise_not() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    app.advance(11 * 60);
    let asked = scene.ask("one").await;
    let door = scene.browser.open(&asked.url.parse().unwrap()).await;
    assert!(door.url.path().ends_with("/sign-in"), "{}", door.url);
    let page = scene.browser.sign_in(&door, app.live()).await;
    let form = page.form("Approve");
    app.advance(9 * 60);
    scene.browser.press(&page, &form, "Approve").await;
    assert_eq!(scene.look(&asked).await, "approved", "one click");
    // An answer that waited is not taken on an old sign-in either.
    let later = scene.ask("two").await;
    let page = scene.open(&later).await;
    let extended = scene.browser.press(&page, &page.form("Give me 5 more minutes"), "Give me 5 more minutes").await;
    app.advance(10 * 60 + 30);
    let door = scene.browser.press(&extended, &extended.form("Approve"), "Approve").await;
    assert!(door.url.path().ends_with("/sign-in"), "{}", door.url);
    assert_eq!(scene.look(&later).await, "awaiting_approval");
}

#[tokio::test]
async fn an_answer_needs_the_form_that_was_shown() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let (asked, another) = (scene.ask("one").await, scene.ask("two").await);
    let page = scene.open(&asked).await;
    let other_form = scene.open(&another).await.form("Approve");
    let form = page.form("Approve");
    let token = |form: &crate::support::html::Form| {
        form.fields.iter().find(|field| field.name == "csrf").unwrap().value.clone()
    };
    for forged in [None, Some(String::new()), Some(token(&other_form))] {
        let mut fields = form.pressed("Approve");
        fields.retain(|(name, _)| name != "csrf");
        fields.extend(forged.map(|value| ("csrf".to_owned(), value)));
        let answer = scene.browser.send(&page, &form.action, &fields).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
    }
    assert_eq!(scene.look(&asked).await, "awaiting_approval");
    let policy = page.headers.get("content-security-policy").unwrap().to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "F21: {policy}");
}

#[tokio::test]
async fn a_double_click_is_one_answer_and_a_second_one_is_told_what_the_first_was() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    let page = scene.open(&asked).await;
    let (approve, decline) = (page.form("Approve"), page.form("Decline"));
    let mut tabs: Vec<Browser> = vec![scene.browser.clone(); 8];
    let clicks = tabs.iter_mut().map(|tab| tab.press(&page, &approve, "Approve"));
    for answer in join_all(clicks).await {
        assert!(answer.status == 200 && answer.body.contains("You said yes"), "{}", answer.body);
    }
    let late = scene.browser.press(&page, &decline, "Decline").await;
    assert!(late.body.contains("You said yes") && late.body.contains("decided once"), "{}", late.body);
    assert_eq!(scene.look(&asked).await, "approved");
}

#[tokio::test]
async fn yes_and_no_at_once_are_one_of_them() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    for checkout in ["one", "two", "three"] {
        let asked = scene.ask(checkout).await;
        let page = scene.open(&asked).await;
        let form = page.form("Approve");
        let mut tab = scene.browser.clone();
        let (yes, no) = tokio::join!(scene.browser.press(&page, &form, "Approve"), tab.press(&page, &form, "Decline"));
        let state = scene.look(&asked).await;
        let said = if state == "approved" { "You said yes" } else { "You said no" };
        assert!(yes.body.contains(said) && no.body.contains(said), "{state}");
    }
}

#[tokio::test]
async fn what_was_approved_is_what_is_sold_and_nothing_else() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    scene.answer(&asked, "Approve").await;
    let mut elsewhere = scene.document();
    elsewhere.ship_to.as_mut().unwrap().line1 = "Elsewhere 1".to_owned();
    let mut express = scene.document();
    express.shipping_method = "express".to_owned();
    for changed in [&elsewhere, &express] {
        let digest = URL_SAFE_NO_PAD.encode(changed.digest().unwrap());
        let answer = scene.post(&asked, "consume", &json!({ "checkout_id": "one", "digest": digest })).await;
        refused(&answer, "digest_differs");
        refused(&scene.register(&scene.new_purchase("one", "one", changed)).await, "digest_differs");
    }
    for digest in ["", "not base64!", "AAAA"] {
        let answer = scene.post(&asked, "consume", &json!({ "checkout_id": "one", "digest": digest })).await;
        refused(&answer, "digest_differs");
    }
    let other = scene.post(&asked, "consume", &json!({ "checkout_id": "two", "digest": asked.digest })).await;
    refused(&other, "unknown");
    // Any change is a new purchase, which the shopper is asked about again, and the old one is worth nothing then.
    let anew = scene.register(&scene.new_purchase("two", "one", &elsewhere)).await;
    assert_eq!((anew.status.as_u16(), &anew.json()["state"]), (201, &json!("awaiting_approval")));
    refused(&scene.consume(&asked).await, "superseded");
    assert!(scene.open(&asked).await.body.contains("newer purchase"));
}

#[tokio::test]
async fn a_checkout_registered_twice_is_one_purchase() {
    let app = App::start().await;
    let scene = Scene::set(app.live()).await;
    let body = scene.new_purchase("one", "one", &scene.document());
    let answers = join_all((0..8).map(|_| scene.register(&body))).await;
    let ids: std::collections::BTreeSet<_> = answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
    assert_eq!((ids.len(), answers.iter().filter(|answer| answer.status == 201).count()), (1, 1));
}
