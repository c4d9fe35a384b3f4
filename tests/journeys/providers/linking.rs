//! An identity reaches an account that is there only when its owner, freshly signed in, links it.

use super::{come_back, is_signed_in};
use crate::support::provider::Visit;
use crate::support::{App, Browser, Page, Provider};

async fn press_link(app: &App, browser: &mut Browser) -> Page {
    let page = browser.open(&app.live().address("/account/sign-in")).await;
    browser.press(&page, &page.form("Add Elsewhere"), "Add Elsewhere").await
}

#[tokio::test]
async fn an_address_that_has_an_account_opens_it_only_once_its_owner_has_linked_the_provider() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let page = provider.sign_in(&app, &mut browser, "shopper").await;
    assert_eq!(page.status, 409, "{}", page.body);
    assert!(page.body.contains("You already have an account here"), "{}", page.body);
    assert!(!is_signed_in(&app, &mut browser).await);

    let mut owner = Browser::signed_in(app.live()).await;
    let visit = Visit::of(&press_link(&app, &mut owner).await);
    provider.vouch(&Provider::claims(&app, &visit, "shopper"));
    let page = come_back(&mut owner, &visit).await;
    assert!(page.body.contains("Added") && page.body.contains("Elsewhere"), "{}", page.body);

    let page = provider.sign_in(&app, &mut browser, "shopper").await;
    assert_eq!(page.url.path(), "/account/agents", "{}", page.body);
    assert!(page.body.contains(&app.live().email));
}

#[tokio::test]
async fn what_is_linked_to_one_account_is_never_linked_to_another() {
    let provider = Provider::start();
    let app = provider.app().await;
    provider.sign_in(&app, &mut Browser::new(), "noor").await;
    let mut owner = Browser::signed_in(app.live()).await;
    let visit = Visit::of(&press_link(&app, &mut owner).await);
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    let page = come_back(&mut owner, &visit).await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("belongs to another account"), "{}", page.body);
    // Still whom they were.
    assert!(owner.open(&app.live().address("/account/sign-in")).await.body.contains(&app.live().email));
}

#[tokio::test]
async fn linking_and_removing_need_a_fresh_sign_in_and_lead_back() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut owner = Browser::signed_in(app.live()).await;
    app.advance(11 * 60);
    let page = press_link(&app, &mut owner).await;
    assert_eq!(page.url.path(), "/sign-in", "{}", page.body);
    let page = owner.sign_in(&page, app.live()).await;
    assert_eq!(page.url.path(), "/account/sign-in", "{}", page.body);
    Visit::of(&press_link(&app, &mut owner).await);
}

#[tokio::test]
async fn whoever_signs_out_on_the_way_links_nothing() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut owner = Browser::signed_in(app.live()).await;
    let visit = Visit::of(&press_link(&app, &mut owner).await);
    owner.cookies.retain(|(_, name), _| !name.contains("shopper"));
    let another = Browser::signed_in(app.live()).await;
    // A session of the same shopper, and yet not the one that asked.
    owner.cookies.extend(another.cookies.into_iter().filter(|((_, name), _)| name.contains("shopper")));
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    let page = come_back(&mut owner, &visit).await;
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(page.body.contains("You are signed out"));
}

#[tokio::test]
async fn a_way_in_can_be_removed_and_does_not_sign_in_any_more() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut owner = Browser::signed_in(app.live()).await;
    let visit = Visit::of(&press_link(&app, &mut owner).await);
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    let page = come_back(&mut owner, &visit).await;
    let mut forms = crate::support::html::forms(&page.body).into_iter().filter(|form| form.has_button("Remove"));
    let form = forms.next_back().unwrap();
    // Not another's, whatever is sent.
    let mut stranger = Browser::new();
    let theirs = provider.sign_in(&app, &mut stranger, "noor").await;
    assert_eq!(theirs.url.path(), "/account/agents");
    let page = owner.press(&page, &form, "Remove").await;
    assert!(page.body.contains("does not sign you in any more"), "{}", page.body);
    assert_eq!(provider.sign_in(&app, &mut Browser::new(), "shopper").await.status, 409);
}

#[tokio::test]
async fn proving_it_again_needs_the_providers_word_that_it_asked_and_the_same_account() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    provider.sign_in(&app, &mut browser, "noor").await;
    app.advance(11 * 60);
    let page = browser.open(&app.live().address("/sign-in?to=/account/sign-in")).await;
    let visit = provider.go(&mut browser, &page).await;
    // OpenID Connect Core §3.1.2.1.
    assert_eq!(
        (visit.parameter("prompt").as_deref(), visit.parameter("max_age").as_deref()),
        (Some("login"), Some("0"))
    );
    let mut silent = Provider::claims(&app, &visit, "noor");
    silent.as_object_mut().unwrap().remove("auth_time");
    provider.vouch(&silent);
    assert_eq!(come_back(&mut browser, &visit).await.status, 403);

    let page = browser.open(&app.live().address("/sign-in?to=/account/sign-in")).await;
    let visit = provider.go(&mut browser, &page).await;
    provider.vouch(&Provider::claims(&app, &visit, "somebody-else"));
    let page = come_back(&mut browser, &visit).await;
    assert_eq!(page.status, 409, "{}", page.body);
    assert!(
        browser.open(&app.live().address("/account/agents")).await.body.contains("noor@example.com"),
        "still whom they were"
    );

    let page = browser.open(&app.live().address("/sign-in?to=/account/sign-in")).await;
    let visit = provider.go(&mut browser, &page).await;
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    assert_eq!(come_back(&mut browser, &visit).await.url.path(), "/account/sign-in");
}
