//! What shoppers see of what is kept about them: the file of their data, and what their agents did, on the cards.

use serde_json::{Value, json};
use tillgate::domain::device::Device;
use tillgate::domain::session::{ShopperSession, SignInMethod};
use tillgate::domain::{IssuerId, PurchaseId};
use tillgate::locale::Locale;
use tillgate::storage::{StorageError, purchases, shopper_sessions, shoppers};

use crate::agents::until;
use crate::purchases::Scene;
use crate::support::agent::CALLBACK;
use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Hosting, Page, Shop};

async fn file(app: &App, browser: &mut Browser) -> Page {
    let page = browser.open(&app.live().address("/account/data")).await;
    browser.press(&page, &page.form("Download"), "Download").await
}

#[tokio::test]
async fn a_shopper_downloads_what_is_kept_about_them_and_nothing_about_others() {
    let app = App::start_with_store().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    scene.answer(&asked, "Approve").await;
    scene.consume(&asked).await;
    scene.settle(&asked, Some("order-77")).await;
    let caller = app.store().caller(&scene.tokens.access);
    assert_eq!(caller.call("search_products", json!({"query": "oolong"})).await.status, 200);
    // Somebody else with the same agent, who has bought something too.
    let other = Shop { email: "other@example.com".to_owned(), ..app.live().clone() };
    let mut others = Browser::new();
    let theirs = scene.agent.connect(&mut others, &other, crate::purchases::SCOPES).await;
    let mine = std::mem::replace(&mut scene.tokens, theirs);
    let foreign = scene.ask("foreign-checkout").await;

    let page = file(&app, &mut scene.browser).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let header = |name: &str| page.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("content-disposition"), "attachment; filename=\"my-data.json\"");
    let data: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(data["account"]["email"], "shopper@example.com");
    assert_eq!(data["account"]["subject"], claims(&mine.access)["sub"]);
    assert_eq!(data["account"]["ways_to_sign_in"][0]["kind"], "password");
    assert_eq!(data["is_complete"], true);
    assert_eq!(data["browsers"].as_array().unwrap().len(), 1);
    let agent = &data["agents"][0];
    assert_eq!((agent["name"].as_str(), data["agents"].as_array().unwrap().len()), (Some("Helpful Agent"), 1));
    let permission = agent["permissions"].as_array().unwrap().iter().find(|one| one["scope"] == "checkout:initiate");
    assert_eq!(permission.unwrap()["means"], "Start a checkout for you to confirm");
    assert_eq!(agent["consents"][0]["client_id"], scene.agent.client_id.as_str());
    assert_eq!(agent["connections"].as_array().unwrap().len(), 1);
    let purchase = &data["purchases"][0];
    assert_eq!((purchase["order_id"].as_str(), purchase["state"].as_str()), (Some("order-77"), Some("completed")));
    assert_eq!(purchase["shown"]["ship_to"]["line1"], "Lindenweg 12");
    assert_eq!(data["spending"][0]["amount"], 1_490);
    let kinds: Vec<&str> =
        data["history"].as_array().unwrap().iter().filter_map(|entry| entry["what"].as_str()).collect();
    for kind in ["signed_up", "signed_in", "consent_given", "purchase_approved", "data_downloaded"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    // Nothing that signs in, nothing of others, and nothing that agents said.
    let their_sub = claims(&scene.tokens.access)["sub"].as_str().unwrap().to_owned();
    for absent in ["argon2", "other@example.com", &their_sub, &foreign.id, "foreign-checkout", "oolong"] {
        assert!(!page.body.contains(absent), "{absent}: {}", page.body);
    }
    let page = file(&app, &mut others).await;
    let data: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(data["purchases"][0]["id"], foreign.id.as_str());
    assert!(!page.body.contains("order-77") && !page.body.contains("\"shopper@example.com\""), "{}", page.body);
}

