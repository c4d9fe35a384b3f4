//! The demo store with a live and a sandbox endpoint, each with its own authorization server, and agents that call it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mcp_resource::demo_store::{DemoStore, pages};
use mcp_resource::protect::Config;
use mcp_resource::shop::{
    CommerceBackend, EndpointConfig, Owner, PublicTools, Sealer, Selling, Server, ServerConfig, serve,
};
use mcp_resource::wire::{Clock, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::authorization_server::{AuthorizationServer, sign};

pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
pub const EVERYTHING: &str = "products:read inventory:read cart:write checkout:initiate orders:read";
pub const REVISIONS: [&str; 3] = ["2025-06-18", "2025-11-25", "2026-07-28"];
pub const TOOLS: [&str; 9] = [
    "search_products",
    "get_product",
    "check_inventory",
    "add_to_cart",
    "update_cart",
    "view_cart",
    "initiate_checkout",
    "get_checkout_status",
    "get_order_status",
];
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Store {
    pub origin: String,
    pub clock: Clock,
    pub demo: DemoStore,
    pub live: Arc<AuthorizationServer>,
    pub sandbox: Arc<AuthorizationServer>,
    pub http: reqwest::Client,
    folder: TempDir,
    server: Server,
}

/// What a test sets otherwise than the others.
pub struct Setting<'a> {
    pub protect: &'a dyn Fn(&mut Config),
    /// Which keys seal; the first does.
    pub keys: &'a [u8],
    pub pass_every: Duration,
    /// Of the live endpoint (C-7).
    pub public_tools: &'a [&'a str],
    pub public: &'a dyn Fn(&mut PublicTools),
}

impl Default for Setting<'_> {
    fn default() -> Self {
        // Tests of the pass set it; others want nobody to help.
        let pass_every = Duration::from_hours(1);
        Self { protect: &|_| {}, keys: &[1], pass_every, public_tools: &[], public: &|_| {} }
    }
}

impl Setting<'_> {
    fn selling(&self) -> Selling {
        let key = |from: &u8| (u32::from(*from), std::array::from_fn(|index| u8::try_from(index).unwrap() ^ from));
        let sealer = Sealer::new(&self.keys.iter().map(key).collect::<Vec<_>>()).unwrap();
        Selling { wait: Duration::ZERO, pass_every: self.pass_every, ..Selling::new(sealer) }
    }
}

impl Store {
    pub async fn open() -> Self {
        Self::open_with(&Setting::default()).await
    }

    pub async fn open_with(setting: &Setting<'_>) -> Self {
        let clock = Clock::manual(NOW);
        let servers = [AuthorizationServer::start(), AuthorizationServer::start()];
        for server in &servers {
            *server.desk.clock.lock().unwrap() = clock.clone();
        }
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Self::open_at(setting, listener, servers, TempDir::new().unwrap(), clock).await
    }

    /// The process ends and another begins, on the same port and with the same file.
    pub async fn restarted(self, setting: &Setting<'_>) -> Self {
        let Self { origin, clock, live, sandbox, folder, server, demo, .. } = self;
        server.shutdown().await;
        drop(demo);
        let listener = std::net::TcpListener::bind(origin.strip_prefix("http://").unwrap()).unwrap();
        Self::open_at(setting, listener, [live, sandbox], folder, clock).await
    }

    async fn open_at(
        setting: &Setting<'_>,
        listener: std::net::TcpListener,
        [live, sandbox]: [Arc<AuthorizationServer>; 2],
        folder: TempDir,
        clock: Clock,
    ) -> Self {
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let demo = DemoStore::open(&folder.path().join("store.db"), NOW).unwrap();
        let endpoint = |server: &AuthorizationServer, path: &str, environment: &str| {
            let mut protect = Config::new(server.issuer.clone(), format!("{origin}{path}"), "rs_1", "secret");
            protect.clock = clock.clone();
            protect.name = "Fern & Field".into();
            protect.read_rate = 100_000;
            protect.write_rate = 100_000;
            protect.concurrent_calls = 1_000;
            (setting.protect)(&mut protect);
            // C-7: the sandbox has none.
            let names = if path == "/mcp" { setting.public_tools } else { &[] };
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let mut public_tools = PublicTools { names, ..PublicTools::default() };
            (setting.public)(&mut public_tools);
            let (path, environment) = (path.into(), environment.into());
            EndpointConfig { path, protect, environment, selling: setting.selling(), public_tools }
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
        let store = Self { origin, clock, demo, live, sandbox, http, folder, server };
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
        self.agent_of(path, sub, scope, "c1_agent")
    }

    pub fn agent_of<'a>(&'a self, path: &'a str, sub: &str, scope: &str, client_id: &str) -> Agent<'a> {
        let server = if path == "/mcp" { &self.live } else { &self.sandbox };
        let now = self.clock.now();
        let claims = json!({
            "iss": server.issuer, "sub": sub, "aud": format!("{}{path}", self.origin), "client_id": client_id,
            "scope": scope, "jti": format!("token-{sub}"), "iat": now.as_secs(), "exp": now.as_secs() + 3600,
            "grant_id": format!("grant-{sub}"), "connection_id": format!("connection-{sub}"),
            "connected_at": NOW.as_micros(),
        });
        let token = sign(r#"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#, &claims.to_string(), &server.key().signer);
        Agent { store: self, path, token, revision: "2025-11-25", capabilities: json!({}), session: None }
    }

    /// A client that has no token.
    pub fn stranger(&self) -> Agent<'_> {
        let (path, token, capabilities) = ("/mcp", String::new(), json!({}));
        Agent { store: self, path, token, revision: "2025-11-25", capabilities, session: None }
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
    pub path: &'a str,
    /// Empty: none is sent.
    pub token: String,
    pub revision: &'static str,
    pub capabilities: Value,
    /// As `initialize` gave it.
    pub session: Option<String>,
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

    /// A client that has said of itself that it can open links for its user.
    pub async fn opening_links(mut self) -> Self {
        self.capabilities = json!({ "elicitation": { "form": {}, "url": {} } });
        self.introduced().await
    }

    /// Legacy clients say once what they can do.
    pub async fn introduced(mut self) -> Self {
        if self.revision != "2026-07-28" {
            let client = json!({ "name": "t", "version": "1" });
            let params =
                json!({ "protocolVersion": self.revision, "capabilities": self.capabilities, "clientInfo": client });
            let answer = self.request("initialize", params).await;
            self.session = answer.headers.get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
        }
        self
    }

    /// F7: the same call again, with what it was given.
    pub async fn retry(&self, tool: &str, arguments: Value, state: &Value, responses: Value) -> Answer {
        let mut params = json!({ "name": tool, "arguments": arguments, "requestState": state });
        if !responses.is_null() {
            params["inputResponses"] = responses;
        }
        self.request("tools/call", params).await
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// A request as a client of this revision sends it.
    pub async fn request(&self, method: &str, mut params: Value) -> Answer {
        if self.revision == "2026-07-28" {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.revision,
                "io.modelcontextprotocol/clientCapabilities": self.capabilities,
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
        let request = self
            .store
            .http
            .request(method.parse().unwrap(), format!("{}{}", self.store.origin, self.path))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        match &self.session {
            Some(session) => request.header("Mcp-Session-Id", session),
            None => request,
        }
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
