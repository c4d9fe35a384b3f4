//! Signing up: the same answer to everybody, and a link that works once, in time, and here.

use std::time::Duration;

use actix_web::http::StatusCode;

use crate::domain::authorization_request;
use crate::web::testing::{Answer, Browser, PASSWORD, SHOPPER, Shop};

const SESSION: &str = "tg-shopper-live1-8080";
const NEW: &str = "noor@example.com";

async fn ask(browser: &mut Browser, email: &str) -> Answer {
    browser.fill("/sign-up", &[("email", email)]).await
}

/// Path and query of the link in the newest of `count` mails to the new address.
async fn link(shop: &Shop, count: usize) -> String {
    let mails = shop.mails(count).await;
    let mail = mails.iter().find(|mail| mail.contains(NEW)).unwrap();
    let (_, rest) = mail.split_once("http://localhost:8080/sign-up/finish?link=").unwrap();
    format!("/sign-up/finish?link={}", rest.split_whitespace().next().unwrap())
}

async fn choose(browser: &mut Browser, link: &str, password: &str) -> Answer {
    let page = browser.get(link).await;
    let csrf = page.csrf("/sign-up/finish");
    let (_, sealed) = link.split_once("link=").unwrap();
    browser.post("/sign-up/finish", &[("csrf", &csrf), ("link", sealed), ("password", password)]).await
}

#[actix_web::test]
async fn a_known_address_is_answered_like_a_new_one_and_only_the_mail_differs() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let new = ask(&mut browser, NEW).await;
    let known = ask(&mut browser, SHOPPER).await;
    assert_eq!((new.status, known.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(new.body.replace(NEW, ""), known.body.replace(SHOPPER, ""));
    let mails = shop.mails(2).await;
    let to_known = mails.iter().find(|mail| mail.contains(SHOPPER)).unwrap();
    assert!(to_known.contains("http://localhost:8080/sign-in") && !to_known.contains("link="));
    assert_eq!(ask(&mut browser, "noor at example").await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn the_link_makes_the_account_once_and_signs_in_the_browser_that_began() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    ask(&mut browser, NEW).await;
    let link = link(&shop, 1).await;
    for (unfit, says) in [("brief-one", "too short"), ("passwordpassword", "lists"), (&"x1".repeat(100), "too long")] {
        let answer = choose(&mut browser, &link, unfit).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.contains(says) && !answer.body.contains(unfit), "{unfit}");
    }
    let answer = choose(&mut browser, &link, PASSWORD).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/account/agents")));
    assert!(browser.is_signed_in().await);
    assert_eq!(shop.browser().sign_in(NEW, PASSWORD).await.status, StatusCode::SEE_OTHER);

    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
    // The form was open in two tabs.
    let (_, sealed) = link.split_once("link=").unwrap();
    let csrf = super::super::super::form::browser_token(&shop.live, "sign-up-finish", &browser.hash(), Some(sealed));
    let fields = [("csrf", csrf.form_value()), ("link", sealed), ("password", "another-fine-password")];
    assert_eq!(browser.post("/sign-up/finish", &fields).await.status, StatusCode::GONE);
    assert_eq!(shop.browser().sign_in(NEW, "another-fine-password").await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_link_opened_in_another_browser_makes_the_account_and_signs_nobody_in() {
    let shop = Shop::open().await;
    ask(&mut shop.browser(), NEW).await;
    let link = link(&shop, 1).await;
    let mut other = shop.browser();
    let answer = choose(&mut other, &link, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("Go back to the device"));
    assert!(!other.cookies.contains_key(SESSION));
    assert_eq!(other.sign_in(NEW, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_link_is_worth_nothing_too_late_changed_or_at_another_issuer() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    ask(&mut browser, NEW).await;
    let link = link(&shop, 1).await;
    assert_eq!(shop.browser_at(&shop.sandbox).get(&link).await.status, StatusCode::GONE);
    assert_eq!(browser.get("/sign-up/finish?link=a.b.c").await.status, StatusCode::GONE);
    assert_eq!(browser.get("/sign-up/finish").await.status, StatusCode::GONE);
    let request = shop.sealed_request(browser.hash());
    assert_eq!(browser.get(&format!("/sign-up/finish?link={request}")).await.status, StatusCode::GONE);
    shop.state.clock.advance(Duration::from_mins(30));
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
}

#[actix_web::test]
async fn the_agents_request_is_gone_on_with_while_it_stands() {
    for (wait, expected) in [(Duration::ZERO, StatusCode::SEE_OTHER), (authorization_request::LIFETIME, StatusCode::OK)]
    {
        let shop = Shop::open().await;
        let mut browser = shop.browser();
        browser.get("/sign-up").await;
        let request = shop.sealed_request(browser.hash());
        let page = browser.get(&format!("/sign-up?request={request}")).await;
        let csrf = page.csrf("/sign-up");
        browser.post("/sign-up", &[("csrf", &csrf), ("email", NEW), ("request", &request)]).await;
        let link = link(&shop, 1).await;
        shop.state.clock.advance(wait);
        let answer = choose(&mut browser, &link, PASSWORD).await;
        assert_eq!(answer.status, expected);
        if wait.is_zero() {
            assert_eq!(answer.location, Some(format!("/consent?request={request}")));
        } else {
            assert!(answer.body.contains("Start again in your agent"));
        }
        assert!(browser.is_signed_in().await);
    }
}

#[actix_web::test]
async fn mails_to_one_address_stop_silently_and_sign_ups_of_one_source_with_429() {
    let shop = Shop::open().await;
    for network in 0..7 {
        let mut browser = shop.browser().from(&format!("198.51.{network}.1:4000"));
        assert_eq!(ask(&mut browser, NEW).await.status, StatusCode::OK);
    }
    let mut browser = shop.browser();
    for number in 0..5 {
        assert_eq!(ask(&mut browser, &format!("a{number}@example.com")).await.status, StatusCode::OK);
    }
    let answer = ask(&mut browser, "a9@example.com").await;
    assert_eq!((answer.status, answer.retry_after), (StatusCode::TOO_MANY_REQUESTS, Some(3600)));
    let mails = shop.mails(10).await;
    assert_eq!(mails.iter().filter(|mail| mail.contains(NEW)).count(), 5);
    shop.state.clock.advance(Duration::from_hours(1));
    assert_eq!(ask(&mut browser, "a9@example.com").await.status, StatusCode::OK);
}
