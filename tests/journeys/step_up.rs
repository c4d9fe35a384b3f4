//! How and when a shopper has signed in, and who may demand it: the agent by `prompt`, `max_age` and `acr_values` (OpenID Connect
//! Core §3.1.2.1, RFC 9470), the merchant for checkout.

use serde_json::{Value, json};
use tillgate::domain::staff::Role;
use url::Url;

use crate::agents::Console;
use crate::purchases::Scene;
use crate::support::app::PASSWORD;
use crate::support::html::forms;
use crate::support::jwt::claims;
use crate::support::provider::BUTTON;
use crate::support::{Agent, App, Browser, Page, Provider, Shop};

const PHR: &str = "phr";
const ONE_FACTOR: &str = "urn:tillgate:acr:one-factor";
const CHECKOUT: &str = "products:read cart:write checkout:initiate";

/// The request with more parameters, and its verifier.
pub fn request(agent: &Agent, scopes: &str, more: &[(&'static str, &str)]) -> (Url, String) {
    let (mut parameters, verifier, _) = agent.parameters(scopes);
    parameters.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    (agent.authorize_url(&parameters), verifier)
}

/// Where the page is.
fn path(page: &Page) -> &str {
    page.url.path()
}

/// What a virtual authenticator would have done: the journey in a real browser is `tests/clients/passkeys.test.mjs`.
pub async fn by_passkey(app: &App) {
    assert!(app.sql("UPDATE shopper_sessions SET method = 'passkey'").await > 0);
}

/// What the merchant demands for checkout.
pub async fn demand(shop: &Shop, max_age: &str, boxes: &[&str]) -> Page {
    let mut console = Console::of(shop, Role::Admin).await;
    let page = console.open("/console/agents/policy", &[]).await;
    let mut form = forms(&page.body).into_iter().find(|form| form.action.ends_with("/policy/checkout")).unwrap();
    form.fill("Signed in", max_age);
    for value in ["passkey", "purchases"] {
        form.tick(value, boxes.contains(&value));
    }
    form.fill("Your password", PASSWORD);
    console.browser.press(&page, &form, "Save").await
}

#[tokio::test]
async fn an_agent_can_have_the_shopper_sign_in_again_and_its_tokens_say_when_and_how() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::signed_in(app.live()).await;
    let began = app.clock.now().as_secs();
    app.advance(60);
    for (parameter, needs_sign_in) in
        [(("max_age", "61"), false), (("max_age", "59"), true), (("prompt", "login"), true), (("max_age", "0"), true)]
    {
        let (url, verifier) = request(&agent, "products:read", &[parameter]);
        let mut page = browser.open(&url).await;
        assert_eq!(path(&page) == "/sign-in", needs_sign_in, "{parameter:?}: {}", page.url);
        if needs_sign_in {
            page = browser.sign_in(&page, app.live()).await;
        }
        assert_eq!(path(&page), "/consent", "{parameter:?}");
        let back = browser.allow(&page).await;
        let tokens = agent.redeem(&back.sent_back("code").unwrap(), &verifier).await.tokens();
        let expected = if needs_sign_in { app.clock.now().as_secs() } else { began };
        // RFC 9068 §2.2.1.
        let said = claims(&tokens.access);
        assert_eq!((&said["auth_time"], &said["acr"]), (&json!(expected), &json!(ONE_FACTOR)), "{parameter:?}");
        // RFC 9470 §6.2.
        let told = app.live().introspect(&tokens.access).await.json();
        assert_eq!((&told["auth_time"], &told["acr"]), (&said["auth_time"], &said["acr"]));
        app.advance(60);
        if !tokens.refresh.is_empty() {
            let later = claims(&agent.refresh(&tokens.refresh).await.tokens().access);
            assert_eq!(later["auth_time"], expected, "of the consent, not of the refresh");
        }
    }
}

#[tokio::test]
async fn without_pages_the_agent_is_told_what_is_missing() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (url, _) = request(&agent, "products:read", &[("prompt", "none")]);
    let mut nobody = Browser::new();
    assert_eq!(nobody.open(&url).await.sent_back("error").as_deref(), Some("login_required"));
    let mut browser = Browser::signed_in(app.live()).await;
    assert_eq!(browser.open(&url).await.sent_back("error").as_deref(), Some("consent_required"));
    let (strong, _) = request(&agent, "products:read", &[("prompt", "none"), ("acr_values", PHR)]);
    assert_eq!(browser.open(&strong).await.sent_back("error").as_deref(), Some("login_required"));
    for (name, value) in [("prompt", "none login"), ("max_age", "soon"), ("acr_values", " ")] {
        let (url, _) = request(&agent, "products:read", &[(name, value)]);
        assert_eq!(browser.open(&url).await.sent_back("error").as_deref(), Some("invalid_request"), "{name}");
    }
    let (unmet, _) = request(&agent, "products:read", &[("acr_values", "phrh")]);
    assert_eq!(browser.open(&unmet).await.sent_back("error").as_deref(), Some("unmet_authentication_requirements"));
}

