//! Deleting an account: what ends at once, what is forgotten, what stays and for how long, and that nothing is left alive.

use std::time::Duration;

use serde_json::json;
use tillgate::accounts::sign_up::{NewAccount, create};
use tillgate::accounts::trail::Occasion;
use tillgate::domain::IssuerId;
use tillgate::domain::staff::Role;
use tillgate::domain::token::Lifetimes;
use tillgate::merchant::sweeper::{Ages, Sweeper};
use tillgate::storage::StorageError;

use crate::agents::until;
use crate::purchases::{SCOPES, Scene, refused};
use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Page, Shop};

const DELETE: &str = "Delete my account for good";
const DAY: u64 = 24 * 60 * 60;

async fn question(app: &App, browser: &mut Browser) -> Page {
    let page = browser.open(&app.live().address("/account/delete")).await;
    assert!(page.body.contains("for 10 years"), "{}", page.body);
    page
}

async fn delete(app: &App, browser: &mut Browser) -> Page {
    let page = question(app, browser).await;
    let page = browser.press(&page, &page.form(DELETE), DELETE).await;
    assert!(page.body.contains("Your account is deleted"), "{}", page.body);
    page
}

/// The live shop's shopper again, as somebody new.
async fn sign_up_again(app: &App) {
    let (issuer, email, now) = (IssuerId::new(&app.live().issuer_id), app.live().email.clone(), app.clock.now());
    let hash = tillgate::accounts::password::hash_now(
        &app.application.state().sign_in,
        &tillgate::keys::Secret::new(app.live().password.clone()),
    );
    let account = NewAccount::new(&issuer, &email, hash.unwrap(), now);
    let made: Result<bool, StorageError> =
        app.db.write(move |tx| create(tx, &account, &Occasion::of_operator(now))).await;
    assert!(made.unwrap(), "the address is free");
}

async fn sweep(app: &App) {
    let day = Duration::from_secs(DAY);
    let ages = Ages { networks: 30 * day, refusals: 30 * day, addresses: 90 * day, orders: 3_653 * day };
    let sweeper = Sweeper::new(app.db.clone(), app.clock.clone(), Lifetimes::default(), ages);
    sweeper.remove_old(&[IssuerId::new(&app.live().issuer_id)]).await.unwrap();
}

/// Rows that could act for a shopper of the live shop.
async fn alive(app: &App) -> [usize; 3] {
    [
        app.sql("UPDATE grants SET scope = scope WHERE ended_at IS NULL").await,
        app.sql("UPDATE connections SET scope = scope WHERE ended_at IS NULL").await,
        app.sql("UPDATE purchases SET stage = stage WHERE stage IN ('awaiting_approval', 'approved')").await,
    ]
}

fn mails(app: &App) -> Vec<String> {
    let files = std::fs::read_dir(app.folder.path().join("mail")).into_iter().flatten().flatten();
    files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect()
}

#[tokio::test]
async fn deleting_an_account_stops_its_agents_within_a_second_and_signs_out_everywhere() {
    let app = App::start_with_store().await;
    let (mut here, mut there) = (Browser::signed_in(app.live()).await, Browser::signed_in(app.live()).await);
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut here, app.live(), "products:read cart:write offline_access").await;
    let caller = app.store().caller(&tokens.access);
    assert_eq!(caller.call("search_products", json!({"query": "tea"})).await.status, 200);
    let mut kept = here.clone();
    delete(&app, &mut here).await;
    let began = tokio::time::Instant::now();
    until(async || caller.call("search_products", json!({"query": "tea"})).await.status == 401).await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(!app.live().accepts(&tokens.access).await);
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
    // The cookie that the browser was told to forget, and those of other browsers.
    for browser in [&mut kept, &mut there] {
        assert_eq!(browser.open(&app.live().address("/account/agents")).await.url.path(), "/sign-in");
    }
    let page = Browser::new().open(&app.live().address("/sign-in")).await;
    let page = Browser::sign_in(&mut there, &page, app.live()).await;
    assert_eq!(page.status, 403, "there is no such account: {}", page.body);
    until(async || mails(&app).iter().any(|mail| mail.contains("is deleted") && mail.contains("shopper@example.com")))
        .await;
}

