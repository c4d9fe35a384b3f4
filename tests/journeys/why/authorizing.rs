//! What is refused at the authorization endpoint, while registering, and on the pages for people.

use serde_json::{Value, json};
use tillgate::domain::evidence::Check;
use tillgate::domain::staff::Role;
use tillgate::keys::random;
use url::Url;

use super::Ledger;
use crate::support::{Agent, Answer, App, Browser, Shop, http};

/// The parameters of a right request, with one of them another, or left out.
fn ask(agent: &Agent, change: (&str, Option<&str>)) -> Url {
    let (parameters, _, _) = agent.parameters("products:read");
    let (name, value) = change;
    let mut parameters: Vec<(&str, String)> = parameters.into_iter().filter(|(key, _)| *key != name).collect();
    parameters.extend(value.map(|value| (name, value.to_owned())));
    agent.authorize_url(&parameters)
}

#[tokio::test]
async fn a_refused_authorization_says_why_and_names_nobody() {
    let app = App::start().await;
    let mut ledger = Ledger::open();
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let page = browser.open(&ask(&agent, ("client_id", None))).await;
    ledger.shown("no client", &page, (Check::ParameterPresent, "client_id", "nothing"));
    let page = browser.open(&ask(&agent, ("client_id", Some("c1_nobody")))).await;
    ledger.shown("an unknown client", &page, (Check::ClientKnown, "the id of a client of this issuer", "c1_nobody"));
    let page = browser.open(&ask(&agent, ("redirect_uri", Some("https://agent.example/callback/")))).await;
    let found = (Check::RedirectUri, "https://agent.example/callback", "https://agent.example/callback/");
    ledger.shown("another redirect URI", &page, found);
    let twice = format!("{}&redirect_uri=https://agent.example/callback", ask(&agent, ("x", None)));
    let page = browser.open(&twice.parse().unwrap()).await;
    ledger.shown("two redirect URIs", &page, (Check::ParameterSingle, "redirect_uri once", "redirect_uri 2 times"));
    let page = browser.open(&ask(&agent, ("state", Some(&"s".repeat(7_000))))).await;
    ledger.shown("a long request", &page, (Check::RequestSize, "6000 bytes at most", "7"));
    let page = browser.open(&app.live().address("/consent")).await;
    ledger.shown("no question", &page, (Check::FormFields, "the parameters of this address", "fewer"));
    let long = [("state".to_owned(), "x".repeat(4 << 20))];
    let page = browser.send(&page, "/authorize", &long).await;
    ledger.shown("a long request as a form", &page, (Check::RequestSize, "a smaller body", "over the limit"));
    let page = browser.open(&app.live().address("/sign-out")).await;
    assert_eq!(page.status, 404);
    ledger.shown("a form as an address", &page, (Check::Address, "an address of this issuer", "GET /sign-out"));

    let object = ledger.secret(format!("eyJ{}.{}.{}", random::text(""), random::text(""), random::text("")));
    let verifier = ledger.secret(random::text(""));
    let of_people = ledger.secret("maya.shopper@mail.example");
    let foreign = format!("https://elsewhere.example/mcp?for={of_people}&ip=198.51.100.77");
    ledger.secret("198.51.100.77");
    for (what, change, found) in [
        ("a token response", ("response_type", Some("token")), (Check::ResponseType, "code", "token")),
        ("no response type", ("response_type", None), (Check::ResponseType, "code", "nothing")),
        ("a fragment response", ("response_mode", Some("fragment")), (Check::ResponseMode, "query", "fragment")),
        ("a request object", ("request", Some(&*object)), (Check::RequestObject, "the parameters", "request")),
        ("no questions", ("prompt", Some("none")), (Check::Prompt, "any but none", "none")),
        ("no PKCE", ("code_challenge", None), (Check::PkceChallenge, "a code_challenge of method S256", "nothing")),
        ("plain PKCE", ("code_challenge_method", Some("plain")), (Check::PkceChallenge, "method S256", "plain")),
        ("a short challenge", ("code_challenge", Some(&verifier[..20])), (Check::PkceChallenge, "43", "[hidden, 20")),
        ("a foreign server", ("resource", Some(&*foreign)), (Check::Resource, &*agent.resource, "elsewhere.example")),
        ("too much", ("scope", Some("admin:full")), (Check::ScopeWithinClass, "products:read", "admin:full")),
    ] {
        ledger.sent_back(what, &browser.open(&ask(&agent, change)).await, found);
    }
    ledger.secret(&verifier[..20]);
    let two = format!("{}&resource=https://elsewhere.example/mcp", ask(&agent, ("x", None)));
    let page = browser.open(&two.parse().unwrap()).await;
    ledger.sent_back("two servers", &page, (Check::ResourceSingle, "one resource", "elsewhere.example/mcp"));
    ledger.is_kept(&app, app.live()).await;
}

