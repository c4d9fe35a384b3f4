//! Spending limits from the agent's request to its tokens: asked for by RFC 9396, lowered on the consent page, lowered again
//! under "Connected agents", and told to the store's server within a second.

use std::time::{Duration, Instant};

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use mcp_resource::protect::{self, Protection};
use serde_json::{Value, json};
use tillgate::domain::staff::Role;

use crate::agents::Console;
use crate::support::agent::Asking;
use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Hosting, Page, Shop, Tokens};

const SHOPPING: &str = "products:read cart:write checkout:initiate offline_access";
const ORDER: &str = "Limit per order (EUR)";
const MONTH: &str = "Limit per month (EUR)";

/// A request for checkout, with what the agent asks to be held to.
fn asks(agent: &Agent, scopes: &str, details: &Value) -> Asking {
    let (mut parameters, verifier, state) = agent.parameters(scopes);
    if !details.is_null() {
        parameters.push(("authorization_details", details.to_string()));
    }
    Asking { url: agent.authorize_url(&parameters), verifier, state }
}

fn detail(period: &str, amount: i64) -> Value {
    json!({"type": "store_checkout", "period": period, "max_amount": amount, "currency": "EUR"})
}

/// Allows everything with these amounts in the fields.
async fn allow_with(browser: &mut Browser, page: &Page, order: &str, month: &str) -> Page {
    let mut form = page.form("Allow");
    form.tick_all();
    form.fill(ORDER, order);
    form.fill(MONTH, month);
    browser.press(page, &form, "Allow").await
}

async fn redeem(agent: &Agent, asking: &Asking, back: &Page) -> (Tokens, Value) {
    let code = back.sent_back("code").unwrap_or_else(|| panic!("no code: {}", back.body));
    let answer = agent.redeem(&code, &asking.verifier).await;
    (answer.tokens(), answer.json())
}

/// Connects with these ceilings.
async fn connect(agent: &Agent, browser: &mut Browser, shop: &Shop, (order, month): (&str, &str)) -> Tokens {
    let asking = asks(agent, SHOPPING, &Value::Null);
    let page = browser.reach_consent(&asking.url, shop).await;
    let back = allow_with(browser, &page, order, month).await;
    redeem(agent, &asking, &back).await.0
}

/// The amounts that are told, by period.
fn told(holder: &Value) -> Vec<(String, i64)> {
    let list = holder["authorization_details"].as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|detail| (detail["period"].as_str().unwrap().to_owned(), detail["max_amount"].as_i64().unwrap()))
        .collect()
}

fn both(order: i64, month: i64) -> Vec<(String, i64)> {
    vec![("order".to_owned(), order), ("month".to_owned(), month)]
}

/// Where the agent that was connected last is left less.
pub async fn open_change(browser: &mut Browser, shop: &Shop) -> Page {
    let list = browser.open(&format!("{}/account/agents", shop.issuer).parse().unwrap()).await;
    let link = list.body.split("href=\"").find(|rest| rest.contains("/agents/change?"));
    let link = link.unwrap_or_else(|| panic!("no link to change: {}", list.body)).split('"').next().unwrap();
    browser.open(&list.url.join(link).unwrap()).await
}

#[tokio::test]
async fn a_shopper_lowers_what_an_agent_asks_to_be_held_to_and_its_tokens_say_so() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let asking = asks(&agent, SHOPPING, &json!([detail("order", 8_000), detail("month", 20_000)]));
    let page = browser.reach_consent(&asking.url, shop).await;
    assert!(page.body.contains("value=\"80.00\"") && page.body.contains("value=\"200.00\""), "{}", page.body);
    assert!(page.body.contains("The agent asks for 80.00 EUR at most."), "{}", page.body);
    let back = allow_with(&mut browser, &page, "50,00", "").await;
    let (tokens, answer) = redeem(&agent, &asking, &back).await;
    // An empty field leaves what was asked for.
    assert_eq!(told(&answer), both(5_000, 20_000));
    assert_eq!(told(&claims(&tokens.access)), both(5_000, 20_000));
    let detail = &claims(&tokens.access)["authorization_details"][0];
    assert_eq!((&detail["merchant_id"], &detail["currency"]), (&json!(shop.resource), &json!("EUR")));
    assert_eq!(told(&shop.introspect(&tokens.access).await.json()), both(5_000, 20_000));
    let kept = "UPDATE consent_receipts SET locale = locale WHERE limit_currency = 'EUR' AND limit_per_order = 5000 AND limit_per_month = 20000";
    assert_eq!(app.sql(kept).await, 1, "the receipt holds them");
}