#[tokio::test]
async fn nothing_of_a_deleted_account_names_the_person_and_the_trail_leads_to_nobody() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    scene.answer(&asked, "Approve").await;
    assert_eq!(scene.consume(&asked).await.status, 200);
    scene.settle(&asked, Some("order-1")).await;
    let open = scene.ask("two").await;
    let [shoppers, pseudonyms, identities] = [
        app.sql("UPDATE shoppers SET email = email").await,
        app.sql("UPDATE shopper_pseudonyms SET pseudonym = pseudonym").await,
        app.sql("UPDATE identities SET label = label").await,
    ];
    delete(&app, &mut scene.browser).await;
    assert_eq!(app.sql("UPDATE shoppers SET email = email").await, shoppers - 1);
    assert_eq!(app.sql("UPDATE shopper_pseudonyms SET pseudonym = pseudonym").await, pseudonyms - 1);
    assert_eq!(app.sql("UPDATE identities SET label = label").await, identities - 1);
    assert_eq!(app.sql("UPDATE shopper_sessions SET method = method").await, 0);
    assert_eq!(app.sql("UPDATE connections SET scope = scope WHERE subject <> ''").await, 0, "the stores' name");
    let with_address = "UPDATE purchases SET stage = stage WHERE document LIKE '%Lindenweg%'";
    assert_eq!(app.sql(with_address).await, 0);
    // What the law wants: the order with its amount, on an id that is nobody's.
    assert_eq!(scene.look(&asked).await, "completed");
    let order = "UPDATE purchases SET stage = stage WHERE order_id = 'order-1' AND document LIKE '%1490%'";
    assert_eq!(app.sql(order).await, 1);
    let answer =
        scene.call(crate::support::http().get(format!("{}/resource/purchases/{}", app.live().issuer, open.id)));
    assert_eq!(answer.await.status, 404, "what was not bought is gone");
    assert_eq!(app.sql("UPDATE audit_entries SET risk = risk WHERE kind = 'account_deleted'").await, 1);
    let trail = "UPDATE audit_entries SET risk = risk WHERE kind = 'purchase_completed' AND pseudonym IS NOT NULL \
         AND pseudonym NOT IN (SELECT pseudonym FROM shopper_pseudonyms)";
    assert_eq!(app.sql(trail).await, 1);
    // The console goes on showing what was sold.
    let mut staff = Browser::new();
    staff.sign_in_as_staff(app.live(), Role::Admin).await;
    let page = staff.open(&app.live().address("/console/approvals?id=order-1")).await;
    assert!(page.status == 200 && page.body.contains("order-1"), "{}", page.body);
}

#[tokio::test]
async fn an_order_that_was_begun_is_finished_and_what_was_set_aside_for_others_is_released() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let (begun, approved, open) = (scene.ask("one").await, scene.ask("two").await, scene.ask("three").await);
    scene.answer(&begun, "Approve").await;
    scene.answer(&approved, "Approve").await;
    assert_eq!(scene.consume(&begun).await.status, 200);
    let page = scene.open(&open).await;
    delete(&app, &mut scene.browser).await;
    refused(&scene.consume(&approved).await, "unknown");
    let late = scene.browser.press(&page, &page.form("Approve"), "Approve").await;
    assert_eq!(late.url.path(), "/sign-in", "nobody is signed in");
    refused(&scene.consume(&open).await, "unknown");
    refused(&scene.register(&scene.new_purchase("four", "four", &scene.document())).await, "grant_ended");
    assert_eq!(app.sql("UPDATE reservations SET state = state WHERE state = 'reserved'").await, 0);
    assert_eq!(app.sql("UPDATE ledger_periods SET counted = counted WHERE counted = 1490").await, 1, "what was begun");
    let mut staff = Browser::new();
    staff.sign_in_as_staff(app.live(), Role::Admin).await;
    let page = staff.open(&app.live().address(&format!("/console/approvals?id={}", begun.id))).await;
    assert!(page.body.contains("14.90"), "it stays until it is settled: {}", page.body);
    assert_eq!(scene.settle(&begun, Some("order")).await.json()["state"], "completed");
}

