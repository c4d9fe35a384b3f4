//! What differs from provider to provider, each as it really is: how the issuer is written, what it is asked, how it hears the
//! secret, and what of its word counts.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{come_back, is_signed_in};
use crate::codes::{codes, enter};
use crate::step_up::request;
use crate::support::html::forms;
use crate::support::jwt::claims;
use crate::support::provider::{BUTTON, Visit};
use crate::support::{Agent, App, Browser, Page, Provider};

/// The form that the token endpoint got last, and whether the secret stood in the header.
fn redeemed(provider: &Provider) -> (HashMap<String, String>, bool) {
    let body = provider.documents.bodies().pop().unwrap();
    let form = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let heads = provider.documents.heads();
    let head = heads.iter().rfind(|head| head.starts_with("POST /token")).unwrap();
    (form, head.to_lowercase().contains("authorization: basic"))
}

/// Comes back from there as somebody of whom these claims are changed.
async fn arrive(provider: &Provider, app: &App, browser: &mut Browser, changes: &Value) -> (Visit, Page) {
    let visit = provider.begin(browser, app.live()).await;
    let mut claims = provider.own_claims(app, &visit, "noor");
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    provider.vouch(&claims);
    let page = come_back(browser, &visit).await;
    (visit, page)
}

fn asked(visit: &Visit) -> [Option<String>; 3] {
    ["scope", "prompt", "max_age"].map(|name| visit.parameter(name))
}

#[tokio::test]
async fn a_customer_account_of_shopify_makes_an_account_and_proves_nothing_about_when() {
    let provider = Provider::as_shopify();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let (visit, page) = arrive(&provider, &app, &mut browser, &json!({"auth_time": null})).await;
    assert_eq!(page.url.path(), "/account/agents", "{}", page.body);
    // Its own API is never asked for, nor is anything sent that it does not document.
    assert_eq!(asked(&visit), [Some("openid email".to_owned()), None, None]);
    let (form, is_in_header) = redeemed(&provider);
    assert!(is_in_header && !form.contains_key("client_secret"));
    // What must be fresh is proved in another way.
    let page = browser.open(&app.live().address("/sign-in?to=/account/sign-in")).await;
    assert!(page.body.contains("Elsewhere cannot ask again who you are"), "{}", page.body);
    let agent = Agent::register(app.live()).await;
    let page = Browser::new().open(&request(&agent, "products:read", &[("max_age", "3600")]).0).await;
    assert!(!forms(&page.body).iter().any(|form| form.has_button(BUTTON)), "{}", page.body);
}

#[tokio::test]
async fn a_shopper_of_a_wordpress_shop_proves_the_address_by_a_code_once() {
    let provider = Provider::as_wordpress();
    let app = provider.app().await;
    let nothing = json!({"email": null, "email_verified": null});
    let mut browser = Browser::new();
    let agent = Agent::register(app.live()).await;
    let asking = agent.ask("products:read");
    let page = browser.open(&asking.url).await;
    let visit = provider.go(&mut browser, &page).await;
    assert_eq!(asked(&visit), [Some("openid profile".to_owned()), None, None]);
    let mut said = provider.own_claims(&app, &visit, "noor");
    said.as_object_mut().unwrap().retain(|name, _| !name.starts_with("email"));
    provider.vouch(&said);
    let page = come_back(&mut browser, &visit).await;
    assert!(page.status == 200 && page.body.contains("does not confirm your e-mail address"), "{}", page.body);
    let (form, is_in_header) = redeemed(&provider);
    assert!(!is_in_header && form.contains_key("client_secret"), "the plugin reads the form alone");

    // No account before the code: what is typed is only what somebody has typed.
    let mut form = page.form("Send me a code");
    form.fill("E-mail address", "noor@example.com");
    let page = browser.press(&page, &form, "Send me a code").await;
    assert!(!is_signed_in(&app, &mut browser).await);
    let code = codes(&app, "noor@example.com", 1).await.remove(0);
    let consent = enter(&mut browser, &page, &code).await;
    assert_eq!(consent.url.path(), "/consent", "{}", consent.body);
    assert!(consent.body.contains("noor@example.com"));
    let done = browser.allow(&consent).await;
    let first = claims(&agent.redeem(&done.sent_back("code").unwrap(), &asking.verifier).await.tokens().access);

    // From then on the provider is enough.
    let mut again = Browser::new();
    let (_, page) = arrive(&provider, &app, &mut again, &nothing).await;
    assert_eq!(page.url.path(), "/account/agents", "{}", page.body);
    let asking = agent.ask("products:read");
    let consent = again.open(&asking.url).await;
    let done = again.allow(&consent).await;
    let second = claims(&agent.redeem(&done.sent_back("code").unwrap(), &asking.verifier).await.tokens().access);
    assert_eq!(second["sub"], first["sub"]);
    // Its `auth_time` is that of the token: it stands for no sign-in of now.
    assert!(second["auth_time"].as_i64().unwrap() < app.clock.now().as_secs() - 86_400, "{second}");
    let list = again.open(&app.live().address("/account/sessions")).await;
    assert_eq!(list.body.matches("Last checked that it is you").count(), 1, "the code's: {}", list.body);
}