#[tokio::test]
async fn an_amount_that_is_none_comes_back_beside_its_field_with_everything_that_was_chosen() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let asking = asks(&agent, SHOPPING, &json!([detail("order", 8_000)]));
    let page = browser.reach_consent(&asking.url, shop).await;
    for (typed, said) in [
        ("fifty", "Enter an amount with digits only"),
        ("1.000", "at most 2 digits"),
        ("80.01", "Enter 80.00 EUR or less."),
    ] {
        let again = allow_with(&mut browser, &page, typed, "200").await;
        assert_eq!(again.status, 422, "{typed}: {}", again.body);
        assert!(again.body.contains(said) && again.body.contains("aria-invalid=\"true\""), "{typed}: {}", again.body);
        let form = again.form("Allow");
        let value = |label: &str| form.fields.iter().find(|field| field.label == label).unwrap().value.clone();
        assert_eq!((value(ORDER), value(MONTH)), (typed.to_owned(), "200".to_owned()));
        let is_ticked = form.fields.iter().any(|field| field.value == "checkout:initiate" && field.is_sent);
        assert!(is_ticked, "{typed}: the ticks stay");
    }
    let back = allow_with(&mut browser, &page, "79.99", "200").await;
    assert_eq!(told(&redeem(&agent, &asking, &back).await.1), both(7_999, 20_000));
}

#[tokio::test]
async fn without_checkout_amounts_mean_nothing_and_no_limit_is_set() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let asking = asks(&agent, SHOPPING, &json!([detail("order", 8_000)]));
    let page = browser.reach_consent(&asking.url, shop).await;
    let mut form = page.form("Allow");
    form.fill(ORDER, "whatever");
    let back = browser.press(&page, &form, "Allow").await;
    let (tokens, answer) = redeem(&agent, &asking, &back).await;
    assert!(answer["authorization_details"].is_null() && claims(&tokens.access)["authorization_details"].is_null());
    assert_eq!(app.sql("UPDATE grants SET scope = scope WHERE limit_currency IS NULL").await, 1);
}

#[tokio::test]
async fn a_step_up_keeps_the_lower_unless_the_shopper_sets_another() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let first = connect(&agent, &mut browser, shop, ("50", "100")).await;
    let asking = asks(&agent, SHOPPING, &json!([detail("order", 8_000), detail("month", 9_000)]));
    let page = browser.reach_consent(&asking.url, shop).await;
    assert!(page.body.contains("value=\"50.00\"") && page.body.contains("value=\"90.00\""), "{}", page.body);
    let back = browser.allow(&page).await;
    assert_eq!(told(&redeem(&agent, &asking, &back).await.1), both(5_000, 9_000));
    // The ceiling is the grant's: it holds for what was connected before.
    assert_eq!(told(&shop.introspect(&first.access).await.json()), both(5_000, 9_000));
    let asking = asks(&agent, SHOPPING, &Value::Null);
    let page = browser.reach_consent(&asking.url, shop).await;
    let back = allow_with(&mut browser, &page, "70", "300").await;
    assert_eq!(told(&redeem(&agent, &asking, &back).await.1), both(7_000, 30_000));
}

#[tokio::test]
async fn the_same_answer_twice_is_answered_alike_and_another_amount_is_not() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let asking = asks(&agent, "products:read checkout:initiate", &Value::Null);
    let page = browser.reach_consent(&asking.url, shop).await;
    let mut other = browser.clone();
    let back = allow_with(&mut browser, &page, "50", "").await;
    let again = allow_with(&mut other.clone(), &page, "50.00", "").await;
    assert_eq!(back.sent_back("code").unwrap(), again.sent_back("code").unwrap(), "{}", again.body);
    let another = allow_with(&mut other, &page, "60", "").await;
    assert_eq!((another.status.as_u16(), another.sent_back("code")), (409, None), "{}", another.body);
}

#[tokio::test]
async fn under_connected_agents_a_ceiling_is_lowered_at_once_and_never_raised() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let tokens = connect(&agent, &mut browser, shop, ("50", "100")).await;
    let list = browser.open(&format!("{}/account/agents", shop.issuer).parse().unwrap()).await;
    assert!(list.body.contains("50.00 EUR at most for one order"), "{}", list.body);
    assert!(list.body.contains("100.00 EUR of 100.00 EUR left this month") && list.body.contains("<meter"));
    let page = open_change(&mut browser, shop).await;
    let mut form = page.form("Save");
    form.fill(ORDER, "60");
    let refused = browser.press(&page, &form, "Save").await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Enter 50.00 EUR or less.") && refused.body.contains("let the agent ask you again"));
    form.fill(ORDER, "20");
    let done = browser.press(&page, &form, "Save").await;
    assert!(done.body.contains("Saved. It counts from now on."), "{}", done.body);
    assert!(done.body.contains("20.00 EUR at most for one order"), "{}", done.body);
    assert_eq!(told(&shop.introspect(&tokens.access).await.json()), both(2_000, 10_000));
    let refreshed = agent.refresh(&tokens.refresh).await;
    assert_eq!(told(&refreshed.json()), both(2_000, 10_000));
}

