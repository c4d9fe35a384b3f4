//! C-7: what callers without a token get, where a store has named public tools: to look around, and nothing of anybody's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mcp_resource::demo_store::{DemoStore, pages};
use mcp_resource::protect::Config;
use mcp_resource::shop::{CommerceBackend, EndpointConfig, PublicTools, Sealer, Selling, ServerConfig, serve};
use mcp_resource::wire::Clock;
use mcp_resource::wire::feed::{Event, Target};
use serde_json::{Value, json};

use super::store::{Agent, Answer, EVERYTHING, NOW, REVISIONS, Setting, Store, TOOLS};

const PUBLIC: [&str; 2] = ["search_products", "get_product"];

async fn open() -> Store {
    Store::open_with(&Setting { public_tools: &PUBLIC, ..Setting::default() }).await
}

async fn open_with(public: &dyn Fn(&mut PublicTools)) -> Store {
    Store::open_with(&Setting { public_tools: &PUBLIC, public, ..Setting::default() }).await
}

/// To the letter what a store without public tools answers.
fn is_challenge(answer: &Answer, store: &Store, about: &str) {
    assert_eq!(answer.status, 401, "{about}: {answer:?}");
    let challenge = format!(
        "Bearer resource_metadata=\"{}/.well-known/oauth-protected-resource/mcp\", scope=\"products:read inventory:read\"",
        store.origin
    );
    assert_eq!(answer.headers["www-authenticate"], challenge, "{about}");
    assert_eq!((&answer.body["error"]["code"], &answer.body["id"]), (&json!(401), &Value::Null), "{about}");
    assert_eq!(answer.body["error"]["data"]["error"], "no_token", "{about}");
    assert_eq!(answer.body["error"]["data"]["reference_id"].as_str().unwrap().len(), 36, "{about}");
    assert!(!answer.headers.contains_key("mcp-session-id"), "{about}");
}

fn call(name: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": name, "arguments": {} } })
}

