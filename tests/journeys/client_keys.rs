//! Clients that prove themselves by keys at an address of theirs (`jwks_uri`): rotation, outages, slow and silent hosts; and
//! what becomes of a connection whose client may also come without its key.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::agent::CALLBACK;
use crate::support::{Agent, Answer, App, Browser, Document, Documents, Key, Tokens};

const KEYS: &str = "https://agent.example/jwks.json";

fn key_set(keys: &[&Key]) -> Document {
    let keys: Vec<_> = keys.iter().map(|key| &key.public).collect();
    Document::json(&json!({ "keys": keys }))
}

async fn register(app: &App, key: &Key, address: &str) -> Agent {
    let metadata = json!({
        "client_name": "Agent with keys elsewhere",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": address,
    });
    Agent { key: Some(key.clone()), ..Agent::register_as(app.live(), &metadata).await }
}

async fn start() -> (Documents, App, Key) {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let key = Key::new("ES256", "first", &app.clock);
    documents.serve(KEYS, key_set(&[&key]));
    (documents, app, key)
}

async fn refreshed(agent: &Agent, tokens: &Tokens) -> Tokens {
    agent.refresh(&tokens.refresh).await.tokens()
}

/// What an endpoint says to a client of this kind, whatever it asks.
async fn proves_itself(agent: &Agent) -> Answer {
    agent.post("/revoke", &[("token", "nothing".to_owned())]).await
}

#[tokio::test]
async fn keys_are_read_once_and_rotate_without_anybody_noticing() {
    let (documents, app, first) = start().await;
    let agent = register(&app, &first, KEYS).await;
    let mut tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    for _ in 0..5 {
        tokens = refreshed(&agent, &tokens).await;
    }
    assert_eq!(documents.requests(KEYS), 1);

    // The next key is published, and used at once.
    let second = Key::new("EdDSA", "second", &app.clock);
    documents.serve(KEYS, key_set(&[&first, &second]));
    app.advance(11);
    let after = Agent { key: Some(second.clone()), ..agent.clone() };
    tokens = refreshed(&after, &tokens).await;
    tokens = refreshed(&agent, &tokens).await;
    assert_eq!(documents.requests(KEYS), 2);

    // The first is withdrawn, and counts no more once what was held is stale.
    documents.serve(KEYS, key_set(&[&second]));
    app.advance(16 * 60);
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_client");
    refreshed(&after, &tokens).await;
}

#[tokio::test]
async fn keys_that_nobody_has_do_not_make_us_ask_again_and_again() {
    let (documents, app, key) = start().await;
    let agent = register(&app, &key, KEYS).await;
    assert_eq!(proves_itself(&agent).await.status, 200);
    app.advance(11);
    for kid in ["a", "b", "c", "d", "e"] {
        let stranger = Agent { key: Some(Key::new("ES256", kid, &app.clock)), ..agent.clone() };
        assert_eq!(proves_itself(&stranger).await.error(), "invalid_client");
    }
    assert_eq!(documents.requests(KEYS), 2);
    // Nor do assertions that could not be good whoever signed them.
    let other = Agent { issuer: app.live().issuer.clone(), ..register(&app, &key, "https://other.example/jwks").await };
    let claims =
        json!({"iss": other.client_id, "sub": other.client_id, "aud": "https://x.example", "exp": 1, "jti": "j"});
    let signed = key.sign(&key.header().to_string(), &claims.to_string());
    let form = [&[("token", "x".to_owned())][..], &crate::support::agent::assertion(&signed)[..]].concat();
    let answer = Agent { key: None, ..other }.post("/revoke", &form).await;
    assert_eq!((answer.status.as_u16(), documents.requests("https://other.example/jwks")), (401, 0));
}

#[tokio::test]
async fn what_a_host_last_said_counts_for_a_day_while_it_is_away() {
    let (documents, app, key) = start().await;
    let agent = register(&app, &key, KEYS).await;
    assert_eq!(proves_itself(&agent).await.status, 200);
    for broken in [Document::of(500, ""), Document::of(404, ""), Document::of(200, "<html>")] {
        documents.serve(KEYS, broken);
        app.advance(3 * 60 * 60);
        assert_eq!(proves_itself(&agent).await.status, 200);
    }
    app.advance(24 * 60 * 60);
    assert_eq!(proves_itself(&agent).await.error(), "invalid_client");
    documents.serve(KEYS, key_set(&[&key]));
    assert_eq!(proves_itself(&agent).await.error(), "invalid_client", "asked a moment ago");
    app.advance(11);
    assert_eq!(proves_itself(&agent).await.status, 200);
}