#[tokio::test]
async fn a_permission_that_was_taken_back_is_gone_from_every_token_and_asked_for_again() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let tokens = connect(&agent, &mut browser, shop, ("", "")).await;
    let page = open_change(&mut browser, shop).await;
    let mut form = page.form("Save");
    form.tick("cart:write", false);
    browser.press(&page, &form, "Save").await;
    let scope = shop.introspect(&tokens.access).await.json()["scope"].as_str().unwrap().to_owned();
    assert_eq!(scope, "products:read checkout:initiate");
    assert_eq!(agent.refresh(&tokens.refresh).await.tokens().scope, "products:read checkout:initiate offline_access");
    let page = browser.reach_consent(&agent.ask("products:read cart:write").url, shop).await;
    assert!(page.body.contains("A connected agent asks for more"), "{}", page.body);
}

/// What a model found: the permission came back with the next step-up, which showed it as kept.
#[tokio::test]
async fn what_an_agent_held_before_all_of_it_was_revoked_is_asked_for_again() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let tokens = connect(&agent, &mut browser, shop, ("", "")).await;
    agent.revoke(&tokens.refresh).await;
    agent.connect(&mut browser, shop, "products:read").await;
    let page = browser.reach_consent(&agent.ask("products:read cart:write checkout:initiate").url, shop).await;
    assert!(page.form("Allow").fields.iter().any(|field| field.value == "cart:write"), "{}", page.body);
}

#[tokio::test]
async fn a_change_needs_the_forms_own_token_and_reaches_nobody_elses_agent() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let tokens = connect(&agent, &mut browser, shop, ("50", "")).await;
    let page = open_change(&mut browser, shop).await;
    let mut fields = page.form("Pause this agent").pressed("Pause this agent");
    let stolen = fields.clone();
    fields.iter_mut().filter(|(name, _)| name == "csrf").for_each(|(_, value)| *value = "f1_forged".to_owned());
    assert_eq!(browser.send(&page, "/account/agents/change", &fields).await.status, 403);
    let other = Shop { email: "other@example.com".to_owned(), ..shop.clone() };
    let mut stranger = Browser::new();
    stranger.reach_consent(&agent.ask("products:read").url, &other).await;
    assert_eq!(stranger.open(&page.url).await.status, 404);
    assert_eq!(stranger.send(&page, "/account/agents/change", &stolen).await.status, 403);
    assert_eq!(shop.introspect(&tokens.access).await.json()["paused"], Value::Null);
}

#[tokio::test]
async fn the_merchant_can_give_more_time_to_begin_checkouts_and_each_token_stays_short() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__TOKENS__ELEVATION_WINDOW", "31d")]).await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let mut connected = Vec::new();
    for window in ["purchase", "thirty-days"] {
        let asking = asks(&agent, SHOPPING, &Value::Null);
        let page = browser.reach_consent(&asking.url, shop).await;
        let mut form = page.form("Allow");
        let first = form.fields.iter().find(|field| field.name == "window").unwrap();
        assert_eq!(first.value, "purchase", "the shortest is chosen unless the shopper says otherwise");
        form.fill("How long it may start checkouts", window);
        form.tick_all();
        let back = browser.press(&page, &form, "Allow").await;
        connected.push(redeem(&agent, &asking, &back).await.0);
    }
    app.advance(20 * 60);
    let scope = |answer: Value| answer["scope"].as_str().unwrap().to_owned();
    let short = agent.refresh(&connected[0].refresh).await.json();
    assert!(!scope(short).contains("checkout"));
    let long = agent.refresh(&connected[1].refresh).await.json();
    assert_eq!(long["expires_in"], 900, "S1-50");
    assert!(scope(long).contains("checkout:initiate"));
}