#[tokio::test]
async fn the_address_that_an_agent_hints_at_is_filled_in_as_text() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (url, _) = request(&agent, "products:read", &[("login_hint", "maya\"<b>@example.com")]);
    let page = Browser::new().open(&url).await;
    assert_eq!(path(&page), "/sign-in");
    let form = page.form("Sign in");
    let field = form.fields.iter().find(|field| field.label == "E-mail address").unwrap();
    assert!(!page.body.contains("<b>@") && field.value.ends_with("@example.com"), "{}", field.value);
}

#[tokio::test]
async fn an_agent_that_asks_for_an_account_leads_to_making_one_unless_somebody_is_signed_in() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (url, _) = request(&agent, "products:read", &[("prompt", "create"), ("login_hint", "new@example.com")]);
    let mut browser = Browser::new();
    let page = browser.open(&url).await;
    assert_eq!(path(&page), "/sign-up", "{}", page.body);
    assert_eq!(
        page.form("Send me the link").fields.iter().find(|field| field.name == "email").unwrap().value,
        "new@example.com"
    );
    // Who has one already goes on from there.
    let (_, rest) = page.body.split_once("/sign-in?request=").unwrap();
    let door = app.live().address(&format!("/sign-in?request={}", rest.split('"').next().unwrap()));
    let door = browser.open(&door).await;
    let page = browser.sign_in(&door, app.live()).await;
    assert_eq!(path(&page), "/consent", "{}", page.body);
    let page = browser.open(&url).await;
    assert_eq!(path(&page), "/consent", "{}", page.body);
}

#[tokio::test]
async fn who_is_not_the_one_that_the_consent_page_names_signs_in_instead_for_the_same_agent() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::signed_in(app.live()).await;
    let (url, verifier) = request(&agent, "products:read", &[("prompt", "select_account")]);
    let page = browser.open(&url).await;
    let form = forms(&page.body).into_iter().find(|form| form.has_button("Not you?")).unwrap();
    let page = browser.press(&page, &form, "Not you?").await;
    assert_eq!(path(&page), "/sign-in", "{}", page.body);
    assert_eq!(path(&browser.open(&app.live().address("/account/agents")).await), "/sign-in", "signed out");
    let page = browser.sign_in(&page, app.live()).await;
    assert_eq!(path(&page), "/consent", "{}", page.body);
    let back = browser.allow(&page).await;
    assert_eq!(
        claims(&agent.redeem(&back.sent_back("code").unwrap(), &verifier).await.tokens().access)["scope"],
        "products:read"
    );
}

#[tokio::test]
async fn who_must_use_a_passkey_and_has_none_is_led_to_adding_one_and_back() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::signed_in(app.live()).await;
    let (url, verifier) = request(&agent, "products:read", &[("acr_values", PHR)]);
    let page = browser.open(&url).await;
    assert_eq!(path(&page), "/sign-in");
    assert!(page.body.contains("You have no passkey here yet"), "{}", page.body);
    assert!(!page.body.contains("name=\"password\""), "what does not help is not offered");
    let start = page.body.find("/account/sign-in?request=").unwrap();
    let link: String = page.body[start..].chars().take_while(|c| *c != '"').collect();
    let link = link.replace("&#38;", "&").replace("&amp;", "&");
    let ways = browser.open(&app.live().address(&link)).await;
    assert!(ways.body.contains("then go on to what you were doing"), "{}", ways.body);
    // With a passkey it goes on, and the token says so.
    by_passkey(&app).await;
    let page = browser.open(&url).await;
    assert_eq!(path(&page), "/consent", "{}", page.body);
    let back = browser.allow(&page).await;
    let tokens = agent.redeem(&back.sent_back("code").unwrap(), &verifier).await.tokens();
    assert_eq!(claims(&tokens.access)["acr"], PHR);
}

#[tokio::test]
async fn a_sign_in_of_a_while_ago_is_proved_again_on_the_way_to_adding_a_passkey() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::signed_in(app.live()).await;
    app.advance(11 * 60);
    let (url, _) = request(&agent, "products:read", &[("acr_values", PHR)]);
    let page = browser.open(&url).await;
    let sealed = page.url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    let ways = browser.open(&app.live().address(&format!("/account/sign-in?request={sealed}"))).await;
    assert!(ways.body.contains("step=add"), "{}", ways.body);
    let page = browser.open(&app.live().address(&format!("/sign-in?request={sealed}&step=add"))).await;
    let page = browser.sign_in(&page, app.live()).await;
    assert_eq!((path(&page), page.url.query_pairs().next().unwrap().1.into_owned()), ("/account/sign-in", sealed));
    assert!(page.body.contains("data-passkey=\"create\""), "{}", page.body);
}