#[tokio::test]
async fn a_client_is_told_to_come_again_or_to_repair_its_keys_and_nothing_about_our_network() {
    let (documents, app, key) = start().await;
    documents.serve("https://broken.example/", Document::of(500, ""));
    documents.serve("https://moved.example/", Document::of(302, "").with("location", KEYS));
    documents.serve("https://private.example/", Document::json(&json!({"keys": [{"kty": "oct", "k": "AAAA"}]})));
    documents.serve("https://large.example/", Document::of(200, vec![b' '; 33 * 1024]));
    documents.is_at("inside.example", &[&["10.0.0.1:443".parse().unwrap()]]);
    documents.is_at("unknown.example", &[&[]]);
    for (host, status, error) in [
        ("broken", 503, "temporarily_unavailable"),
        ("inside", 503, "temporarily_unavailable"),
        ("unknown", 503, "temporarily_unavailable"),
        ("missing", 401, "invalid_client"),
        ("moved", 401, "invalid_client"),
        ("private", 401, "invalid_client"),
        ("large", 401, "invalid_client"),
    ] {
        let agent = register(&app, &key, &format!("https://{host}.example/")).await;
        let answer = proves_itself(&agent).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (status, error), "{host}: {}", answer.body);
        assert!(!answer.body.contains("10.0.0"), "{}", answer.body);
    }
    assert_eq!(documents.requests(KEYS), 0);
}

