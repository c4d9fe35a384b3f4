//! The demo store's MCP server in front of the application, and callers that speak to it as clients of the three revisions
//! do. What they send is written out, so that a test can change any of it.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use mcp_resource::demo_store::{DemoStore, pages};
use mcp_resource::protect::{self, StepUp};
use mcp_resource::shop::{
    CommerceBackend, EndpointConfig, Owner, PublicTools, Sealer, Selling, Server, ServerConfig, serve,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tillgate::domain::Clock;
use tillgate::domain::issuer::Environment;

use super::{Answer, Shop, http};

pub const REVISIONS: [&str; 3] = ["2025-06-18", "2025-11-25", "2026-07-28"];
/// Another origin whose pages may call the store.
pub const KNOWN_PAGE: &str = "https://inspector.example";

/// The store's port, before anything is behind it: its address is registered first.
pub struct Door {
    listener: TcpListener,
    /// Where callers find it: its own port, or that of a proxy in front.
    public: u16,
    /// What a shopper must have proved before an agent checks out.
    step_up: StepUp,
    /// What anybody may call (C-7).
    public_tools: &'static [&'static str],
}

impl Door {
    pub fn open() -> Self {
        let door = Self::behind(0);
        let public = door.port();
        Self { public, ..door }
    }

    pub fn behind(public: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self { listener, public, step_up: StepUp::default(), public_tools: &[] }
    }

    pub fn demanding(self, step_up: StepUp) -> Self {
        Self { step_up, ..self }
    }

    pub fn with_public(self, public_tools: &'static [&'static str]) -> Self {
        Self { public_tools, ..self }
    }

    pub fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    fn origin(&self) -> String {
        format!("http://localhost:{}", self.public)
    }

    pub fn resource(&self, environment: Environment) -> String {
        format!("{}{}", self.origin(), path(environment))
    }
}

const fn path(environment: Environment) -> &'static str {
    match environment {
        Environment::Live => "/mcp",
        Environment::Sandbox => "/sandbox/mcp",
    }
}

fn selling() -> Selling {
    let sealer = Sealer::new(&[(1, std::array::from_fn(|index| u8::try_from(index).unwrap()))]).unwrap();
    Selling { wait: Duration::ZERO, pass_every: Duration::from_millis(100), ..Selling::new(sealer) }
}

/// Both environments of the demo store on one port.
pub struct Store {
    pub origin: String,
    http: reqwest::Client,
    demo: DemoStore,
    clock: Clock,
    _server: Server,
}

impl Store {
    pub fn open(door: Door, [live, sandbox]: [&Shop; 2], folder: &TempDir, clock: &Clock) -> Self {
        let origin = door.origin();
        let demo = DemoStore::open(&folder.path().join("store.sqlite3"), clock.now()).unwrap();
        let endpoint = |shop: &Shop, environment: Environment| {
            let secret = shop.resource_secret.as_str();
            let mut protect = protect::Config::new(&shop.issuer, &shop.resource, &shop.resource_id, secret);
            protect.clock = clock.clone();
            protect.step_up = door.step_up.clone();
            "The shop".clone_into(&mut protect.name);
            protect.allowed_origins = vec![KNOWN_PAGE.to_owned()];
            // The sandbox keeps the limits as they come.
            if environment == Environment::Live {
                (protect.read_rate, protect.write_rate) = (100_000, 100_000);
            }
            let (path, environment) = (path(environment).to_owned(), environment.to_string());
            let names = door.public_tools.iter().map(|name| (*name).to_owned()).collect();
            let public_tools = PublicTools { names, rate: 100_000, ..PublicTools::default() };
            EndpointConfig { path, protect, environment, selling: selling(), public_tools }
        };
        let config = ServerConfig {
            listeners: vec![door.listener],
            endpoints: vec![endpoint(live, Environment::Live), endpoint(sandbox, Environment::Sandbox)],
            default_endpoint: 0,
            workers: 1,
        };
        let backend: Arc<dyn CommerceBackend> = Arc::new(demo.clone());
        let server = serve(config, &backend, pages::pages(demo.clone(), clock.clone())).unwrap();
        Self { origin, http: http(), demo, clock: clock.clone(), _server: server }
    }

