//! Shoppers who sign in with an account that they have elsewhere (OpenID Connect): what makes an account, what never joins
//! one, and what a provider, or somebody in its name, could send.

mod answers;
mod hijacking;
mod hostile;
mod linking;
mod presets;

use crate::support::jwt::claims;
use crate::support::provider::Visit;
use crate::support::{Agent, App, Browser, Page, Provider};

async fn is_signed_in(app: &App, browser: &mut Browser) -> bool {
    browser.open(&app.live().address("/account/agents")).await.url.path() == "/account/agents"
}

#[tokio::test]
async fn a_shopper_without_an_account_here_connects_an_agent_by_an_account_elsewhere() {
    let provider = Provider::start();
    let app = provider.app().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let asking = agent.ask("products:read");
    let page = browser.open(&asking.url).await;
    assert_eq!(page.url.path(), "/sign-in");
    let visit = provider.go(&mut browser, &page).await;
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    let consent = browser.open(&visit.back(&[("code", "c")])).await;
    assert_eq!((consent.status.as_u16(), consent.url.path()), (200, "/consent"), "{}", consent.body);
    assert!(consent.body.contains("noor@example.com"));
    let done = browser.allow(&consent).await;
    let tokens = agent.redeem(&done.sent_back("code").unwrap(), &asking.verifier).await.tokens();
    let subject = claims(&tokens.access)["sub"].clone();

    // The same person in another browser is the same shopper, also when the address there has changed.
    let mut again = Browser::new();
    let page = again.open(&agent.ask("products:read").url).await;
    let visit = provider.go(&mut again, &page).await;
    let mut moved = Provider::claims(&app, &visit, "noor");
    moved["email"] = "shopper@example.com".into();
    provider.vouch(&moved);
    let asking = agent.ask("products:read");
    again.open(&visit.back(&[("code", "c")])).await;
    let consent = again.open(&asking.url).await;
    assert!(consent.body.contains("noor@example.com"), "{}", consent.body);
    let done = again.allow(&consent).await;
    let tokens = agent.redeem(&done.sent_back("code").unwrap(), &asking.verifier).await.tokens();
    assert_eq!(claims(&tokens.access)["sub"], subject);
}

#[tokio::test]
async fn the_browser_goes_with_pkce_a_nonce_and_a_state_that_says_nothing() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let visit = provider.begin(&mut browser, app.live()).await;
    assert_eq!(visit.parameter("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(visit.parameter("response_type").as_deref(), Some("code"));
    assert_eq!(visit.parameter("client_id").as_deref(), Some("shop"));
    assert_eq!(visit.parameter("scope").as_deref(), Some("openid email"));
    let here = format!("{}/sign-in/return/elsewhere", app.live().issuer);
    assert_eq!(visit.parameter("redirect_uri"), Some(here));
    assert!(!visit.url.as_str().contains("secret"));
    let other = provider.begin(&mut browser, app.live()).await;
    assert!(other.nonce != visit.nonce && other.state != visit.state);

    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    browser.open(&visit.back(&[("code", "the code")])).await;
    let form: std::collections::HashMap<String, String> =
        url::form_urlencoded::parse(provider.documents.bodies()[0].as_bytes()).into_owned().collect();
    assert_eq!((form["code"].as_str(), form["grant_type"].as_str()), ("the code", "authorization_code"));
    assert_eq!(crate::support::agent::challenge(&form["code_verifier"]), visit.parameter("code_challenge").unwrap());
    // RFC 6749 §2.3.1: the secret goes in the header.
    assert!(!form.contains_key("client_secret"));
    let heads = provider.documents.heads();
    assert!(
        heads
            .iter()
            .any(|head| head.starts_with("POST /token") && head.to_lowercase().contains("authorization: basic"))
    );
}

#[tokio::test]
async fn an_account_is_made_only_for_an_address_that_the_provider_vouches_for() {
    let provider = Provider::start();
    let app = provider.app().await;
    for (name, value) in
        [("email_verified", false.into()), ("email_verified", serde_json::Value::Null), ("email", "no address".into())]
    {
        let mut browser = Browser::new();
        let visit = provider.begin(&mut browser, app.live()).await;
        let mut claims = Provider::claims(&app, &visit, "noor");
        claims[name] = value;
        provider.vouch(&claims);
        let page = browser.open(&visit.back(&[("code", "c")])).await;
        assert!(page.body.contains("does not confirm your e-mail address"), "{}", page.body);
        assert!(!is_signed_in(&app, &mut browser).await);
    }
    // Where the id token names none, userinfo is asked; its subject must be the same.
    for (subject, status) in [("another", 502), ("noor", 200)] {
        let mut browser = Browser::new();
        let visit = provider.begin(&mut browser, app.live()).await;
        let mut claims = Provider::claims(&app, &visit, "noor");
        claims.as_object_mut().unwrap().retain(|name, _| !name.starts_with("email"));
        provider.vouch(&claims);
        let userinfo = serde_json::json!({"sub": subject, "email": "noor@example.com", "email_verified": true});
        let address = format!("{}/userinfo", crate::support::provider::ISSUER);
        provider.documents.serve(&address, crate::support::Document::json(&userinfo));
        let page = browser.open(&visit.back(&[("code", "c")])).await;
        assert_eq!(page.status, status, "{}", page.body);
        assert_eq!(is_signed_in(&app, &mut browser).await, status == 200);
    }
}

#[tokio::test]
async fn a_provider_is_offered_where_it_is_configured_for_and_nowhere_else() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let page = browser.open(&app.live().address("/sign-in")).await;
    assert!(page.body.contains("Continue with Elsewhere") && !page.body.contains("Continue with Other"));
    assert_eq!(browser.open(&app.live().address("/sign-in/return/other?state=x&code=c")).await.status, 404);
    let form = page.form("Continue with Elsewhere");
    let mut fields = form.pressed("Continue with Elsewhere");
    fields.iter_mut().find(|(name, _)| name == "provider").unwrap().1 = "other".to_owned();
    assert_eq!(browser.send(&page, &form.action, &fields).await.status, 404);
}

/// What comes when this is what the provider sends back.
async fn come_back(browser: &mut Browser, visit: &Visit) -> Page {
    browser.open(&visit.back(&[("code", "c")])).await
}

#[tokio::test]
async fn who_says_not_you_is_asked_by_the_provider_who_they_are() {
    // OpenID Connect Core §3.1.2.1. Google knows no `login`.
    for (is_google, prompt) in [(false, "login"), (true, "select_account")] {
        let provider = Provider::start();
        if is_google {
            provider.as_google();
        }
        let app = provider.app().await;
        let agent = Agent::register(app.live()).await;
        let mut browser = Browser::new();
        provider.sign_in(&app, &mut browser, "noor").await;
        let asking = agent.ask("products:read");
        let page = browser.open(&asking.url).await;
        let page = browser.press(&page, &page.form("Not you?"), "Not you?").await;
        let visit = provider.go(&mut browser, &page).await;
        assert_eq!(visit.parameter("prompt").as_deref(), Some(prompt));
        provider.vouch(&Provider::claims(&app, &visit, "another"));
        let consent = browser.open(&visit.back(&[("code", "c")])).await;
        assert_eq!(consent.url.path(), "/consent", "{}", consent.body);
        assert!(consent.body.contains("another@example.com"), "{}", consent.body);
        let done = browser.allow(&consent).await;
        agent.redeem(&done.sent_back("code").unwrap(), &asking.verifier).await.tokens();
    }
}