#[tokio::test]
async fn the_merchant_can_demand_a_fresh_sign_in_and_a_passkey_before_checkout_is_allowed() {
    let app = App::start().await;
    let shop = app.live();
    let agent = Agent::register(shop).await;
    let saved = demand(shop, "3600", &[]).await;
    assert!(saved.body.contains("Saved"), "{}", saved.body);
    let mut browser = Browser::signed_in(app.live()).await;
    app.advance(3_601);
    // What is no checkout is allowed as before (only loopback wants more for a cart).
    let page = browser.open(&agent.ask("products:read").url).await;
    assert!(browser.allow(&page).await.sent_back("code").is_some());
    let asking = agent.ask(CHECKOUT);
    let page = browser.open(&asking.url).await;
    assert_eq!(path(&page), "/consent");
    assert!(page.body.contains("you sign in again first"), "{}", page.body);
    let page = browser.allow_everything(&page).await;
    assert_eq!(path(&page), "/sign-in", "{}", page.body);
    let page = browser.sign_in(&page, shop).await;
    assert!(browser.allow_everything(&page).await.sent_back("code").is_some());

    demand(shop, "", &["passkey"]).await;
    let page = browser.open(&agent.ask(CHECKOUT).url).await;
    // It holds the rest: the page would be about checkout alone, so the passkey comes first.
    assert_eq!((path(&page), page.url.query().unwrap().ends_with("step=passkey")), ("/sign-in", true), "{}", page.url);
    assert!(page.body.contains("asks for your passkey"), "{}", page.body);
    by_passkey(&app).await;
    let page = browser.open(&agent.ask(CHECKOUT).url).await;
    assert_eq!(path(&page), "/consent");
    assert!(browser.allow(&page).await.sent_back("code").is_some());
}

#[tokio::test]
async fn the_merchant_can_demand_it_for_each_purchase_too() {
    let app = App::start().await;
    let shop = app.live();
    let mut scene = Scene::set(shop).await;
    let one = scene.ask("one").await;
    demand(shop, "", &["passkey"]).await;
    assert!(scene.open(&one).await.body.contains("Lindenweg 12"), "not for purchases");
    let shown = scene.open(&one).await;
    demand(shop, "", &["passkey", "purchases"]).await;
    let page = scene.browser.open(&one.url.parse().unwrap()).await;
    assert_eq!(path(&page), "/sign-in", "{}", page.body);
    assert!(page.body.contains("asks for your passkey") && !page.body.contains("Lindenweg"), "{}", page.body);
    // Neither does a page from before.
    let page = scene.browser.press(&shown, &shown.form("Approve"), "Approve").await;
    assert_eq!((path(&page), scene.look(&one).await.as_str()), ("/sign-in", "awaiting_approval"));
    by_passkey(&app).await;
    scene.answer(&one, "Approve").await;
    assert_eq!(scene.look(&one).await, "approved");
}

#[tokio::test]
async fn only_what_the_page_offers_can_be_demanded_and_only_by_an_admin_who_proves_it() {
    let app = App::start().await;
    let mut console = Console::of(app.live(), Role::Admin).await;
    let page = console.open("/console/agents/policy", &[]).await;
    let form = forms(&page.body).into_iter().find(|form| form.action.ends_with("/policy/checkout")).unwrap();
    let mut wrong = form.clone();
    wrong.fill("Signed in", "3600");
    wrong.fill("Your password", "not the password");
    assert_eq!(console.browser.press(&page, &wrong, "Save").await.status, 422);
    let mut fields = form.pressed("Save");
    for (name, value) in &mut fields {
        match name.as_str() {
            "max_age" => "1".clone_into(value),
            "password" => PASSWORD.clone_into(value),
            _ => {}
        }
    }
    assert_eq!(console.browser.send(&page, &form.action, &fields).await.status, 400);
    let page = console.open("/console/agents/policy", &[]).await;
    assert!(page.body.contains("<option value=\"\" selected>At any time"), "nothing was changed: {}", page.body);
}

#[tokio::test]
async fn the_metadata_says_what_can_be_demanded() {
    let app = App::start().await;
    let url = app.live().address("/.well-known/openid-configuration");
    let metadata: Value = serde_json::from_str(&Browser::new().open(&url).await.body).unwrap();
    let expected = if url.domain().is_some() { json!([PHR, ONE_FACTOR]) } else { json!([ONE_FACTOR]) };
    assert_eq!(metadata["acr_values_supported"], expected);
}