async fn becomes(store: &Store, status: u16) -> Answer {
    let began = Instant::now();
    loop {
        let answer = store.stranger().call("search_products", json!({ "query": "tea" })).await;
        if answer.status == status {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(5), "never {status}: {answer:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[actix_web::test]
async fn without_public_tools_every_request_needs_a_token() {
    let store = Store::open().await;
    let stranger = store.stranger();
    for method in ["initialize", "ping", "tools/list", "server/discover"] {
        is_challenge(&stranger.request(method, json!({})).await, &store, method);
    }
    is_challenge(&stranger.call("search_products", json!({ "query": "tea" })).await, &store, "a search");
}

#[actix_web::test]
async fn a_store_that_names_what_cannot_be_public_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let demo = DemoStore::open(&folder.path().join("store.db"), NOW).unwrap();
    let backend: Arc<dyn CommerceBackend> = Arc::new(demo.clone());
    for name in ["view_cart", "initiate_checkout", "get_order_status", "search_product"] {
        let public_tools = PublicTools { names: vec![name.to_owned()], ..PublicTools::default() };
        let protect = Config::new("http://localhost:1", "http://localhost:2/mcp", "rs_1", "secret");
        let selling = Selling::new(Sealer::new(&[(1, std::array::from_fn(|n| u8::try_from(n).unwrap()))]).unwrap());
        let (path, environment) = ("/mcp".to_owned(), "live".to_owned());
        let endpoint = EndpointConfig { path, protect, environment, selling, public_tools };
        let config = ServerConfig { listeners: Vec::new(), endpoints: vec![endpoint], default_endpoint: 0, workers: 1 };
        let error = serve(config, &backend, pages::pages(demo.clone(), Clock::System)).err().unwrap().to_string();
        assert!(
            error.contains(&format!("`public_tools` is `{name}`: name search_products, get_product or")),
            "{error}"
        );
    }
}

#[actix_web::test]
async fn anybody_looks_around_in_every_revision() {
    let store = open().await;
    for revision in REVISIONS {
        let stranger = store.stranger().speaking(revision);
        let beginning = if revision == "2026-07-28" { "server/discover" } else { "initialize" };
        let client = json!({ "name": "t", "version": "1" });
        let params = json!({ "protocolVersion": revision, "capabilities": {}, "clientInfo": client });
        let begun = stranger.request(beginning, params).await;
        assert_eq!(begun.status, 200, "{begun:?}");
        assert!(begun.body["result"]["capabilities"]["tools"].is_object(), "{begun:?}");
        if revision != "2026-07-28" {
            let body = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
            assert_eq!(stranger.post(body, Some("notifications/initialized"), None).await.status, 202, "B40");
            assert_eq!(stranger.request("ping", json!({})).await.body["result"], json!({}));
        }
        let found = stranger.call("search_products", json!({ "query": "sencha uji", "limit": 5 })).await;
        let product = &found.content()["products"][0];
        assert_eq!(product["product_id"], "sencha-uji-spring");
        let one = stranger.call("get_product", json!({ "product_id": "sencha-uji-spring" })).await;
        let ann = store.agent("ann", EVERYTHING);
        let known = ann.call("get_product", json!({ "product_id": "sencha-uji-spring" })).await;
        assert_eq!(one.content(), known.content(), "it is the same whoever asks");
        assert_eq!(found.headers["cache-control"], "no-store");
    }
}

#[actix_web::test]
async fn a_public_tool_says_that_it_needs_no_token_and_the_others_do_not() {
    let store = open().await;
    for (revision, agent) in REVISIONS.into_iter().flat_map(|revision| {
        [store.stranger(), store.agent("ann", "products:read")].map(|agent| (revision, agent.speaking(revision)))
    }) {
        let list = agent.request("tools/list", json!({})).await;
        let tools = list.body["result"]["tools"].as_array().unwrap().clone();
        assert_eq!((list.status, tools.len()), (200, 9), "{revision}");
        for tool in tools {
            let schemes = tool["securitySchemes"].as_array().unwrap();
            assert_eq!(tool["securitySchemes"], tool["_meta"]["securitySchemes"]);
            let is_public = PUBLIC.iter().any(|name| tool["name"] == *name);
            assert_eq!(schemes.iter().any(|scheme| *scheme == json!({ "type": "noauth" })), is_public, "{tool}");
            assert!(schemes.iter().any(|scheme| scheme["type"] == "oauth2"), "with a token it works as well: {tool}");
        }
    }
}

#[actix_web::test]
async fn whatever_is_not_public_is_the_challenge_of_always() {
    let store = open().await;
    for revision in REVISIONS {
        let stranger = store.stranger().speaking(revision);
        for tool in TOOLS.into_iter().filter(|tool| !PUBLIC.contains(tool)).chain(["fly"]) {
            is_challenge(&stranger.call(tool, json!({})).await, &store, &format!("{revision} {tool}"));
        }
        for method in ["resources/list", "prompts/list", "completion/complete", "logging/setLevel", "tools/fly", ""] {
            is_challenge(&stranger.request(method, json!({})).await, &store, &format!("{revision} {method}"));
        }
    }
    // B47: a challenge would send who only looks around to sign in: SDKs ask for the stream as soon as they are connected.
    for method in ["GET", "DELETE", "PUT"] {
        let answer = Agent::answer(store.stranger().bare(method)).await;
        assert!(answer.status == 405 && !answer.headers.contains_key("www-authenticate"), "{method}: {answer:?}");
    }
    let sandbox = store.agent_at("/sandbox/mcp", "ann", "products:read");
    let elsewhere = Agent { token: String::new(), ..sandbox }.call("search_products", json!({ "query": "tea" })).await;
    assert_eq!(elsewhere.status, 401, "each endpoint has its own");
    let (status, _, metadata) = store.get("/.well-known/oauth-protected-resource/mcp").await;
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    assert_eq!((status, &metadata["authorization_servers"]), (200, &json!([store.live.issuer])), "as before");
}

#[actix_web::test]
async fn tricks_with_names_and_bodies_do_not_make_a_tool_public() {
    let store = open().await;
    let stranger = store.stranger();
    for name in [
        "View_Cart",
        "view_cart ",
        "search_products ",
        "Search_Products",
        "search_products\u{0}",
        "ｓearch_products",
        "",
    ] {
        is_challenge(&stranger.post(call(name).to_string(), None, None).await, &store, name);
    }
    let raw = |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
    let long = format!(r#"{{"name":"search_products","arguments":{{"query":"{}"}}}}"#, "a".repeat(20_000));
    for body in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        raw(r#"{"name":["search_products"],"arguments":{}}"#),
        raw(r#"{"name":"search_products","name":"view_cart","arguments":{}}"#),
        raw(r#"{"arguments":{"name":"search_products"}}"#),
        raw(&long),
        // B30: nothing but calls that would be served one by one, and one that would not.
        json!([call("search_products"), call("get_product")]).to_string(),
        json!([call("search_products"), call("view_cart")]).to_string(),
        // A call that nobody waits for is none.
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"search_products","arguments":{"query":"x"}}}"#
            .to_owned(),
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"view_cart"}}"#
            .to_owned(),
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#.to_owned(),
    ] {
        is_challenge(&stranger.post(body.clone(), None, None).await, &store, &body);
    }
    // The last of two names counts for the decision, and is all that is passed on.
    let twice = raw(r#"{"name":"view_cart","name":"search_products","arguments":{"query":"sencha"}}"#);
    let answer = stranger.post(twice, None, None).await;
    assert!(answer.content()["products"].is_array(), "{answer:?}");
    // 2026-07-28 names the tool in a header too: another one there opens nothing.
    let modern = store.stranger().speaking("2026-07-28");
    let params = json!({ "name": "view_cart", "arguments": {} });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    is_challenge(&modern.post(body, Some("tools/call"), Some("search_products")).await, &store, "Mcp-Name");
}

#[actix_web::test]
async fn a_bad_token_is_refused_where_none_would_do() {
    let store = open().await;
    let good = store.agent("ann", EVERYTHING);
    let tampered = format!("{}A", good.token);
    let query = json!({ "query": "tea" });
    for token in ["x", "a.b.c", tampered.as_str()] {
        let agent = Agent { token: token.to_owned(), ..good.clone() };
        for answer in [agent.call("search_products", query.clone()).await, agent.request("tools/list", json!({})).await]
        {
            assert_eq!(answer.status, 401, "{token}: {answer:?}");
            let challenge = answer.headers["www-authenticate"].to_str().unwrap();
            assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        }
    }
    // What should be a token and is none, or is of another kind, is no stranger's request either.
    for header in ["Bearer", "Bearer ", "Basic YTpi", "", "DPoP abc"] {
        let request =
            store.stranger().bare("POST").header("authorization", header).body(call("search_products").to_string());
        assert_eq!(Agent::answer(request).await.status, 401, "{header:?}");
    }
    let two = good.bare("POST").header("authorization", "Bearer x").body(call("search_products").to_string());
    assert_eq!(Agent::answer(two).await.status, 400, "RFC 6750 §2");
    // Without the permission a token is refused as before: it is somebody's, whose shopper did not allow it.
    let narrow = store.agent("ann", "cart:write").call("search_products", query.clone()).await;
    assert_eq!(narrow.status, 403);
    store.live.tell(Event::GrantRevoked { grant_id: "grant-ann".into() });
    let began = Instant::now();
    while good.call("search_products", query.clone()).await.status != 401 {
        assert!(began.elapsed() < Duration::from_secs(5), "a revoked token is refused");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    store.clock.advance(Duration::from_hours(2));
    let expired = store.agent("bob", EVERYTHING);
    store.clock.advance(Duration::from_mins(61));
    let expired = expired.call("search_products", query.clone()).await;
    assert!(expired.status == 401, "{expired:?}");
    store.stranger().call("search_products", query).await.content();
}

#[actix_web::test]
async fn sessions_and_strangers_do_not_mix() {
    let store = open().await;
    let ann = store.agent("ann", EVERYTHING).opening_links().await;
    let session = ann.session.clone().expect("it can open links");
    // Somebody's session, without their token, or with nothing behind it.
    for id in [session.as_str(), "anything", ""] {
        let stranger = Agent { session: Some(id.to_owned()), ..store.stranger() };
        is_challenge(&stranger.call("search_products", json!({ "query": "tea" })).await, &store, id);
        is_challenge(&stranger.request("tools/list", json!({})).await, &store, id);
    }
    // A stranger gets none, whatever it says of itself.
    let stranger = store.stranger().opening_links().await;
    assert_eq!(stranger.session, None);
    // Who links later begins as somebody else: no link is opened on the word of a stranger.
    let linked = Agent { capabilities: json!({}), session: None, ..ann.clone() };
    let cart_id = linked.cart_with("earl-grey-bergamot-50-g", 1).await;
    let shipping = json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } });
    assert_eq!(linked.call("initiate_checkout", shipping).await.content()["state"], "awaiting_approval");
}