/// Spec/pages.md 5.3, rule 9: as it was answered, and not as it was asked.
#[tokio::test]
async fn a_receipt_says_what_was_agreed_to_when_and_in_which_words_and_where_the_answer_went() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let asking = agent.ask("products:read inventory:read cart:write checkout:initiate");
    let page = browser.reach_consent(&asking.url, app.live()).await;
    app.advance(42);
    let mut form = page.form("Allow");
    form.tick("inventory:read", false);
    form.tick("cart:write", true);
    let back = browser.press(&page, &form, "Allow").await;
    let allowed_at = app.clock.now();
    app.advance(17);
    let tokens = agent.redeem(&back.sent_back("code").unwrap(), &asking.verifier).await.tokens();

    let data: Value = serde_json::from_str(&file(&app, &mut browser).await.body).unwrap();
    let receipts = data["agents"][0]["consents"].as_array().unwrap();
    assert_eq!(receipts.len(), 1);
    let receipt = &receipts[0];
    let at = chrono::DateTime::parse_from_rfc3339(receipt["at"].as_str().unwrap()).unwrap();
    assert_eq!(at.timestamp_micros(), allowed_at.as_micros());
    let held = |permission: &Value| (permission["scope"].clone(), permission["means"].clone());
    let held: Vec<_> = receipt["permissions"].as_array().unwrap().iter().map(held).collect();
    let allowed = [
        (json!("products:read"), json!("Browse products and prices")),
        (json!("cart:write"), json!("Add or remove items in your cart")),
    ];
    assert_eq!(held, allowed);
    let words = Locale::english().consent_text_version();
    assert!(!words.is_empty());
    for (member, expected) in [
        ("client_id", json!(agent.client_id)),
        ("answer_went_to", json!(CALLBACK)),
        ("connection_id", claims(&tokens.access)["connection_id"].clone()),
        ("text_version", json!(words)),
        ("language", json!("en")),
        ("limits", Value::Null),
        ("asked_for_everything_at_once", json!(false)),
        ("for_one_purchase", Value::Null),
    ] {
        assert_eq!(receipt[member], expected, "{member}: {receipt}");
    }
}

#[tokio::test]
async fn the_file_needs_a_fresh_sign_in_and_the_form_of_this_session() {
    let app = App::start().await;
    let (mut browser, agent) = (Browser::new(), Agent::register(app.live()).await);
    agent.connect(&mut browser, app.live(), "products:read").await;
    let page = browser.open(&app.live().address("/account/data")).await;
    for csrf in ["", "1.AAAA"] {
        let fields = [("csrf".to_owned(), csrf.to_owned())];
        assert_eq!(browser.send(&page, "/account/data", &fields).await.status, 403);
    }
    app.advance(11 * 60);
    let asked = browser.press(&page, &page.form("Download"), "Download").await;
    assert_eq!((asked.url.path(), asked.url.query()), ("/sign-in", Some("to=%2Faccount%2Fdata")));
    browser.sign_in(&asked, app.live()).await;
    let page = file(&app, &mut browser).await;
    assert!(page.body.starts_with('{'), "{}", page.body);
    assert_eq!(Browser::new().open(&app.live().address("/account/data")).await.url.path(), "/sign-in");
}

#[tokio::test]
async fn a_file_that_holds_only_the_newest_says_so() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;
    let issuer = IssuerId::new(&app.live().issuer_id);
    let (of, id) = (issuer.clone(), PurchaseId::new(asked.id));
    let found: Result<_, StorageError> = app.db.read(move |connection| purchases::find(connection, &of, &id)).await;
    let one = found.unwrap().unwrap().purchase;
    let bought = async |numbers: std::ops::RangeInclusive<u32>| {
        let one = one.clone();
        let made: Result<(), StorageError> = app
            .db
            .write(move |tx| {
                for number in numbers {
                    let (mut next, name) = (one.clone(), format!("purchase-{number}"));
                    (next.id, next.checkout_id) = (PurchaseId::new(&name), name);
                    next.created_at = one.created_at.plus(std::time::Duration::from_secs(number.into()));
                    purchases::insert(tx, &next, None)?;
                }
                Ok(())
            })
            .await;
        made.unwrap();
    };
    let mut read = async || -> Value { serde_json::from_str(&file(&app, &mut scene.browser).await.body).unwrap() };
    let newest = |data: &Value| {
        let list = data["purchases"].as_array().unwrap().clone();
        (list.len(), list[0]["id"].as_str().unwrap().to_owned(), data["is_complete"].as_bool().unwrap())
    };
    bought(2..=500).await;
    assert_eq!(newest(&read().await), (500, "purchase-500".to_owned(), true));
    bought(501..=501).await;
    assert_eq!(newest(&read().await), (500, "purchase-501".to_owned(), false));
}

