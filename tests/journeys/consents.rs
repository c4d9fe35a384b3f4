//! How long an agent stays connected: the shopper's choice within what the merchant allows, and the end without use. Both
//! hold wherever a token or a connection is looked at.

use crate::support::agent::Asking;
use crate::support::{Agent, App, Browser, Hosting, Page, Shop, Tokens};

const STAYING: &str = "products:read cart:write offline_access";
const STAY: &str = "When access ends";
const HOUR: u64 = 3_600;

async fn reach(agent: &Agent, browser: &mut Browser, shop: &Shop, scopes: &str) -> (Asking, Page) {
    let asking = agent.ask(scopes);
    let page = browser.reach_consent(&asking.url, shop).await;
    (asking, page)
}

/// Allows everything, for so long.
async fn allow_for(browser: &mut Browser, page: &Page, stay: &str) -> Page {
    let mut form = page.form("Allow");
    form.tick_all();
    form.fill(STAY, stay);
    browser.press(page, &form, "Allow").await
}

async fn connect_for(agent: &Agent, shop: &Shop, (scopes, stay): (&str, &str)) -> Tokens {
    let mut browser = Browser::new();
    let (asking, page) = reach(agent, &mut browser, shop, scopes).await;
    let back = allow_for(&mut browser, &page, stay).await;
    agent.redeem(&back.sent_back("code").unwrap(), &asking.verifier).await.tokens()
}

fn offered(page: &Page) -> Vec<&str> {
    let select = page.body.split("<select id=\"stay\"").nth(1).and_then(|rest| rest.split("</select>").next());
    let options = select.unwrap_or_default().split("<option value=\"").skip(1);
    options.filter_map(|option| option.split('"').next()).collect()
}

#[tokio::test]
async fn an_agent_stays_no_longer_than_the_shopper_said_however_often_it_is_used() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let (asking, page) = reach(&agent, &mut browser, shop, STAYING).await;
    assert_eq!(offered(&page), ["day", "week", "month", "longest"]);
    assert!(page.body.contains("in 90 days, the longest"), "{}", page.body);
    assert!(page.body.contains("If nobody uses it, access ends in 30 days."), "{}", page.body);
    let back = allow_for(&mut browser, &page, "day").await;
    let code = back.sent_back("code").unwrap();
    let again = allow_for(&mut browser, &page, "day").await;
    assert_eq!(again.sent_back("code").as_ref(), Some(&code), "the same answer again");
    let other = allow_for(&mut browser, &page, "week").await;
    assert_eq!(other.status, 409, "another answer: {}", other.body);

    let mut tokens = agent.redeem(&code, &asking.verifier).await.tokens();
    let kept = "UPDATE consent_receipts SET locale = locale WHERE expires_at - at = 86400000000 \
                AND idle_limit = 2592000000000 AND NOT is_bundled";
    assert_eq!(app.sql(kept).await, 1, "the receipt says so");
    let list = browser.open(&format!("{}/account/agents", shop.issuer).parse().unwrap()).await;
    assert!(list.body.contains("in 24 hours"), "{}", list.body);
    let mut admin = Browser::new();
    let sessions = admin.sign_in_as_staff(shop, tillgate::domain::staff::Role::Viewer).await;
    assert!(sessions.body.contains("in 24 hours"), "{}", sessions.body);

    for _ in 0..23 {
        app.advance(HOUR);
        tokens = agent.refresh(&tokens.refresh).await.tokens();
    }
    app.advance(HOUR - 60);
    let final_answer = agent.refresh(&tokens.refresh).await;
    assert!(
        final_answer.json()["expires_in"].as_u64().unwrap() <= 60,
        "no token outlives its connection: {}",
        final_answer.body
    );
    app.advance(60);
    assert!(!shop.accepts(&final_answer.tokens().access).await);
    assert_eq!(agent.refresh(&final_answer.tokens().refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn nobody_stays_longer_than_the_merchant_allows_whatever_a_form_says() {
    let app = App::start_as(
        Hosting::OneStore,
        &[("TILLGATE__TOKENS__CONNECTION_LIFETIME", "2d"), ("TILLGATE__TOKENS__CONNECTION_IDLE", "2d")],
    )
    .await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    for invented in ["month", "kept", "for ever"] {
        let (_, page) = reach(&agent, &mut browser, shop, STAYING).await;
        assert_eq!(offered(&page), ["day", "longest"]);
        assert!(!page.body.contains("If nobody uses it"), "it would end no earlier: {}", page.body);
        let back = allow_for(&mut browser, &page, invented).await;
        assert!(back.sent_back("code").is_some(), "{}", back.body);
    }
    assert_eq!(app.sql("UPDATE connections SET scope = scope WHERE expires_at - connected_at = 172800000000").await, 3);
}

#[tokio::test]
async fn a_step_up_keeps_the_end_that_the_shopper_chose_before_unless_they_say_otherwise() {
    let app = App::start().await;
    let shop = app.live();
    let agent = Agent::register(shop).await;
    connect_for(&agent, shop, (STAYING, "week")).await;
    app.advance(24 * HOUR);
    let (asking, page) = {
        let mut browser = Browser::new();
        let (asking, page) = reach(&agent, &mut browser, shop, "products:read cart:write checkout:initiate").await;
        assert_eq!(offered(&page), ["kept", "day", "week", "month", "longest"]);
        assert!(page.body.contains("in 6 days, as before"), "{}", page.body);
        (asking, browser.allow(&page).await)
    };
    let tokens = agent.redeem(&page.sent_back("code").unwrap(), &asking.verifier).await.tokens();
    app.advance(6 * 24 * HOUR - 60);
    let last = agent.refresh(&tokens.refresh).await.tokens();
    app.advance(60);
    assert_eq!(agent.refresh(&last.refresh).await.error(), "invalid_grant", "the end was kept");

    let longer = connect_for(&agent, shop, ("products:read cart:write orders:read", "month")).await;
    app.advance(29 * 24 * HOUR);
    agent.refresh(&longer.refresh).await.tokens();
}

#[tokio::test]
async fn without_use_an_agent_is_out_earlier_as_it_was_told() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__TOKENS__CONNECTION_IDLE", "2d")]).await;
    let shop = app.live();
    let agent = Agent::register(shop).await;
    let tokens = connect_for(&agent, shop, (STAYING, "longest")).await;
    app.advance(47 * HOUR);
    let tokens = agent.refresh(&tokens.refresh).await.tokens();
    app.advance(48 * HOUR);
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
    let mut browser = Browser::new();
    let (_, page) = reach(&agent, &mut browser, shop, STAYING).await;
    assert!(page.body.contains("wants to shop for you"), "{}", page.body);
    let list = browser.open(&format!("{}/account/agents", shop.issuer).parse().unwrap()).await;
    assert!(list.body.contains("No agent"), "it is on no list: {}", list.body);
}

#[tokio::test]
async fn a_request_that_nobody_answered_in_ten_minutes_has_a_page_that_says_so_and_gives_nothing() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let (_, page) = reach(&agent, &mut browser, shop, STAYING).await;
    app.advance(601);
    let answer = browser.allow(&page).await;
    assert_eq!((answer.status.as_u16(), answer.left_for.is_none()), (410, true), "{}", answer.body);
    assert!(answer.body.contains("This request has expired") && answer.body.contains("Nothing was allowed."));
    assert!(answer.body.contains("Start again in your agent"), "{}", answer.body);
    assert_eq!(browser.open(&page.url).await.status, 410, "nor is it shown again");
    assert_eq!(app.sql("UPDATE connections SET scope = scope").await, 0, "nothing was connected");
}