#[actix_web::test]
async fn nothing_of_a_shopper_is_within_a_strangers_reach() {
    let store = open().await;
    let ann = store.agent("ann", EVERYTHING);
    let cart_id = ann.cart_with("sencha-kagoshima-50-g", 3).await;
    let stranger = store.stranger();
    for (tool, arguments) in [
        ("search_products", json!({ "query": "sencha", "cart_id": cart_id })),
        ("get_product", json!({ "product_id": "sencha-kagoshima", "cart_id": cart_id })),
        ("get_product", json!({ "product_id": cart_id })),
        ("search_products", json!({ "query": "sencha", "sub": "ann" })),
    ] {
        let answer = stranger.call(tool, arguments.clone()).await;
        let code = answer.code();
        assert!(code == "invalid_argument" || code == "not_found", "{arguments}: {answer:?}");
        let told = answer.body.to_string();
        assert!(!told.contains("quantity") && !told.contains("\"ann\""), "{told}");
    }
    is_challenge(&stranger.call("view_cart", json!({ "cart_id": cart_id })).await, &store, "the cart itself");
    // F8: what a shopper's agent was given to bring back.
    let modern = store.agent("ann", EVERYTHING).speaking("2026-07-28");
    let modern = Agent { capabilities: json!({ "elicitation": { "url": {} } }), ..modern };
    let shipping = json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } });
    let state = modern.call("initiate_checkout", shipping).await.body["result"]["requestState"].clone();
    assert!(state.is_string(), "{state}");
    let thief = store.stranger().speaking("2026-07-28");
    for tool in ["search_products", "initiate_checkout"] {
        let answer =
            thief.retry(tool, json!({ "query": "tea" }), &state, json!({ "approval": { "action": "accept" } }));
        is_challenge(&answer.await, &store, tool);
    }
    assert_eq!(ann.call("view_cart", json!({})).await.content()["lines"][0]["quantity"], 3, "untouched");
}