#[tokio::test]
async fn a_refused_person_says_why() {
    let app = App::start().await;
    let mut ledger = Ledger::open();
    let shop = app.live();
    let agent = Agent::register(shop).await;
    let mut browser = Browser::new();
    let at = |path: &str| format!("{}{path}", shop.issuer).parse::<Url>().unwrap();

    let password = ledger.secret("a wrong and secret password");
    let email = ledger.secret("somebody.typed@mail.example");
    let page = browser.open(&at("/sign-in")).await;
    let page = browser.sign_in(&page, &Shop { email, password, ..shop.clone() }).await;
    ledger.repeated("a wrong password", &page, (Check::Password, "the address and the password", "others"));
    let page = browser.open(&at("/consent?request=nothing-of-ours")).await;
    ledger.shown(
        "a made-up request",
        &page,
        (Check::RequestSealed, "a request that this issuer sealed", "15 characters"),
    );
    let page = browser.open(&at("/sign-up/finish?link=nothing-of-ours")).await;
    ledger.shown("a made-up link", &page, (Check::MailLink, "a link of ours", "not ours, or too old"));
    let page = browser.open(&at("/account/agents/disconnect?grant=nobody")).await;
    assert!(page.url.path().ends_with("/sign-in"));

    let asking = agent.ask("products:read");
    let page = browser.reach_consent(&asking.url, shop).await;
    let sealed = page.url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    ledger.secret(&sealed);
    let page_of_other = Browser::new().open(&page.url).await;
    ledger.shown("another browser", &page_of_other, (Check::Browser, "the browser that began", "another"));
    let fields = [("request", sealed.as_str()), ("csrf", "forged-token"), ("decision", "allow")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let refused = browser.send(&page, "/consent", &fields).await;
    ledger.shown("a made-up form", &refused, (Check::FormToken, "the form that this browser", "another"));
    let back = browser.press(&page, &page.form("Deny"), "Deny").await;
    assert_eq!(back.sent_back("error").as_deref(), Some("access_denied"));
    ledger.sent_back("a denial", &back, (Check::ShopperConsent, "yes", "no"));
    let second = browser.open(&agent.ask("products:read").url).await;
    app.advance(601);
    let page = browser.open(&second.url).await;
    ledger.shown("a slow shopper", &page, (Check::RequestExpired, "before 2027-01-15", "2027-01-15 08:10:01 UTC"));

    let mut viewer = Browser::new();
    let console = viewer.sign_in_as_staff(shop, Role::Viewer).await;
    let page = viewer.open(&at("/console?environment=elsewhere")).await;
    ledger.shown("no such environment", &page, (Check::Subject, "an environment of the store", "another"));
    let page = viewer.open(&at("/console/revoke?client=c1_x")).await;
    ledger.shown("a viewer who revokes", &page, (Check::Role, "a role that may do this", "viewer"));
    let page = viewer.send(&console, "/console/settings/pause", &[]).await;
    ledger.shown("no form of ours", &page, (Check::FormToken, "the form that this browser", "another"));
    ledger.is_kept(&app, shop).await;
}

#[tokio::test]
async fn a_refused_registration_says_why() {
    let app = App::start_as(crate::support::Hosting::OneStore, &[("TILLGATE__REGISTRATION__MAX_CLIENTS", "1")]).await;
    let mut ledger = Ledger::open();
    let shop = app.live();
    let post = async |body: String| {
        let request = http().post(format!("{}/register", shop.issuer)).header("content-type", "application/json");
        Answer::of(request.body(body).send().await.unwrap()).await
    };
    let secret = ledger.secret("s3cret-in-a-body");
    let with = |change: Value| {
        let mut metadata = json!({ "redirect_uris": ["https://agent.example/callback"] });
        metadata.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        metadata.to_string()
    };
    let uri = |text: &str| with(json!({ "redirect_uris": [text] }));
    let long = ledger.secret("Long Name ".repeat(30));
    for (what, body, found) in [
        ("no list", with(json!({ "redirect_uris": secret })), (Check::BodyForm, "lists of texts", "of another kind")),
        ("no URI", with(json!({ "redirect_uris": [] })), (Check::RedirectUriCount, "1 to", "0")),
        ("http", uri("http://agent.example/cb"), (Check::RedirectUriForm, "https, or http", "http://agent.example/cb")),
        ("a fragment", uri("https://agent.example/cb#x"), (Check::RedirectUriForm, "without a fragment", "cb#x")),
        ("an unknown scheme", uri("evil://cb"), (Check::RedirectUriForm, "https, loopback", "evil://cb")),
        (
            "a password",
            uri(&format!("https://me:{secret}@agent.example/cb")),
            (Check::RedirectUriForm, "without user name", "one with them"),
        ),
        (
            "an unknown method",
            with(json!({ "token_endpoint_auth_method": "tls_client_auth" })),
            (Check::AuthMethod, "client_secret_basic", "tls_client_auth"),
        ),
        (
            "another grant",
            with(json!({ "grant_types": ["client_credentials"] })),
            (Check::GrantTypes, "authorization_code", "client_credentials"),
        ),
        ("another response", with(json!({ "response_types": ["token"] })), (Check::ResponseTypes, "code", "token")),
        ("another type", with(json!({ "application_type": "spa" })), (Check::ApplicationType, "native or web", "spa")),
        ("a long name", with(json!({ "client_name": long })), (Check::MetadataText, "200", "client_name: 300")),
    ] {
        ledger.answered(what, &post(body).await, found);
    }
    ledger.is_kept(&app, shop).await;
}
