//! Tokens and answers that are not to be believed: nobody is signed in, nothing is made, and the page leads back.

use serde_json::{Value, json};

use super::{come_back, is_signed_in};
use crate::support::provider::{ISSUER, Visit};
use crate::support::{App, Browser, Document, Key, Provider};

/// Nobody is signed in by what the provider answers now.
async fn refused(app: &App, browser: &mut Browser, visit: &Visit, why: &str) {
    let page = come_back(browser, visit).await;
    assert_eq!(page.status, 502, "{why}: {}", page.body);
    assert!(page.body.contains("Back to sign-in"), "{why}: {}", page.body);
    assert!(!is_signed_in(app, browser).await, "{why}");
}

#[tokio::test]
async fn an_id_token_that_is_not_for_this_very_visit_signs_nobody_in() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let visit = provider.begin(&mut browser, app.live()).await;
    let now = app.clock.now().as_secs();
    let wrong: [(&str, Value); 10] = [
        ("sub", "a\0b".into()),
        ("nonce", "another".into()),
        ("nonce", Value::Null),
        ("iss", "https://evil.example".into()),
        ("aud", "another".into()),
        ("aud", json!(["shop", "another"])),
        ("exp", (now - 1).into()),
        ("iat", (now - 3_600).into()),
        ("iat", (now + 3_600).into()),
        ("sub", "".into()),
    ];
    for (name, value) in wrong {
        let mut claims = Provider::claims(&app, &visit, "noor");
        claims[name] = value.clone();
        provider.vouch(&claims);
        refused(&app, &mut browser, &visit, &format!("{name}: {value}")).await;
    }
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    assert_eq!(come_back(&mut browser, &visit).await.url.path(), "/account/agents", "only what is wrong was refused");
}

#[tokio::test]
async fn an_id_token_signed_by_nobody_by_another_or_with_the_clients_secret_signs_nobody_in() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let visit = provider.begin(&mut browser, app.live()).await;
    let claims = Provider::claims(&app, &visit, "noor").to_string();
    let good = provider.key.sign(&provider.key.header().to_string(), &claims);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let other = Key::new("ES256", "k1", &app.clock);
    let encode = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let unsigned = format!("{}.{}.", encode("{\"alg\":\"none\"}"), encode(&claims));
    let mac = {
        use base64::Engine as _;
        use hmac::{KeyInit as _, Mac as _};
        let message = format!("{}.{}", encode("{\"alg\":\"HS256\"}"), encode(&claims));
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"of the client").unwrap();
        mac.update(message.as_bytes());
        format!("{message}.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    };
    let changed = Provider::claims(&app, &visit, "shopper").to_string();
    let parts: Vec<&str> = head.split('.').collect();
    for (why, token) in [
        ("alg none", unsigned),
        ("the client's secret", mac),
        ("another key of the same name", other.sign(&other.header().to_string(), &claims)),
        ("other claims under a good signature", format!("{}.{}.{signature}", parts[0], encode(&changed))),
        ("no signature", format!("{head}.")),
        ("no token", "x".to_owned()),
    ] {
        provider.answer(&token);
        refused(&app, &mut browser, &visit, why).await;
    }
    provider.serve_token(Document::json(&json!({"access_token": "opaque", "token_type": "Bearer"})));
    refused(&app, &mut browser, &visit, "no id token").await;
}

#[tokio::test]
async fn a_state_works_once_in_the_browser_that_went_within_ten_minutes_and_for_its_provider_alone() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let visit = provider.begin(&mut browser, app.live()).await;
    provider.vouch(&Provider::claims(&app, &visit, "noor"));

    // Login CSRF: the victim is sent the attacker's return address.
    let mut victim = Browser::new();
    victim.open(&app.live().address("/sign-in")).await;
    let page = victim.open(&visit.back(&[("code", "c")])).await;
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(!is_signed_in(&app, &mut victim).await);

    for forged in ["", "x", &visit.state[..visit.state.len() - 2]] {
        let broken = Visit { state: forged.to_owned(), ..visit.clone() };
        assert_eq!(come_back(&mut browser, &broken).await.status, 400, "{forged}");
    }
    assert_eq!(provider.documents.bodies().len(), 0, "nobody was asked for a token");

    assert_eq!(come_back(&mut browser, &visit).await.url.path(), "/account/agents");
    let mut again = browser.clone();
    again.cookies.retain(|(_, name), _| !name.contains("shopper"));
    let page = come_back(&mut again, &visit).await;
    assert_eq!(page.status, 410, "{}", page.body);
    assert!(!is_signed_in(&app, &mut again).await, "used once");

    let late = provider.begin(&mut again, app.live()).await;
    app.advance(601);
    provider.vouch(&Provider::claims(&app, &late, "noor"));
    let page = come_back(&mut again, &late).await;
    assert_eq!(page.status, 410, "{}", page.body);
    assert!(page.body.contains("That took too long"));
}

#[tokio::test]
async fn the_state_of_one_environment_means_nothing_to_the_other() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let visit = provider.begin(&mut browser, app.live()).await;
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    let address = visit.back(&[("code", "c")]).to_string().replace("/sign-in/", "/sandbox/sign-in/");
    assert_eq!(browser.open(&address.parse().unwrap()).await.status, 400);
}

#[tokio::test]
async fn an_answer_that_names_another_issuer_or_leaves_out_one_that_was_promised_is_refused_before_any_code_is_sent() {
    // RFC 9207, and RFC 9700 §4.4: mix-up.
    let provider = Provider::start();
    provider.describe(&json!({"authorization_response_iss_parameter_supported": true}));
    let app = provider.app().await;
    let mut browser = Browser::new();
    let visit = provider.begin(&mut browser, app.live()).await;
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    for more in [&[("code", "c"), ("iss", "https://evil.example")][..], &[("code", "c")]] {
        let page = browser.open(&visit.back(more)).await;
        assert_eq!(page.status, 502, "{}", page.body);
    }
    assert_eq!(provider.documents.bodies().len(), 0, "the code went nowhere");
    let page = browser.open(&visit.back(&[("code", "c"), ("iss", ISSUER)])).await;
    assert_eq!(page.url.path(), "/account/agents");
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_is_not_believed() {
    let provider = Provider::start();
    provider.describe(&json!({"issuer": "https://evil.example"}));
    let app = provider.app().await;
    let mut browser = Browser::new();
    let page = browser.open(&app.live().address("/sign-in")).await;
    let button = crate::support::provider::BUTTON;
    let page = browser.press(&page, &page.form(button), button).await;
    assert_eq!(page.status, 502, "{}", page.body);
    assert!(page.body.contains("Elsewhere") && page.body.contains("does not answer"), "{}", page.body);
}

#[tokio::test]
async fn the_clients_secret_follows_no_redirect_and_no_answer_is_read_without_end() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let visit = provider.begin(&mut browser, app.live()).await;
    let elsewhere = Document::of(307, "").with("location", "https://evil.example/token");
    for document in [elsewhere, Document::of(200, vec![b' '; 300 * 1024]).with("content-type", "application/json")] {
        provider.serve_token(document);
        refused(&app, &mut browser, &visit, "the token endpoint").await;
    }
    assert_eq!(provider.documents.requests("https://evil.example/token"), 0);
}

#[tokio::test]
async fn no_other_site_sends_a_shopper_to_a_provider() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    let page = browser.open(&app.live().address("/sign-in")).await;
    for csrf in ["", "1.AAAA"] {
        let fields =
            [("csrf", csrf), ("provider", "elsewhere")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = browser.send(&page, "/sign-in/with", &fields).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
}