#[tokio::test]
async fn a_code_for_an_address_that_has_an_account_joins_nothing() {
    let provider = Provider::as_wordpress();
    let app = provider.app().await;
    let nothing = json!({"email": null, "email_verified": null});
    let mut browser = Browser::new();
    let email = &app.live().email;
    for sent in 1..=2 {
        let (_, page) = arrive(&provider, &app, &mut browser, &nothing).await;
        let mut form = page.form("Send me a code");
        form.fill("E-mail address", email);
        let page = browser.press(&page, &form, "Send me a code").await;
        let code = codes(&app, email, sent).await.pop().unwrap();
        let page = enter(&mut browser, &page, &code).await;
        assert_eq!(page.url.path(), "/account/agents", "the mailbox is the owner's: {}", page.body);
        let ways = browser.open(&app.live().address("/account/sign-in")).await;
        assert!(ways.body.contains("Add Elsewhere"), "and the provider is not added by that: {}", ways.body);
        browser.cookies.clear();
    }
}

#[tokio::test]
async fn who_came_is_carried_in_one_browser_and_through_a_second_code() {
    let provider = Provider::as_wordpress();
    let app = provider.app().await;
    let nothing = json!({"email": null, "email_verified": null});
    let mut browser = Browser::new();
    let (_, page) = arrive(&provider, &app, &mut browser, &nothing).await;
    let carried = page.form("Send me a code").fields.into_iter().find(|field| field.name == "unproved").unwrap();
    // Another browser is not given it.
    let link = format!("/sign-in/code?unproved={}", carried.value);
    let stranger = Browser::new().open(&app.live().address(&link)).await;
    assert!(stranger.form("Send me a code").fields.iter().all(|field| field.name != "unproved"));
    // A wrong address is said, and the form keeps what it carries; so does the link to another code.
    let mut form = page.form("Send me a code");
    form.fill("E-mail address", "noor");
    let page = browser.press(&page, &form, "Send me a code").await;
    assert_eq!(page.status, 400);
    let mut form = page.form("Send me a code");
    form.fill("E-mail address", "noor@example.com");
    let page = browser.press(&page, &form, "Send me a code").await;
    let start = page.body.find("/sign-in/code?unproved=").unwrap();
    let link: String = page.body[start..].chars().take_while(|c| *c != '"').collect();
    let page = browser.open(&app.live().address(&link)).await;
    let mut form = page.form("Send me a code");
    form.fill("E-mail address", "noor@example.com");
    let page = browser.press(&page, &form, "Send me a code").await;
    let code = codes(&app, "noor@example.com", 2).await.pop().unwrap();
    assert_eq!(enter(&mut browser, &page, &code).await.url.path(), "/account/agents");
    let (_, page) = arrive(&provider, &app, &mut Browser::new(), &nothing).await;
    assert_eq!(page.url.path(), "/account/agents", "{}", page.body);
}

#[tokio::test]
async fn auth0_has_a_slash_at_its_end_takes_the_secret_in_the_form_and_asks_again() {
    let provider = Provider::as_auth0();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let (_, page) = arrive(&provider, &app, &mut browser, &json!({})).await;
    assert_eq!(page.url.path(), "/account/agents", "{}", page.body);
    let (form, is_in_header) = redeemed(&provider);
    assert!(!is_in_header && form.contains_key("client_secret"));
    // An issuer that lacks the slash is another.
    let (_, page) = arrive(&provider, &app, &mut Browser::new(), &json!({"iss": "https://id.example"})).await;
    assert_eq!(page.status, 502, "{}", page.body);
    let page = browser.open(&app.live().address("/sign-in?to=/account/sign-in")).await;
    let visit = provider.go(&mut browser, &page).await;
    assert_eq!(asked(&visit), [Some("openid email"), Some("login"), Some("0")].map(|text| text.map(str::to_owned)));
}

#[tokio::test]
async fn clerk_has_no_slash_at_its_end_takes_the_secret_in_the_header_and_asks_again() {
    let provider = Provider::as_clerk();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let (_, page) = arrive(&provider, &app, &mut browser, &json!({})).await;
    assert_eq!(page.url.path(), "/account/agents", "{}", page.body);
    let (form, is_in_header) = redeemed(&provider);
    assert!(is_in_header && !form.contains_key("client_secret"));
    let page = browser.open(&app.live().address("/sign-in?to=/account/sign-in")).await;
    let visit = provider.go(&mut browser, &page).await;
    assert_eq!(asked(&visit), [Some("openid email"), Some("login"), Some("0")].map(|text| text.map(str::to_owned)));
    // Who was not asked, by its own word or by its silence, is not let on.
    let mut said = provider.own_claims(&app, &visit, "noor");
    said.as_object_mut().unwrap().remove("auth_time");
    provider.vouch(&said);
    let page = come_back(&mut browser, &visit).await;
    assert!(page.status == 403 && page.body.contains("did not ask who you are"), "{}", page.body);
}
