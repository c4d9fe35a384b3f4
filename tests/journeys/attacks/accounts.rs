//! What somebody else could do to a shopper's account: end what the shopper has connected, or put them into an account that
//! is not theirs.

use super::sealed_values::sign_up_link;
use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Page, Shop};
use url::Url;

/// A shopper with a connected agent: their browser, its token, and the address that asks whether to disconnect it.
async fn connected(app: &App, email: &str, name: &str) -> (Browser, String, Url) {
    let shop = Shop { email: email.to_owned(), ..app.live().clone() };
    let metadata = serde_json::json!({"client_name": name, "redirect_uris": [crate::support::agent::CALLBACK]});
    let mut browser = Browser::new();
    let agent = Agent::register_as(app.live(), &metadata).await;
    let token = agent.connect(&mut browser, &shop, "products:read").await.access;
    let grant = claims(&token)["grant_id"].as_str().unwrap().to_owned();
    (browser, token, app.live().address(&format!("/account/agents/disconnect?grant={grant}")))
}

fn token_of(page: &Page) -> String {
    page.form("Disconnect").fields.into_iter().find(|field| field.name == "csrf").unwrap().value
}

#[tokio::test]
async fn no_agent_is_disconnected_by_another_site() {
    let app = App::start().await;
    let (mut browser, token, question) = connected(&app, &app.live().email, "One").await;
    let (_, _, other) = connected(&app, &app.live().email, "Two").await;
    let page = browser.open(&question).await;
    let theirs = token_of(&browser.open(&other).await);
    let form = page.form("Disconnect");
    for forged in [None, Some(""), Some("1.AAAA"), Some(theirs.as_str())] {
        let mut fields = form.pressed("Disconnect");
        fields.retain(|(name, _)| name != "csrf");
        fields.extend(forged.map(|value| ("csrf".to_owned(), value.to_owned())));
        let answer = browser.send(&page, &form.action, &fields).await;
        assert!(answer.status.is_client_error(), "{forged:?}: {}", answer.status);
        assert!(app.live().accepts(&token).await, "{forged:?}");
    }
    browser.press(&page, &form, "Disconnect").await;
    assert!(!app.live().accepts(&token).await, "the form as it was shown");
}

#[tokio::test]
async fn another_shoppers_agent_is_neither_seen_nor_disconnected() {
    let app = App::start().await;
    let (mut mine, token, question) = connected(&app, &app.live().email, "Mine").await;
    let (mut theirs, _, their_question) = connected(&app, "other@example.com", "Theirs").await;
    assert_eq!(theirs.open(&question).await.status, 404);
    assert!(!theirs.open(&app.live().address("/account/agents")).await.body.contains("Mine"));
    // Their own form, pointed at what is not theirs.
    let page = theirs.open(&their_question).await;
    let mut form = page.form("Disconnect");
    let grant = question.query_pairs().next().unwrap().1.into_owned();
    form.fields.iter_mut().find(|field| field.name == "grant").unwrap().value = grant;
    assert!(theirs.press(&page, &form, "Disconnect").await.status.is_client_error());
    assert!(app.live().accepts(&token).await);
    assert!(mine.open(&app.live().address("/account/agents")).await.body.contains("Mine"));
}

#[tokio::test]
async fn a_sign_up_link_signs_in_only_the_browser_that_began() {
    // Login CSRF: whoever is sent somebody's link must not go on in that person's account.
    let app = App::start().await;
    let link = sign_up_link(&app, &mut Browser::new(), app.live()).await;
    let mut victim = Browser::new();
    let page = victim.open(&app.live().address(&format!("/sign-up/finish?link={link}"))).await;
    let button = "Create the account";
    let mut form = page.form(button);
    form.fields.iter_mut().find(|field| field.name == "password").unwrap().value =
        crate::support::app::PASSWORD.to_owned();
    let done = victim.press(&page, &form, button).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(victim.open(&app.live().address("/sign-in")).await.url.path().ends_with("/sign-in"), "not signed in");
}