/// S1-93: who runs the store decides, not who runs the server, and for each environment.
#[tokio::test]
async fn a_merchant_lets_shoppers_give_more_time_or_less_and_what_was_given_stays() {
    const LONGEST: &str = "The longest that a shopper can allow";
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let mut console = Console::of(shop, Role::Admin).await;
    let agent = Agent::register(shop).await;
    let offered = |page: &Page| ["today", "thirty-days"].map(|one| page.body.contains(&format!("value=\"{one}\"")));
    let mut given = Vec::new();
    for (longest, is_offered) in [("thirty-days", [true; 2]), ("today", [true, false]), ("purchase", [false; 2])] {
        console.policy(LONGEST, longest).await;
        let asking = asks(&agent, SHOPPING, &Value::Null);
        let page = browser.reach_consent(&asking.url, shop).await;
        assert_eq!(offered(&page), is_offered, "{longest}: {}", page.body);
        let mut form = page.form("Allow");
        form.tick_all();
        let mut fields = form.pressed("Allow");
        fields.retain(|(name, _)| name != "window");
        fields.push(("window".to_owned(), "thirty-days".to_owned()));
        let back = browser.send(&page, &form.action, &fields).await;
        given.push(redeem(&agent, &asking, &back).await.0);
    }
    app.advance(20 * 60);
    let has_checkout = async |tokens: &Tokens| agent.refresh(&tokens.refresh).await.tokens().scope.contains("checkout");
    assert!(has_checkout(&given[0]).await, "it was given when thirty days were allowed");
    assert!(!has_checkout(&given[2]).await);
    let mut other = Browser::new();
    let asking = asks(&Agent::register(app.sandbox()).await, SHOPPING, &Value::Null);
    let page = other.reach_consent(&asking.url, app.sandbox()).await;
    assert_eq!(offered(&page), [false; 2], "the sandbox is as the server is set up");
    console.policy(LONGEST, "").await;
    let page = browser.reach_consent(&asks(&agent, SHOPPING, &Value::Null).url, shop).await;
    assert_eq!(offered(&page), [false; 2], "and so is this one again");
}

#[tokio::test]
async fn by_default_there_is_no_choice_of_time_and_an_invented_one_is_the_default() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let asking = asks(&agent, SHOPPING, &Value::Null);
    let page = browser.reach_consent(&asking.url, shop).await;
    assert!(!page.body.contains("name=\"window\"") && page.body.contains("Checkout access lasts 15 minutes each time"));
    let mut form = page.form("Allow");
    form.tick_all();
    let mut fields = form.pressed("Allow");
    fields.push(("window".to_owned(), "thirty-days".to_owned()));
    let back = browser.send(&page, &form.action, &fields).await;
    let tokens = redeem(&agent, &asking, &back).await.0;
    app.advance(15 * 60);
    assert!(!agent.refresh(&tokens.refresh).await.tokens().scope.contains("checkout"));
}

/// What a shopper takes back is gone at the store's server within a second.
async fn within_a_second(mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(1), "more than a second has passed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn a_pause_and_a_permission_taken_back_reach_the_store_within_a_second_without_a_new_token() {
    let app = App::start_with_store().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let tokens = connect(&agent, &mut browser, shop, ("50", "100")).await;
    let caller = app.store().caller(&tokens.access);
    let search = || json!({"query": "tea"});
    let tea = || json!({"variant_id": "sencha-kagoshima-50-g", "quantity": 1});
    assert_eq!(caller.call("add_to_cart", tea()).await.status, 200);

    let page = open_change(&mut browser, shop).await;
    let paused = browser.press(&page, &page.form("Pause this agent"), "Pause this agent").await;
    assert!(paused.body.contains("You have paused this agent"), "{}", paused.body);
    within_a_second(async || caller.call("search_products", search()).await.status == 503).await;
    // Decision 4: refresh goes on, so that resuming needs nobody's consent.
    agent.refresh(&tokens.refresh).await.tokens();
    let page = open_change(&mut browser, shop).await;
    browser.press(&page, &page.form("Resume this agent"), "Resume this agent").await;
    within_a_second(async || caller.call("search_products", search()).await.status == 200).await;

    let page = open_change(&mut browser, shop).await;
    let mut form = page.form("Save");
    form.tick("cart:write", false);
    browser.press(&page, &form, "Save").await;
    within_a_second(async || caller.call("add_to_cart", tea()).await.status == 403).await;
    assert_eq!(caller.call("search_products", search()).await.status, 200);
}

/// What a store's server knows of who calls it, which it may show or act on.
#[actix_web::test]
async fn a_limit_that_was_lowered_is_known_at_the_store_within_a_second_without_a_new_token() {
    let app = App::start().await;
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let tokens = connect(&agent, &mut browser, shop, ("50", "100")).await;
    let secret = shop.resource_secret.as_str();
    let mut config = protect::Config::new(&shop.issuer, &shop.resource, &shop.resource_id, secret);
    config.clock = app.clock.clone();
    let store = Protection::start(config).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, format!("Bearer {}", tokens.access).parse().unwrap());
    let known = async || {
        let principal = store.authenticate(&headers).await.unwrap();
        told(&serde_json::to_value(&*principal.claims).unwrap())
    };
    within_a_second(async || store.is_following()).await;
    assert_eq!(known().await, both(5_000, 10_000));

    let page = open_change(&mut browser, shop).await;
    let mut form = page.form("Save");
    form.fill(ORDER, "20");
    browser.press(&page, &form, "Save").await;
    within_a_second(async || known().await == both(2_000, 10_000)).await;
    store.shutdown().await;
}
