//! What is refused at the token, revocation and introspection endpoints, and to resource servers.

use serde_json::json;
use tillgate::domain::evidence::Check;
use tillgate::keys::random;

use super::Ledger;
use crate::support::agent::CALLBACK;
use crate::support::{Agent, Answer, App, Browser, http};

const SCOPES: &str = "products:read cart:write";

/// A form with one field another.
fn changed(
    mut form: Vec<(&'static str, String)>,
    name: &'static str,
    value: impl Into<String>,
) -> Vec<(&'static str, String)> {
    form.retain(|(key, _)| *key != name);
    form.push((name, value.into()));
    form
}

#[tokio::test]
async fn a_refused_code_says_why() {
    let app = App::start().await;
    let mut ledger = Ledger::open();
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let other = Agent::register_as(shop, &json!({ "client_name": "Other", "redirect_uris": [CALLBACK] })).await;
    let (code, verifier) = agent.obtain_code(&mut browser, shop, SCOPES).await;
    let wrong_verifier = random::text("");
    let of_nobody = random::text("tgc_");
    for secret in [&code, &verifier, &wrong_verifier, &of_nobody] {
        ledger.secret(secret);
    }
    let right = agent.redemption(&code, &verifier);
    let hidden = format!("[hidden, {} characters", wrong_verifier.len());
    for (what, form, found) in [
        (
            "no grant type",
            changed(right.clone(), "grant_type", ""),
            (Check::GrantType, "authorization_code", "nothing"),
        ),
        (
            "another grant type",
            changed(right.clone(), "grant_type", "client_credentials"),
            (Check::GrantType, "authorization_code or refresh_token", "client_credentials"),
        ),
        ("no code", changed(right.clone(), "code", ""), (Check::ParameterPresent, "code", "nothing")),
        (
            "a code of nobody",
            changed(right.clone(), "code", of_nobody),
            (Check::CodeKnown, "a code that this issuer minted", "begins tgc_"),
        ),
        (
            "a wrong verifier",
            changed(right.clone(), "code_verifier", wrong_verifier),
            (Check::PkceVerifier, "", &*hidden),
        ),
        ("a short verifier", changed(right.clone(), "code_verifier", "short"), (Check::PkceVerifier, "43 to 128", "")),
        (
            "another redirect URI",
            changed(right.clone(), "redirect_uri", "https://agent.example/other"),
            (Check::CodeRedirectUri, CALLBACK, "https://agent.example/other"),
        ),
        (
            "an unknown server",
            changed(right.clone(), "resource", "https://elsewhere.example/mcp"),
            (Check::Resource, &*shop.resource, "https://elsewhere.example/mcp"),
        ),
        (
            "another client",
            changed(right.clone(), "client_id", &other.client_id),
            (Check::CodeClient, &*agent.client_id, &*other.client_id),
        ),
        (
            "nobody's client",
            changed(right.clone(), "client_id", "c1_x"),
            (Check::ClientKnown, "the id of a client", "c1_x"),
        ),
    ] {
        ledger.answered(what, &agent.post("/token", &form).await, found);
    }
    agent.redeem(&code, &verifier).await.tokens();
    let replayed = agent.redeem(&code, &verifier).await;
    ledger.answered("a code twice", &replayed, (Check::CodeUnused, "used once", "generation 1"));
    let (late, verifier) = agent.obtain_code(&mut browser, shop, SCOPES).await;
    ledger.secret(&late);
    app.advance(61);
    let answer = agent.redeem(&late, &verifier).await;
    ledger.answered("a late code", &answer, (Check::CodeExpired, "before 2027-01-15 08:01:00", "2027-01-15 08:01:01"));
    ledger.is_kept(&app, shop).await;
}

#[tokio::test]
async fn a_refused_refresh_says_why() {
    let app = App::start().await;
    let mut ledger = Ledger::open();
    let (shop, mut browser) = (app.live(), Browser::new());
    let agent = Agent::register(shop).await;
    let other = Agent::register_as(shop, &json!({ "client_name": "Other", "redirect_uris": [CALLBACK] })).await;
    let first = agent.connect(&mut browser, shop, "products:read").await;
    let second = agent.refresh(&first.refresh).await.tokens();
    let of_nobody = random::text("tgr_");
    for secret in [&first.refresh, &second.refresh, &first.access, &of_nobody] {
        ledger.secret(secret);
    }
    let answer = agent.refresh(&of_nobody).await;
    ledger.answered("a made-up token", &answer, (Check::RefreshTokenKnown, "that this issuer minted", "begins tgr_"));
    // A client that mixes them up.
    let form = changed(agent.redemption(&second.refresh, "x"), "code_verifier", random::text(""));
    let answer = agent.post("/token", &form).await;
    ledger.answered("a token as a code", &answer, (Check::CodeKnown, "a code", "begins tgr_"));
    let answer = other.refresh(&second.refresh).await;
    let found = (Check::RefreshTokenClient, agent.client_id.as_str(), other.client_id.as_str());
    ledger.answered("another client", &answer, found);
    let answer = agent.refresh_with(&second.refresh, &[("scope", "products:read cart:write".to_owned())]).await;
    ledger.answered("more than was allowed", &answer, (Check::ScopeWithinConnection, "products:read", "cart:write"));
    app.advance(241);
    let answer = agent.refresh(&first.refresh).await;
    ledger.answered("an old token", &answer, (Check::RefreshTokenUnused, "generation 2", "generation 1"));
    let answer = agent.refresh(&second.refresh).await;
    ledger.answered("a token of an ended connection", &answer, (Check::ConnectionLive, "live", "ended 2027-01-15"));

    let third = agent.connect(&mut browser, shop, "products:read").await;
    ledger.secret(&third.refresh);
    app.sql(
        "INSERT INTO restrictions (issuer_id, effect, target_kind, target_id, since, created_by) \
         SELECT id, 'off', 'issuer', '', 0, 'test' FROM issuers",
    )
    .await;
    let answer = agent.refresh(&third.refresh).await;
    ledger.answered("agents off", &answer, (Check::ConnectionLive, "live", "agents are switched off"));
    let page = browser.open(&agent.ask("products:read").url).await;
    ledger.shown("agents off at authorization", &page, (Check::AgentsOn, "agents switched on", "switched off"));
    ledger.is_kept(&app, shop).await;
}

#[tokio::test]
async fn a_refused_proof_says_why_and_tells_no_secret() {
    let app = App::start().await;
    let mut ledger = Ledger::open();
    let shop = app.live();
    let public = Agent::register(shop).await;
    let metadata = json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_post" });
    let confidential = Agent::register_as(shop, &metadata).await;
    let right = ledger.secret(confidential.secret.clone().unwrap());
    let wrong = ledger.secret(random::text("tgs_"));
    let of_others = ledger.secret("a-secret-of-another-server");
    let form = |id: &str, secret: Option<&str>| {
        let mut form = vec![("token", "x".to_owned()), ("client_id", id.to_owned())];
        form.extend(secret.map(|secret| ("client_secret", secret.to_owned())));
        form
    };
    let revoke = async |form: Vec<(&'static str, String)>| public.post("/revoke", &form).await;
    let (id, open) = (confidential.client_id.as_str(), public.client_id.as_str());
    let answer = revoke(form(id, Some(&wrong))).await;
    ledger.answered("a wrong secret", &answer, (Check::ClientSecret, "the secret of this client", "begins tgs_"));
    let answer = revoke(form(id, None)).await;
    ledger.answered("no secret", &answer, (Check::ClientSecret, "the secret of this client", "nothing"));
    let answer = revoke(form(open, Some(&of_others))).await;
    ledger.answered("a needless secret", &answer, (Check::ClientSecret, "the client is public", "[hidden, 26"));
    // A secret in the place of the id is no less a secret.
    let answer = revoke(form(&right, None)).await;
    ledger.answered("a secret as an id", &answer, (Check::ClientKnown, "the id of a client", "begins tgs_"));
    let answer = revoke(vec![("client_id", open.to_owned())]).await;
    ledger.answered("nothing to revoke", &answer, (Check::ParameterPresent, "token", "nothing"));
    let request = public.http.post(format!("{}/revoke", shop.issuer)).basic_auth(id, Some(&right));
    let answer = Answer::of(request.form(&form(open, None)).send().await.unwrap()).await;
    ledger.answered("two ids", &answer, (Check::ClientAuthentication, "one client_id", open));
    let request = public.http.post(format!("{}/revoke", shop.issuer)).bearer_auth(&of_others);
    let answer = Answer::of(request.form(&form(open, None)).send().await.unwrap()).await;
    ledger.answered("another scheme", &answer, (Check::ClientAuthentication, "Basic", "another header"));

    let introspect = async |secret: &str, form: &[(&str, &str)]| {
        let request = http().post(format!("{}/introspect", shop.issuer)).basic_auth(&shop.resource_id, Some(secret));
        Answer::of(request.form(form).send().await.unwrap()).await
    };
    let answer = introspect(&wrong, &[("token", "x")]).await;
    ledger.answered("a wrong server", &answer, (Check::ResourceServer, "and its secret", &shop.resource_id));
    let answer = introspect(&shop.resource_secret, &[]).await;
    ledger.answered("nothing to introspect", &answer, (Check::ParameterPresent, "token", "nothing"));
    ledger.secret(&shop.resource_secret);
    let request = http().post(format!("{}/resource/audit", shop.issuer));
    let request = request.basic_auth(&shop.resource_id, Some(&shop.resource_secret)).json(&json!({ "calls": right }));
    let answer = Answer::of(request.send().await.unwrap()).await;
    ledger.answered("no batch", &answer, (Check::BodyForm, "a batch of tool calls", "status 400"));
    let answer = Answer::of(http().get(format!("{}/no-such-address", shop.issuer)).send().await.unwrap()).await;
    ledger.answered("no address", &answer, (Check::Address, "an address of this issuer", "GET /no-such-address"));
    // What the framework refuses before anybody is asked.
    let unread = Answer::of(http().get(format!("{}/consent", shop.issuer)).send().await.unwrap()).await;
    ledger.answered("no parameter", &unread, (Check::FormFields, "the parameters of this address", "fewer"));
    let method = Answer::of(http().get(format!("{}/token", shop.issuer)).send().await.unwrap()).await;
    ledger.answered("another method", &method, (Check::Address, "an address of this issuer", "GET /token"));
    for path in ["token", "revoke", "register"] {
        let large = http().post(format!("{}/{path}", shop.issuer)).body("x".repeat(4 << 20)).send().await.unwrap();
        assert_eq!(large.status(), 413, "{path}");
        let large = Answer::of(large).await;
        ledger.answered("a large body", &large, (Check::RequestSize, "a smaller body", "over the limit"));
    }
    ledger.is_kept(&app, shop).await;
}