#[tokio::test]
async fn a_file_that_leaves_browsers_out_says_so() {
    let app = App::start().await;
    let mut browser = Browser::signed_in(app.live()).await;
    let (issuer, email, now) = (IssuerId::new(&app.live().issuer_id), app.live().email.clone(), app.clock.now());
    let signed_in = async |numbers: std::ops::RangeInclusive<u8>| {
        let (issuer, email) = (issuer.clone(), email.clone());
        let made: Result<(), StorageError> = app
            .db
            .write(move |tx| {
                let shopper = shoppers::find_by_email(tx, &issuer, &email)?.unwrap();
                for number in numbers {
                    let session = ShopperSession {
                        token_hash: [number; 32],
                        shopper: shopper.clone(),
                        authenticated_at: now,
                        method: SignInMethod::Password,
                        expires_at: now.plus(std::time::Duration::from_hours(1)),
                    };
                    shopper_sessions::insert(tx, &session, Device::of(""), now)?;
                }
                Ok(())
            })
            .await;
        made.unwrap();
    };
    let mut read = async || -> Value { serde_json::from_str(&file(&app, &mut browser).await.body).unwrap() };
    let listed = |data: &Value| (data["browsers"].as_array().unwrap().len(), data["is_complete"].as_bool().unwrap());
    signed_in(2..=100).await;
    assert_eq!(listed(&read().await), (100, true));
    signed_in(101..=101).await;
    assert_eq!(listed(&read().await), (100, false));
}

#[tokio::test]
async fn a_shopper_who_asks_for_the_file_again_and_again_is_told_to_wait() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__SIGN_IN__ATTEMPTS_PER_ACCOUNT", "2")]).await;
    let mut browser = Browser::signed_in(app.live()).await;
    for _ in 0..2 {
        assert_eq!(file(&app, &mut browser).await.status, 200);
    }
    let refused = file(&app, &mut browser).await;
    assert_eq!(refused.status, 429, "{}", refused.body);
    assert_eq!(refused.headers.get("retry-after").unwrap(), "900");
    // Signing in is another matter, and so is a while later.
    app.advance(15 * 60);
    let page = browser.open(&app.live().address("/sign-in?to=/account/data")).await;
    browser.sign_in(&page, app.live()).await;
    assert_eq!(file(&app, &mut browser).await.status, 200);
}

#[tokio::test]
async fn a_card_says_what_its_agent_did_last_and_what_was_ordered_through_it() {
    let app = App::start_with_store().await;
    let mut scene = Scene::set(app.live()).await;
    let caller = app.store().caller(&scene.tokens.access);
    let found = caller.content("search_products", json!({"query": "tea"})).await;
    assert!(found["products"].is_array(), "{found}");
    // One that fails does not count.
    caller.call("get_product", json!({"product_id": "none"})).await;
    let open = async || {
        let page = scene.browser.clone().open(&app.live().address("/account/agents")).await;
        page.body
    };
    until(async || open().await.contains("Searched the products, <time")).await;
    assert!(!open().await.contains("Orders through it"));
    for number in 1..=4 {
        let asked = scene.ask(&format!("checkout-{number}")).await;
        scene.answer(&asked, "Approve").await;
        scene.consume(&asked).await;
        scene.settle(&asked, Some(&format!("order-{number}"))).await;
        app.advance(60);
    }
    let page = scene.browser.open(&app.live().address("/account/agents")).await.body;
    for shown in ["Orders through it", "14.90", "order-4", "order-3", "order-2", "and 1 older order"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("order-1<") && !page.contains("order-1\u{2069}"), "{page}");
    // Another shopper with the same agent sees none of it.
    let (other, mut others) = (Shop { email: "other@example.com".to_owned(), ..app.live().clone() }, Browser::new());
    scene.agent.connect(&mut others, &other, "products:read").await;
    let page = others.open(&app.live().address("/account/agents")).await.body;
    assert!(!page.contains("Orders through it") && !page.contains("Searched"), "{page}");
}
