//! A protected MCP endpoint on a real port, and an agent that calls it.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, HttpServer, web};
use mcp_resource::protect::{Config, Principal, Protection, metadata};
use mcp_resource::wire::{Clock, ScopeSet, Timestamp};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::authorization_server::{AuthorizationServer, sign};

/// How long anything may take to be noticed before a test gives up.
const PATIENCE: Duration = Duration::from_secs(5);
/// One at once, and one when the snapshot is complete.
pub const KEY_FETCHES_AT_START: usize = 2;
pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

pub struct Shop {
    pub server: Arc<AuthorizationServer>,
    pub protection: Protection,
    pub clock: Clock,
    pub origin: String,
    http: reqwest::Client,
}

impl Shop {
    /// Open, and following the feed.
    pub async fn open() -> Self {
        let shop = Self::open_with(AuthorizationServer::start(), |_| {});
        eventually("the feed is followed", || shop.protection.is_following()).await;
        eventually("the keys are settled", || shop.key_fetches() == KEY_FETCHES_AT_START).await;
        shop
    }

    /// Open, whatever the authorization server does.
    pub fn open_with(server: Arc<AuthorizationServer>, change: impl FnOnce(&mut Config)) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let clock = Clock::manual(NOW);
        let mut config = Config::new(server.issuer.clone(), format!("{origin}/mcp"), "rs_1", "secret");
        config.clock = clock.clone();
        config.stale_after = Duration::from_millis(400);
        config.name = "Lamps".into();
        config.allowed_origins = vec!["https://inspector.example".into()];
        change(&mut config);
        let protection = Protection::start(config).unwrap();
        let shared = protection.clone();
        let app = HttpServer::new(move || {
            App::new()
                .configure(metadata::configure_default(&shared))
                .app_data(web::Data::new(shared.clone()))
                .service(web::resource("/mcp").wrap(shared.middleware()).default_service(web::to(tool)))
        });
        actix_web::rt::spawn(app.workers(1).disable_signals().listen(listener).unwrap().run());
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { server, protection, clock, origin, http }
    }

    pub fn key_fetches(&self) -> usize {
        self.server.key_fetches.load(SeqCst)
    }

    /// The claims of a good token.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.server.issuer, "sub": "shopper-1", "aud": format!("{}/mcp", self.origin),
            "client_id": "c1_agent", "scope": "products:read inventory:read cart:write", "jti": "token-1",
            "iat": NOW.as_secs(), "exp": NOW.as_secs() + 3600, "grant_id": "grant-1",
            "connection_id": "connection-1", "connected_at": NOW.as_micros(),
        })
    }

    /// A good token but for these claims.
    pub fn token(&self, changes: &Value) -> String {
        let mut claims = self.claims();
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.signed(r#"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#, &claims.to_string())
    }

    pub fn signed(&self, header: &str, payload: &str) -> String {
        sign(header, payload, &self.server.key().signer)
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.http.request(method.parse().unwrap(), format!("{}{path}", self.origin))
    }

    pub async fn call(&self, token: &str) -> Answer {
        Answer::of(self.request("POST", "/mcp").bearer_auth(token).send().await.unwrap()).await
    }
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        // S1-59: whatever the answer, it is JSON.
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) };
        Self { status, headers, body }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn error(&self) -> &str {
        self.body["error"]["data"]["error"].as_str().unwrap_or("")
    }
}

/// The tool: says who called, and wants the scopes of `?needs=`.
async fn tool(request: HttpRequest, protection: web::Data<Protection>) -> HttpResponse {
    let principal = request.extensions().get::<Principal>().cloned().unwrap();
    if request.query_string() == "slow" {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let needed = request.query_string().strip_prefix("needs=").unwrap_or("").replace('+', " ");
    if let Err(rejection) = protection.require(&principal, ScopeSet::parse_lenient(&needed)) {
        return rejection.into_tool_response(&protection, &json!(7), None);
    }
    HttpResponse::Ok().json(json!({
        "sub": principal.claims.sub,
        "scope": principal.claims.scope,
        "authorization_details": principal.claims.authorization_details,
        "sees_token": request.headers().contains_key("authorization"),
    }))
}

/// Waits for what must come true by itself.
pub async fn eventually(what: &str, mut is_true: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !is_true() {
        assert!(began.elapsed() < PATIENCE, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