#[tokio::test]
async fn a_provider_is_asked_to_ask_again_where_the_agent_demands_it_and_a_clock_behind_ours_does_not_matter() {
    let provider = Provider::start();
    let app = provider.app().await;
    let agent = Agent::register(app.live()).await;
    let (url, _) = request(&agent, "products:read", &[("prompt", "login")]);
    let mut browser = Browser::new();
    let page = browser.open(&url).await;
    let visit = provider.go(&mut browser, &page).await;
    assert_eq!(
        (visit.parameter("prompt").as_deref(), visit.parameter("max_age").as_deref()),
        (Some("login"), Some("0"))
    );
    let mut said = Provider::claims(&app, &visit, "noor");
    said["auth_time"] = (app.clock.now().as_secs() - 20).into();
    provider.vouch(&said);
    let page = browser.open(&visit.back(&[("code", "c")])).await;
    assert_eq!(path(&page), "/consent", "{}", page.body);
}

#[tokio::test]
async fn a_sign_in_at_a_provider_is_as_fresh_as_the_provider_says() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    // It is made to say when, without asking anybody again.
    let visit = provider.begin(&mut browser, app.live()).await;
    assert_eq!((visit.parameter("prompt"), visit.parameter("max_age").as_deref()), (None, Some("31536000")));
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    browser.open(&visit.back(&[("code", "c")])).await;
    let page = browser.open(&app.live().address("/account/sign-in")).await;
    assert!(page.form("Add Elsewhere").has_button("Add Elsewhere"));
    let page = browser.press(&page, &page.form("Add Elsewhere"), "Add Elsewhere").await;
    assert!(page.left_for.is_some(), "fresh enough to add a way in: {}", page.body);
}

#[tokio::test]
async fn a_provider_that_cannot_ask_again_says_so_where_that_is_what_is_needed() {
    let provider = Provider::start();
    provider.cannot_ask_again();
    let app = provider.app().await;
    let mut browser = Browser::new();
    provider.sign_in(&app, &mut browser, "noor").await;
    let page = browser.open(&app.live().address("/sign-in?to=/account/sign-in")).await;
    assert!(page.body.contains("Elsewhere cannot ask again who you are"), "{}", page.body);
    assert!(!forms(&page.body).iter().any(|form| form.has_button(BUTTON)), "{}", page.body);
    // Whoever is not signed in can use it.
    let page = Browser::new().open(&app.live().address("/sign-in")).await;
    assert!(page.form(BUTTON).has_button(BUTTON));
    // But for what only a sign-in of this minute will do.
    let agent = Agent::register(app.live()).await;
    for (parameter, is_offered) in [
        (("max_age", "3600"), true),
        (("max_age", "300"), false),
        (("max_age", "0"), false),
        (("prompt", "login"), false),
    ] {
        let page = Browser::new().open(&request(&agent, "products:read", &[parameter]).0).await;
        assert_eq!(path(&page), "/sign-in");
        assert_eq!(forms(&page.body).iter().any(|form| form.has_button(BUTTON)), is_offered, "{parameter:?}");
        assert_eq!(page.body.contains("Elsewhere cannot ask again who you are"), !is_offered, "{parameter:?}");
    }
}

#[tokio::test]
async fn a_first_sign_in_at_a_provider_meets_a_max_age_by_what_the_provider_says_and_by_nothing_else() {
    let provider = Provider::start();
    provider.cannot_ask_again();
    let app = provider.app().await;
    let agent = Agent::register(app.live()).await;
    for (seconds_ago, is_met) in [(Some(1_800), true), (Some(3_601), false), (None, false)] {
        let mut browser = Browser::new();
        let (url, verifier) = request(&agent, "products:read", &[("max_age", "3600")]);
        let page = browser.open(&url).await;
        let visit = provider.go(&mut browser, &page).await;
        let mut said = Provider::claims(&app, &visit, "noor");
        let at = seconds_ago.map(|seconds| app.clock.now().as_secs() - seconds);
        said.as_object_mut().unwrap().remove("auth_time");
        said.as_object_mut().unwrap().extend(at.map(|at| ("auth_time".to_owned(), json!(at))));
        provider.vouch(&said);
        let page = browser.open(&visit.back(&[("code", "c")])).await;
        assert_eq!(path(&page), if is_met { "/consent" } else { "/sign-in" }, "{seconds_ago:?}: {}", page.body);
        if is_met {
            let back = browser.allow(&page).await;
            let tokens = agent.redeem(&back.sent_back("code").unwrap(), &verifier).await.tokens();
            assert_eq!(claims(&tokens.access)["auth_time"], json!(at));
        } else {
            // Signed in, and told that there it is no use to try again.
            assert!(page.body.contains("noor@example.com"), "{}", page.body);
            assert!(page.body.contains("Elsewhere cannot ask again who you are"), "{}", page.body);
            let list = browser.open(&app.live().address("/account/sessions")).await;
            let known = list.body.matches("Last checked that it is you").count();
            assert_eq!(known, 2, "the third nobody knows, and nobody says");
        }
    }
}