#[tokio::test]
async fn many_at_once_read_the_keys_once_and_a_slow_host_holds_up_only_its_own() {
    let (documents, app, key) = start().await;
    documents.serve(KEYS, key_set(&[&key]).after(Duration::from_millis(300)));
    let slow = "https://slow.example/jwks.json";
    documents.serve(slow, key_set(&[&key]).after(Duration::from_secs(30)));
    let (agent, waits) = (register(&app, &key, KEYS).await, register(&app, &key, slow).await);
    let others: Vec<_> = (0..8)
        .map(|_| {
            let waits = waits.clone();
            tokio::spawn(async move { proves_itself(&waits).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    let answers = join_all((0..64).map(|_| proves_itself(&agent))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(documents.requests(KEYS), 1);
    for other in others {
        assert_eq!(other.await.unwrap().status, 503);
    }
    assert_eq!(documents.requests(slow), 1, "who waited learns what came of it");
}

#[tokio::test]
async fn of_many_racing_uses_of_one_assertion_one_wins() {
    let app = App::start().await;
    let key = Key::new("ES256", "k1", &app.clock);
    let agent = Agent::register_with_key(app.live(), &key).await;
    agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let signed = key.assertion(&agent.client_id, &agent.issuer);
    let once = Agent { key: None, ..agent.clone() };
    let form = [&[("token", "x".to_owned())][..], &crate::support::agent::assertion(&signed)[..]].concat();
    let answers = join_all((0..64).map(|_| once.post("/revoke", &form))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.error() == "invalid_client"));
    // Each issuer and each client has its own.
    let other = Agent::register_with_key(app.sandbox(), &key).await;
    assert_eq!(proves_itself(&other).await.status, 200);
}

/// A client whose own document says that it may come with its key or without.
async fn either(app: &App) -> (Agent, Agent) {
    let key = Key::new("ES256", "k1", &app.clock);
    let with_key = Agent::register_with_key(app.live(), &key).await;
    let statement = r#"UPDATE clients SET metadata = replace(metadata, '"jwks":', '"is_key_optional":true,"jwks":')"#;
    assert_ne!(app.sql(statement).await, 0);
    (with_key.clone(), Agent { key: None, ..with_key })
}

#[tokio::test]
async fn a_connection_made_without_the_key_goes_on_with_it_or_without() {
    let app = App::start().await;
    let (with_key, without) = either(&app).await;
    let tokens = without.connect(&mut Browser::new(), app.live(), "products:read").await;
    let tokens = refreshed(&without, &tokens).await;
    refreshed(&with_key, &tokens).await;
}

#[tokio::test]
async fn a_superseded_token_of_a_connection_with_a_key_ends_nothing_without_it() {
    let app = App::start().await;
    let (with_key, without) = either(&app).await;
    let first = with_key.connect(&mut Browser::new(), app.live(), "products:read").await;
    let second = refreshed(&with_key, &first).await;
    app.advance(1000);
    for old in [&first, &second] {
        let answer = without.refresh(&old.refresh).await;
        assert_eq!(answer.error(), "invalid_grant");
        assert!(answer.body.contains("client_assertion"), "{}", answer.body);
    }
    refreshed(&with_key, &second).await;
}

/// An agent whose id is the address of its own document, with these ways to prove itself.
fn described(app: &App, documents: &Documents, key: &Key, members: &Value) -> Agent {
    let id = "https://described.example/client.json";
    let mut document = json!({
        "client_id": id,
        "client_name": "Described Agent",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "private_key_jwt",
    });
    document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    documents.serve(id, Document::json(&document).with("cache-control", "max-age=300"));
    Agent { key: Some(key.clone()), ..Agent::of(app.live(), id) }
}

#[tokio::test]
async fn keys_in_a_clients_own_document_rotate_with_it_and_outlive_its_host() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[]).await;
    let (first, second) = (Key::new("ES256", "first", &app.clock), Key::new("RS256", "second", &app.clock));
    let members = |key: &Key| json!({"jwks": {"keys": [key.public]}});
    let agent = described(&app, &documents, &first, &members(&first));
    let mut tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    tokens = refreshed(&agent, &tokens).await;
    assert_eq!(documents.requests(&agent.client_id), 1);

    let rotated = described(&app, &documents, &second, &members(&second));
    app.advance(301);
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_client");
    tokens = refreshed(&rotated, &tokens).await;

    // What the last consent saw stands in while the document is away (H17); a document without keys is no outage.
    documents.serve(&agent.client_id, Document::of(500, ""));
    app.advance(301);
    tokens = refreshed(&agent, &tokens).await;
    described(&app, &documents, &first, &json!({"token_endpoint_auth_method": "none"}));
    app.advance(301);
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_client");
}

#[tokio::test]
async fn an_address_of_keys_that_a_document_no_longer_names_counts_no_longer() {
    let (documents, app, first) = start().await;
    let second = Key::new("ES256", "second", &app.clock);
    let elsewhere = "https://agent.example/other.json";
    documents.serve(elsewhere, key_set(&[&second]));
    let agent = described(&app, &documents, &first, &json!({"jwks_uri": KEYS}));
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let tokens = refreshed(&agent, &tokens).await;
    let moved = described(&app, &documents, &second, &json!({"jwks_uri": elsewhere}));
    app.advance(301);
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_client");
    refreshed(&moved, &tokens).await;
}

#[tokio::test]
async fn a_document_with_both_spellings_lets_its_agent_come_with_its_key_or_without() {
    let (documents, app, key) = start().await;
    let both = json!({"token_endpoint_auth_methods_supported": ["none", "private_key_jwt"], "jwks_uri": KEYS});
    let with_key = described(&app, &documents, &key, &both);
    let without = Agent { key: None, ..with_key.clone() };
    let tokens = without.connect(&mut Browser::new(), app.live(), "products:read").await;
    let tokens = refreshed(&without, &tokens).await;
    refreshed(&with_key, &tokens).await;
    let tokens = with_key.connect(&mut Browser::new(), app.live(), "products:read").await;
    assert_eq!(without.refresh(&tokens.refresh).await.error(), "invalid_grant");
    refreshed(&with_key, &tokens).await;

    // Without `none` the key is demanded.
    let strict = described(&app, &documents, &key, &json!({"jwks_uri": KEYS}));
    app.advance(301);
    let (code, verifier) = strict.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    let bare = Agent { key: None, ..strict.clone() };
    assert_eq!(bare.redeem(&code, &verifier).await.error(), "invalid_client");
    strict.redeem(&code, &verifier).await.tokens();
}