#[actix_web::test]
async fn calls_of_strangers_are_not_in_the_trail_and_their_refusals_are() {
    let store = open().await;
    let stranger = store.stranger();
    stranger.call("search_products", json!({ "query": "tea" })).await.content();
    stranger.call("search_products", json!([1])).await;
    let refused = stranger.call("view_cart", json!({})).await;
    store.agent("ann", EVERYTHING).call("view_cart", json!({})).await;
    let began = Instant::now();
    let reference_id = refused.body["error"]["data"]["reference_id"].as_str().unwrap();
    let arrived = || store.live.records.lock().unwrap().iter().any(|record| record.reference_id == reference_id);
    while !arrived() {
        assert!(began.elapsed() < Duration::from_secs(5), "the refusal arrives");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let records = store.live.records.lock().unwrap().clone();
    assert!(records.iter().all(|record| record.tool != "search_products"), "{records:?}");
    let refusal = records.iter().find(|record| record.reference_id == reference_id).unwrap();
    assert_eq!((refusal.status, refusal.outcome.as_str(), refusal.token.is_none()), (401, "no_token", true));
}

#[actix_web::test]
async fn strangers_of_one_source_share_an_allowance_and_others_have_their_own() {
    let store = open_with(&|public| {
        public.rate = 3;
        public.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let from = |source: &str| {
        let request = store.stranger().bare("POST").header("X-Forwarded-For", source.to_owned());
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        Agent::answer(request.body(body.to_string()))
    };
    for _ in 0..3 {
        assert_eq!(from("203.0.113.1").await.status, 200);
    }
    let limited = from("203.0.113.1").await;
    assert_eq!((limited.status, &limited.headers["retry-after"]), (429, &"60".parse().unwrap()), "{limited:?}");
    assert_eq!(limited.body["error"]["data"]["error"], "rate_limited");
    assert_eq!(from("6.6.6.6, 203.0.113.1").await.status, 429, "what the proxy did not say is not believed");
    assert_eq!(from("203.0.113.2").await.status, 200);
    // Who is to link still learns where, and who has a token has an allowance of its own.
    let challenged =
        store.stranger().bare("POST").header("X-Forwarded-For", "203.0.113.1").body(call("view_cart").to_string());
    is_challenge(&Agent::answer(challenged).await, &store, "after the limit");
    store.agent("ann", EVERYTHING).call("search_products", json!({ "query": "tea" })).await.content();
    store.clock.advance(Duration::from_mins(1));
    assert_eq!(from("203.0.113.1").await.status, 200);
}

#[actix_web::test]
async fn a_header_of_nobodys_proxy_buys_no_allowance() {
    let store = open_with(&|public| public.rate = 2).await;
    let mut statuses = Vec::new();
    for number in 0..4 {
        let request = store.stranger().bare("POST").header("X-Forwarded-For", format!("203.0.113.{number}"));
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string();
        statuses.push(Agent::answer(request.body(body)).await.status);
    }
    assert_eq!(statuses, [200, 200, 429, 429]);
}

#[actix_web::test]
async fn one_source_runs_only_so_many_calls_at_once() {
    let store = open_with(&|public| public.concurrent_calls = 0).await;
    let answer = store.stranger().call("search_products", json!({ "query": "tea" })).await;
    assert_eq!((answer.status, &answer.headers["retry-after"]), (429, &"1".parse().unwrap()), "{answer:?}");
    store.agent("ann", EVERYTHING).call("search_products", json!({ "query": "tea" })).await.content();
}

#[actix_web::test]
async fn what_the_merchant_stops_is_stopped_for_strangers_too() {
    let store = open().await;
    becomes(&store, 200).await;
    store.live.tell(Event::Paused { target: Target::Issuer });
    let paused = becomes(&store, 503).await;
    assert_eq!(
        (&paused.headers["retry-after"], &paused.body["error"]["data"]["error"]),
        (&"60".parse().unwrap(), &json!("paused"))
    );
    is_challenge(&store.stranger().call("view_cart", json!({})).await, &store, "what needs a token anyway");
    store.live.tell(Event::Resumed { target: Target::Issuer });
    becomes(&store, 200).await;
    store.live.tell(Event::AccessSwitched { on: false });
    is_challenge(&becomes(&store, 401).await, &store, "as if no tool were public");
    store.live.tell(Event::AccessSwitched { on: true });
    becomes(&store, 200).await;
}

#[actix_web::test]
async fn while_nobody_can_tell_whether_the_store_is_open_strangers_wait() {
    let store = Store::open_with(&Setting {
        public_tools: &PUBLIC,
        protect: &|config| config.stale_after = Duration::from_millis(400),
        ..Setting::default()
    })
    .await;
    store.live.heart_beats.store(false, std::sync::atomic::Ordering::SeqCst);
    let away = becomes(&store, 503).await;
    assert_eq!(away.body["error"]["data"]["error"], "temporarily_unavailable", "never 401: {away:?}");
    store.live.heart_beats.store(true, std::sync::atomic::Ordering::SeqCst);
    becomes(&store, 200).await;
}

#[actix_web::test]
async fn pages_of_foreign_origins_are_refused_here_too() {
    let store = open().await;
    let request = store
        .stranger()
        .bare("POST")
        .header("origin", "https://evil.example")
        .body(call("search_products").to_string());
    assert_eq!(Agent::answer(request).await.status, 403, "B31");
}
