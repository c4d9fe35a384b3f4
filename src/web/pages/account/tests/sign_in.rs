//! Signing in and out: sessions, forms, and what nobody may learn.

use actix_web::http::StatusCode;

use crate::web::testing::{PASSWORD, SHOPPER, STAFF, Shop, wrong_password};

const SESSION: &str = "tg-shopper-live1-8080";

#[actix_web::test]
async fn the_right_pair_signs_in_with_a_session_cookie_of_this_issuer() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let answer = browser.sign_in(" Maya@Example.com ", PASSWORD).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/account/agents")));
    let cookie = answer.set_cookies.iter().find(|cookie| cookie.starts_with(SESSION)).unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    // On loopback there is no TLS to secure it.
    assert!(!cookie.contains("Secure"), "{cookie}");
    assert!(browser.is_signed_in().await);
}

#[actix_web::test]
async fn an_unknown_address_is_answered_like_a_wrong_password() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let wrong = browser.sign_in(SHOPPER, &wrong_password()).await;
    let unknown = browser.sign_in("nobody@example.com", PASSWORD).await;
    let nonsense = browser.sign_in("no address", PASSWORD).await;
    assert_eq!((wrong.status, unknown.status, nonsense.status), (StatusCode::FORBIDDEN, wrong.status, wrong.status));
    let page = wrong.but_for_its_reference().replace(SHOPPER, "");
    assert_eq!(page, unknown.but_for_its_reference().replace("nobody@example.com", ""));
    assert_eq!(page, nonsense.but_for_its_reference().replace("no address", ""));
    assert_eq!(wrong.set_cookies, unknown.set_cookies);
    assert!(!wrong.body.contains(PASSWORD));
}