    /// An agent at the live endpoint, or one that has no token.
    pub fn caller(&self, token: &str) -> Caller<'_> {
        let token = token.to_owned();
        Caller { store: self, token, revision: "2025-11-25", capabilities: json!({}), session: None }
    }

    /// Until the store follows the feed it cannot tell whether it is open to callers without a token (C-7), and says so.
    pub async fn open_to_strangers(&self) {
        let began = std::time::Instant::now();
        while self.caller("").ask("tools/list", json!({})).await.status == 503 {
            assert!(began.elapsed() < Duration::from_secs(30), "the store never became ready");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.http.get(format!("{}{path}", self.origin)).send().await.unwrap()).await
    }

    /// Two past orders of a shopper: their ids.
    pub async fn seed_orders(&self, shop: &Shop, sub: &str) -> Vec<String> {
        let owner = Owner { iss: shop.issuer.clone(), sub: sub.to_owned() };
        self.demo.seed_orders(owner, self.clock.now()).await.unwrap()
    }
}

/// Clone one to have it speak another revision.
#[derive(Clone)]
pub struct Caller<'a> {
    pub store: &'a Store,
    /// Empty: none is sent.
    pub token: String,
    pub revision: &'static str,
    /// What it says of itself: in every request of 2026-07-28, and once before.
    pub capabilities: Value,
    /// As `initialize` gave it.
    pub session: Option<String>,
}

impl Caller<'_> {
    pub fn speaking(&self, revision: &'static str) -> Self {
        Self { revision, ..self.clone() }
    }

    /// One that can open links for its user, and has said so.
    pub async fn opening_links(mut self) -> Self {
        self.capabilities = json!({ "elicitation": { "form": {}, "url": {} } });
        if self.revision != "2026-07-28" {
            let client = json!({ "name": "journey", "version": "1" });
            let params =
                json!({ "protocolVersion": self.revision, "capabilities": self.capabilities, "clientInfo": client });
            let answer = self.ask("initialize", params).await;
            self.session = Some(answer.header("mcp-session-id").to_owned());
        }
        self
    }

    /// A request with the token and what every revision wants, and no more.
    pub fn bare(&self, method: Method) -> RequestBuilder {
        let request = self
            .store
            .http
            .request(method, format!("{}/mcp", self.store.origin))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        let request = match &self.session {
            Some(session) => request.header("mcp-session-id", session),
            None => request,
        };
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    /// A message of this revision: its headers and its body.
    pub fn message(&self, method: &str, mut params: Value) -> (Vec<(&'static str, String)>, Value) {
        let mut headers = vec![("mcp-protocol-version", self.revision.to_owned())];
        if self.revision == "2026-07-28" {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.revision,
                "io.modelcontextprotocol/clientCapabilities": self.capabilities,
            });
            headers.push(("mcp-method", method.to_owned()));
            headers.extend(params["name"].as_str().map(|name| ("mcp-name", name.to_owned())));
        }
        (headers, json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
    }

    pub async fn send(&self, headers: &[(&'static str, String)], body: impl Into<reqwest::Body>) -> Answer {
        let request =
            headers.iter().fold(self.bare(Method::POST), |request, (name, value)| request.header(*name, value));
        Answer::of(request.body(body).send().await.unwrap()).await
    }

    pub async fn ask(&self, method: &str, params: Value) -> Answer {
        let (headers, body) = self.message(method, params);
        self.send(&headers, body.to_string()).await
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        self.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// What a tool gave that did what it was asked.
    pub async fn content(&self, tool: &str, arguments: Value) -> Value {
        let answer = self.call(tool, arguments).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let result = answer.json()["result"].take();
        assert_eq!(result["isError"], false, "{result}");
        result["structuredContent"].clone()
    }
}
