//! A provider that is away, slow, or says no, and a shopper who turns round there: a kind page, and the way back to what they
//! were about to do.

use super::come_back;
use crate::support::provider::{BUTTON, ISSUER, Visit};
use crate::support::{Agent, Browser, Document, Key, Provider};

#[tokio::test]
async fn whoever_stops_at_the_provider_comes_back_to_what_they_were_about_to_do() {
    let provider = Provider::start();
    let app = provider.app().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let page = browser.open(&agent.ask("products:read").url).await;
    let visit = provider.go(&mut browser, &page).await;
    let page = browser.open(&visit.back(&[("error", "access_denied"), ("error_description", "<b>no</b>")])).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("You are not signed in") && !page.body.contains("<b>no"), "{}", page.body);
    // The link leads to the sign-in page, and that to the consent.
    let start = page.body.find("/sign-in?request=").unwrap();
    let link: String = page.body[start..].chars().take_while(|c| *c != '"').collect();
    let page = browser.open(&app.live().address(&link)).await;
    let consent = browser.sign_in(&page, app.live()).await;
    assert_eq!(consent.url.path(), "/consent", "{}", consent.body);
}

#[tokio::test]
async fn a_provider_that_is_away_or_slow_costs_a_page_and_is_not_asked_again_at_once() {
    let provider = Provider::start();
    provider.away();
    let app = provider.app().await;
    let discovery = format!("{ISSUER}/.well-known/openid-configuration");
    let mut browser = Browser::new();
    for _ in 0..3 {
        let page = browser.open(&app.live().address("/sign-in")).await;
        let page = browser.press(&page, &page.form(BUTTON), BUTTON).await;
        assert_eq!(page.status, 502);
        assert!(page.body.contains("does not answer") && page.body.contains("Back to sign-in"), "{}", page.body);
    }
    assert_eq!(provider.documents.requests(&discovery), 1, "a failure is remembered for a while");
    app.advance(16);
    provider.describe(&serde_json::json!({}));
    let visit = provider.begin(&mut browser, app.live()).await;
    // The token endpoint takes longer than anybody waits.
    let page = come_back(&mut browser, &visit).await;
    assert_eq!(page.status, 502, "{}", page.body);
    provider.serve_token(Document::of(400, "{\"error\":\"invalid_grant\"}").with("content-type", "application/json"));
    let page = come_back(&mut browser, &visit).await;
    assert!(page.body.contains("cannot trust"), "{}", page.body);
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    assert_eq!(come_back(&mut browser, &visit).await.url.path(), "/account/agents", "and goes on when it is back");
}

#[tokio::test]
async fn documents_and_keys_are_read_once_and_again_only_for_a_key_that_is_new() {
    let provider = Provider::start();
    let app = provider.app().await;
    let jwks = format!("{ISSUER}/jwks");
    for subject in ["one", "two", "three"] {
        provider.sign_in(&app, &mut Browser::new(), subject).await;
    }
    assert_eq!(provider.documents.requests(&jwks), 1);
    // The provider has a new key.
    app.advance(60);
    let new = Key::new("ES256", "k2", &app.clock);
    provider.publish(&[&provider.key, &new]);
    let mut browser = Browser::new();
    let visit = provider.begin(&mut browser, app.live()).await;
    provider.answer(&new.sign(&new.header().to_string(), &Provider::claims(&app, &visit, "four").to_string()));
    assert_eq!(come_back(&mut browser, &visit).await.url.path(), "/account/agents");
    assert_eq!(provider.documents.requests(&jwks), 2);
    // One that nobody has makes it look at most once in ten seconds.
    let unknown = Key::new("ES256", "k3", &app.clock);
    for _ in 0..3 {
        let mut browser = Browser::new();
        let visit: Visit = provider.begin(&mut browser, app.live()).await;
        provider
            .answer(&unknown.sign(&unknown.header().to_string(), &Provider::claims(&app, &visit, "five").to_string()));
        assert_eq!(come_back(&mut browser, &visit).await.status, 502);
    }
    assert_eq!(provider.documents.requests(&jwks), 2);
}