#[tokio::test]
async fn the_same_address_signs_up_again_as_somebody_new() {
    let app = App::start().await;
    let mut browser = Browser::signed_in(app.live()).await;
    let agent = Agent::register(app.live()).await;
    let before = agent.connect(&mut browser, app.live(), "products:read cart:write").await;
    delete(&app, &mut browser).await;
    sign_up_again(&app).await;
    let mut browser = Browser::signed_in(app.live()).await;
    let page = browser.open(&app.live().address("/account/agents")).await;
    assert!(page.body.contains("No agent is connected"), "{}", page.body);
    let consent = browser.open(&agent.ask("products:read cart:write").url).await;
    assert!(consent.body.contains("Browse products"), "asked from the beginning: {}", consent.body);
    let after = agent.connect(&mut browser, app.live(), "products:read").await;
    let [before, after] = [&before, &after].map(|tokens| claims(&tokens.access));
    assert_ne!(before["sub"], after["sub"]);
    assert_ne!(before["grant_id"], after["grant_id"]);
}

#[tokio::test]
async fn without_a_fresh_sign_in_or_by_another_site_nothing_is_deleted() {
    let app = App::start().await;
    let mut browser = Browser::signed_in(app.live()).await;
    let page = question(&app, &mut browser).await;
    for csrf in ["", "1.AAAA"] {
        let fields = [("csrf".to_owned(), csrf.to_owned())];
        assert_eq!(browser.send(&page, "/account/delete", &fields).await.status, 403);
    }
    // The token of another form of the same session.
    let data = browser.open(&app.live().address("/account/data")).await;
    let fields = data.form("Download").pressed("Download");
    assert_eq!(browser.send(&page, "/account/delete", &fields).await.status, 403);
    let mut other = Browser::new();
    let door = other.open(&app.live().address("/sign-in")).await;
    other.sign_in(&door, &Shop { email: "other@example.com".to_owned(), ..app.live().clone() }).await;
    let form = page.form(DELETE);
    assert_eq!(other.press(&page, &form, DELETE).await.status, 403, "the form of another shopper");
    app.advance(11 * 60);
    let asked = browser.press(&page, &form, DELETE).await;
    assert_eq!((asked.url.path(), asked.url.query()), ("/sign-in", Some("to=%2Faccount%2Fdelete")));
    assert_eq!(browser.open(&app.live().address("/account/delete")).await.url.path(), "/sign-in");
    assert_eq!(browser.open(&app.live().address("/account/agents")).await.url.path(), "/account/agents");
    // And with it.
    let page = browser.sign_in(&asked, app.live()).await;
    let page = browser.press(&page, &page.form(DELETE), DELETE).await;
    assert!(page.body.contains("Your account is deleted"), "{}", page.body);
    assert_eq!(other.open(&app.live().address("/account/agents")).await.url.path(), "/account/agents", "nobody else's");
}

#[tokio::test]
async fn a_deletion_and_a_consent_at_once_leave_nothing_alive() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    for _ in 0..5 {
        let mut browser = Browser::signed_in(app.live()).await;
        let asking = agent.ask("products:read cart:write offline_access");
        let consent = browser.open(&asking.url).await;
        let page = question(&app, &mut browser).await;
        let mut tab = browser.clone();
        let form = page.form(DELETE);
        let (back, _) = tokio::join!(tab.allow_everything(&consent), browser.press(&page, &form, DELETE));
        if let Some(code) = back.sent_back("code") {
            assert_eq!(agent.redeem(&code, &asking.verifier).await.error(), "invalid_grant");
        }
        assert_eq!(alive(&app).await, [0, 0, 0]);
        sign_up_again(&app).await;
    }
}

