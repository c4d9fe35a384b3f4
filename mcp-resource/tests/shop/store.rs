//! The demo store with a live and a sandbox endpoint, each with its own authorization server, and agents that call it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mcp_resource::demo_store::{DemoStore, pages};
use mcp_resource::protect::Config;
use mcp_resource::shop::{CommerceBackend, EndpointConfig, Owner, Server, ServerConfig, serve};
use mcp_resource::wire::{Clock, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::authorization_server::{AuthorizationServer, sign};

pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
pub const EVERYTHING: &str = "products:read inventory:read cart:write checkout:initiate orders:read";
pub const REVISIONS: [&str; 3] = ["2025-06-18", "2025-11-25", "2026-07-28"];
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Store {
    pub origin: String,
    pub clock: Clock,
    pub demo: DemoStore,
    pub live: Arc<AuthorizationServer>,
    pub sandbox: Arc<AuthorizationServer>,
    pub http: reqwest::Client,
    _folder: TempDir,
    _server: Server,
}

impl Store {
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl Fn(&mut Config)) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (live, sandbox) = (AuthorizationServer::start(), AuthorizationServer::start());
        let clock = Clock::manual(NOW);
        let folder = TempDir::new().unwrap();
        let demo = DemoStore::open(&folder.path().join("store.db"), NOW).unwrap();
        let endpoint = |server: &AuthorizationServer, path: &str, environment: &str| {
            let mut protect = Config::new(server.issuer.clone(), format!("{origin}{path}"), "rs_1", "secret");
            protect.clock = clock.clone();
            protect.name = "Fern & Field".into();
            protect.read_rate = 100_000;
            protect.write_rate = 100_000;
            protect.concurrent_calls = 1_000;
            change(&mut protect);
            EndpointConfig { path: path.into(), protect, environment: environment.into() }
        };
        let config = ServerConfig {
            endpoints: vec![endpoint(&live, "/mcp", "live"), endpoint(&sandbox, "/sandbox/mcp", "sandbox")],
            listeners: vec![listener],
            default_endpoint: 0,
            workers: 1,
        };
        let backend: Arc<dyn CommerceBackend> = Arc::new(demo.clone());
        let server = serve(config, &backend, pages::pages(demo.clone(), clock.clone())).unwrap();
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let store = Self { origin, clock, demo, live, sandbox, http, _folder: folder, _server: server };
        store.ready().await;
        store
    }

    /// Until the feeds are followed, calls are introspected, which these servers do not answer.
    async fn ready(&self) {
        let began = Instant::now();
        for path in ["/mcp", "/sandbox/mcp"] {
            while self.agent_at(path, "probe", EVERYTHING).call("view_cart", json!({})).await.status == 503 {
                assert!(began.elapsed() < PATIENCE, "the store never became ready");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }

    pub fn agent<'a>(&'a self, sub: &str, scope: &str) -> Agent<'a> {
        self.agent_at("/mcp", sub, scope)
    }

    pub fn agent_at<'a>(&'a self, path: &'a str, sub: &str, scope: &str) -> Agent<'a> {
        let server = if path == "/mcp" { &self.live } else { &self.sandbox };
        let now = self.clock.now();
        let claims = json!({
            "iss": server.issuer, "sub": sub, "aud": format!("{}{path}", self.origin), "client_id": "c1_agent",
            "scope": scope, "jti": format!("token-{sub}"), "iat": now.as_secs(), "exp": now.as_secs() + 3600,
            "grant_id": format!("grant-{sub}"), "connection_id": format!("connection-{sub}"),
            "connected_at": NOW.as_micros(),
        });
        let token = sign(r#"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#, &claims.to_string(), &server.key().signer);
        Agent { store: self, path, token, revision: "2025-11-25" }
    }

    pub fn owner(&self, sub: &str) -> Owner {
        Owner { iss: self.live.issuer.clone(), sub: sub.into() }
    }

    pub async fn get(&self, url: &str) -> (u16, reqwest::header::HeaderMap, String) {
        let url = if url.starts_with('/') { format!("{}{url}", self.origin) } else { url.to_owned() };
        let response = self.http.get(url).send().await.unwrap();
        (response.status().as_u16(), response.headers().clone(), response.text().await.unwrap())
    }
}

#[derive(Clone)]
pub struct Agent<'a> {
    pub store: &'a Store,
    path: &'a str,
    token: String,
    pub revision: &'static str,
}

/// What came back: of HTTP, and of JSON-RPC.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The structured content of a tool that did what it was asked.
    pub fn content(&self) -> &Value {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.body["result"]["isError"], false, "{self:?}");
        &self.body["result"]["structuredContent"]
    }

    /// The error that a tool told the agent.
    pub fn error(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.body["result"]["isError"], true, "{self:?}");
        let text = self.body["result"]["content"][0]["text"].as_str().unwrap();
        serde_json::from_str::<Value>(text).unwrap()["error"].clone()
    }

    pub fn code(&self) -> String {
        self.error()["code"].as_str().unwrap().to_owned()
    }
}

static IDS: AtomicU64 = AtomicU64::new(1);

impl Agent<'_> {
    pub fn speaking(mut self, revision: &'static str) -> Self {
        self.revision = revision;
        self
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// A request as a client of this revision sends it.
    pub async fn request(&self, method: &str, mut params: Value) -> Answer {
        if self.revision == "2026-07-28" {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.revision,
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let name = body["params"]["name"].as_str().map(str::to_owned);
        self.post(body.to_string(), Some(method), name.as_deref()).await
    }

    /// Any body, with the headers of this revision.
    pub async fn post(&self, body: impl Into<reqwest::Body>, method: Option<&str>, name: Option<&str>) -> Answer {
        let mut request = self.bare("POST").header("MCP-Protocol-Version", self.revision);
        if self.revision == "2026-07-28" {
            if let Some(method) = method {
                request = request.header("Mcp-Method", method);
            }
            if let Some(name) = name.filter(|name| name.is_ascii() && !name.is_empty()) {
                request = request.header("Mcp-Name", name);
            }
        }
        Self::answer(request.body(body)).await
    }

    pub fn bare(&self, method: &str) -> reqwest::RequestBuilder {
        self.store
            .http
            .request(method.parse().unwrap(), format!("{}{}", self.store.origin, self.path))
            .bearer_auth(&self.token)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
    }

    pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        Answer { status, headers, body }
    }

    /// A cart with some tea in it.
    pub async fn cart_with(&self, variant_id: &str, quantity: i64) -> String {
        let cart = self.call("add_to_cart", json!({ "variant_id": variant_id, "quantity": quantity })).await;
        cart.content()["cart_id"].as_str().unwrap().to_owned()
    }
}