#[actix_web::test]
async fn a_form_counts_only_in_the_browser_at_the_issuer_and_for_the_purpose_it_was_made_for() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let own = browser.get("/sign-in").await.csrf("/sign-in");
    let pair = [("email", SHOPPER), ("password", PASSWORD)];
    let with = |csrf: &'static str| -> Vec<(&'static str, &'static str)> { [&[("csrf", csrf)], &pair[..]].concat() };
    assert_eq!(browser.post("/sign-in", &pair).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.post("/sign-in", &with("")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/sign-in", &with("1.AAAA")).await.status, StatusCode::FORBIDDEN);

    // Login CSRF: the attacker's own form, posted by the victim's browser, with or without cookies.
    let leak = |token: String| -> &'static str { Box::leak(token.into_boxed_str()) };
    let own = leak(own);
    assert_eq!(shop.browser().post("/sign-in", &with(own)).await.status, StatusCode::FORBIDDEN);
    let mut victim = shop.browser();
    victim.get("/sign-in").await;
    assert_eq!(victim.post("/sign-in", &with(own)).await.status, StatusCode::FORBIDDEN);

    let other_form = leak(browser.get("/sign-up").await.csrf("/sign-up"));
    assert_eq!(browser.post("/sign-in", &with(other_form)).await.status, StatusCode::FORBIDDEN);
    let mut at_sandbox = shop.browser_at(&shop.sandbox);
    at_sandbox.cookies.insert("tg-browser-sand1-8080".to_owned(), browser.cookies["tg-browser-live1-8080"].clone());
    assert_eq!(at_sandbox.post("/sign-in", &with(own)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/sign-in", &with(own)).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn signing_in_changes_the_session_and_ends_the_one_before() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    browser.cookies.insert(SESSION.to_owned(), "planted".to_owned());
    browser.sign_in(SHOPPER, PASSWORD).await;
    let first = browser.cookies[SESSION].clone();
    assert_ne!(first, "planted");

    // Again in the same browser, as before something sensitive.
    let request = shop.sealed_request(browser.hash());
    let page = browser.get(&format!("/sign-in?request={request}")).await;
    let csrf = page.csrf("/sign-in");
    let fields = [("csrf", csrf.as_str()), ("email", SHOPPER), ("password", PASSWORD), ("request", &request)];
    assert_eq!(browser.post("/sign-in", &fields).await.status, StatusCode::SEE_OTHER);
    assert_ne!(browser.cookies[SESSION], first);
    let mut thief = shop.browser();
    thief.cookies.insert(SESSION.to_owned(), first);
    assert!(!thief.is_signed_in().await);
    assert!(browser.is_signed_in().await);
}

#[actix_web::test]
async fn a_session_of_one_environment_is_none_in_the_other_and_ends_with_its_time() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    browser.sign_in(SHOPPER, PASSWORD).await;
    let mut sandbox = shop.browser_at(&shop.sandbox);
    sandbox.cookies.clone_from(&browser.cookies);
    sandbox.cookies.insert("tg-shopper-sand1-8080".to_owned(), browser.cookies[SESSION].clone());
    assert!(!sandbox.is_signed_in().await);
    assert_eq!(sandbox.sign_in(SHOPPER, PASSWORD).await.status, StatusCode::FORBIDDEN, "a sandbox shopper is another");

    shop.state.clock.advance(shop.state.sign_in.session_lifetime);
    assert!(!browser.is_signed_in().await);
}

#[actix_web::test]
async fn only_a_request_sealed_here_is_carried_on_and_nothing_redirects_elsewhere() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    browser.get("/sign-in").await;
    let request = shop.sealed_request(browser.hash());
    let page = browser.get(&format!("/sign-in?request={request}")).await;
    assert!(page.body.contains(&request));
    let csrf = page.csrf("/sign-in");
    let fields = [("csrf", csrf.as_str()), ("email", SHOPPER), ("password", PASSWORD), ("request", &request)];
    let answer = browser.post("/sign-in", &fields).await;
    assert_eq!(answer.location, Some(format!("/consent?request={request}")));

    for other in ["https://evil.example", "//evil.example", "x.y.z"] {
        let mut browser = shop.browser();
        let page = browser.get(&format!("/sign-in?request={other}&return_to={other}")).await;
        // Only the way to this very page in another language has its address, as a query.
        let page = page.body.split("<footer").next().unwrap();
        assert!(!page.contains(other));
        let answer = browser.sign_in(SHOPPER, PASSWORD).await;
        assert_eq!(answer.location.as_deref(), Some("/account/agents"));
    }
    let answer = shop.browser_at(&shop.sandbox).get("/sign-in?request=a&request=b").await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[actix_web::test]
async fn signing_out_needs_the_sessions_own_form() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    browser.sign_in(SHOPPER, PASSWORD).await;
    let session = browser.cookies[SESSION].clone();
    assert_eq!(browser.post("/sign-out", &[("csrf", "1.AAAA")]).await.status, StatusCode::FORBIDDEN);
    assert!(browser.is_signed_in().await);

    let hash = *crate::keys::hash_secret(session.as_bytes()).as_bytes();
    let token = crate::web::pages::frame::sign_out_token(&shop.live, &hash);
    let answer = browser.post("/sign-out", &[("csrf", token.form_value())]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!browser.cookies.contains_key(SESSION));
    browser.cookies.insert(SESSION.to_owned(), session);
    assert!(!browser.is_signed_in().await, "the row is gone too");
}

#[actix_web::test]
async fn staff_sign_in_for_both_environments_of_their_store_and_shoppers_do_not() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let path = "/console/sign-in";
    let shopper = browser.fill(path, &[("email", SHOPPER), ("password", PASSWORD)]).await;
    let unknown = browser.fill(path, &[("email", "x@y.example"), ("password", PASSWORD)]).await;
    assert_eq!((shopper.status, unknown.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
    let (page, other) = (shopper.but_for_its_reference(), unknown.but_for_its_reference());
    assert_eq!(page.replace(SHOPPER, ""), other.replace("x@y.example", ""));

    let answer = browser.fill(path, &[("email", STAFF), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/console")));
    let cookie = answer.set_cookies.iter().find(|cookie| cookie.starts_with("tg-staff-fern1-8080=")).unwrap();
    assert!(cookie.contains("SameSite=Strict") && cookie.contains("HttpOnly"), "{cookie}");
    assert_eq!(browser.get(path).await.location.as_deref(), Some("/console"));
    let mut at_sandbox = shop.browser_at(&shop.sandbox);
    at_sandbox.cookies.clone_from(&browser.cookies);
    assert_eq!(at_sandbox.get(path).await.location.as_deref(), Some("/sandbox/console"));
    // Staff is no shopper.
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.post("/console/sign-out", &[("csrf", "")]).await.status, StatusCode::FORBIDDEN);
}