#[tokio::test]
async fn a_deletion_and_an_approval_at_once_leave_nothing_to_sell() {
    let app = App::start().await;
    for round in 0..5 {
        let mut scene = Scene::set(app.live()).await;
        let asked = scene.ask(&format!("race-{round}")).await;
        let approval = scene.open(&asked).await;
        let page = question(&app, &mut scene.browser).await;
        let mut tab = scene.browser.clone();
        let (yes, form) = (approval.form("Approve"), page.form(DELETE));
        tokio::join!(tab.press(&approval, &yes, "Approve"), scene.browser.press(&page, &form, DELETE));
        refused(&scene.consume(&asked).await, "unknown");
        assert_eq!(alive(&app).await, [0, 0, 0]);
        assert_eq!(app.sql("UPDATE reservations SET state = state WHERE state = 'reserved'").await, 0);
        sign_up_again(&app).await;
    }
}

#[tokio::test]
async fn a_deletion_and_a_sign_in_or_a_refresh_at_once_leave_nobody_signed_in_and_no_token() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    for _ in 0..3 {
        let mut browser = Browser::signed_in(app.live()).await;
        let tokens = agent.connect(&mut browser, app.live(), SCOPES).await;
        let page = question(&app, &mut browser).await;
        let (mut other, form) = (Browser::new(), page.form(DELETE));
        let door = other.open(&app.live().address("/sign-in")).await;
        let (_, refreshed, _) = tokio::join!(
            other.sign_in(&door, app.live()),
            agent.refresh(&tokens.refresh),
            browser.press(&page, &form, DELETE)
        );
        assert_eq!(app.sql("UPDATE shopper_sessions SET method = method").await, 0);
        if refreshed.status == 200 {
            let tokens = refreshed.tokens();
            assert!(!app.live().accepts(&tokens.access).await);
            assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
        }
        sign_up_again(&app).await;
    }
}

#[tokio::test]
async fn addresses_and_the_orders_of_deleted_accounts_are_forgotten_when_their_time_is_over() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let (bought, begun) = (scene.ask("one").await, scene.ask("two").await);
    for asked in [&bought, &begun] {
        scene.answer(asked, "Approve").await;
        assert_eq!(scene.consume(asked).await.status, 200);
    }
    scene.settle(&bought, Some("order-1")).await;
    let addresses = async || app.sql("UPDATE purchases SET stage = stage WHERE document LIKE '%Lindenweg%'").await;
    sweep(&app).await;
    assert_eq!(addresses().await, 2);
    app.advance(91 * DAY);
    sweep(&app).await;
    assert_eq!(addresses().await, 1, "not where an order is being placed");
    let page = scene.open(&bought).await;
    assert!(page.body.contains("The address was forgotten") && page.body.contains("14.90"), "{}", page.body);
    assert_eq!(scene.consume(&bought).await.json()["digest"], json!(bought.digest), "as it was approved");
    scene.settle(&begun, None).await;
    let other = Shop { email: "other@example.com".to_owned(), ..app.live().clone() };
    let mut others = Browser::new();
    scene.agent.connect(&mut others, &other, "products:read").await;
    delete(&app, &mut scene.browser).await;
    delete(&app, &mut others).await;
    let tombstones = async || app.sql("UPDATE deleted_shoppers SET deleted_at = deleted_at").await;
    assert_eq!((tombstones().await, addresses().await), (2, 0));
    app.advance(100 * DAY);
    sweep(&app).await;
    assert_eq!(tombstones().await, 1, "without an order it went when no token could be alive");
    assert_eq!(scene.look(&bought).await, "completed");
    app.advance(3_653 * DAY);
    sweep(&app).await;
    assert_eq!(tombstones().await, 0);
    let counts = [
        app.sql("UPDATE purchases SET stage = stage").await,
        app.sql("UPDATE reservations SET state = state").await,
        app.sql("UPDATE consent_receipts SET locale = locale").await,
        app.sql("UPDATE connections SET scope = scope").await,
        app.sql("UPDATE grants SET scope = scope").await,
    ];
    assert_eq!(counts, [0; 5]);
}
