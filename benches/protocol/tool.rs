//! A tool call at a protected store beside the same SDK server unprotected: the same HTTP server, the same store, the same
//! handler of the tool, and nothing that asks who calls, what they may, how often, or writes it down.
//!
//! The authorization server that the store follows runs on the load generator's core: it is another machine's work.

use std::path::Path;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use http_body_util::{BodyExt as _, Full};
use mcp_resource::demo_store::DemoStore;
use mcp_resource::protect;
use mcp_resource::shop::tools::{self, Tool};
use mcp_resource::shop::{
    CallContext, CommerceBackend, EndpointConfig, Owner, PublicTools, Sealer, Selling, ServerConfig,
};
use rmcp::model::{CallToolRequestParams, CallToolResponse, ServerCapabilities, Tool as ToolDefinition};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tillgate::config::{Format, Log};
use tillgate::domain::Clock;

use crate::load::{CONCURRENCY, request, send_all};
use crate::machine::{LOAD_CORE, Server, free_port, median, pin_load, runtime, verdict};
use crate::seed::{RESOURCE, Seeded};

const PAIRS: usize = 5;
/// Agents whose tokens are used in turn.
const AGENTS: usize = 200;
const BODY: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_products","arguments":{"query":"green tea","limit":5}}}"#;

pub fn run(count: usize) {
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(compare(folder.path(), count));
}

async fn compare(folder: &Path, count: usize) {
    let [issuer_at, ours_at, floor_at] = [free_port(), free_port(), free_port()];
    let seeded = Seeded::new(folder, issuer_at).await;
    let agents = seeded.connections(&seeded.client_id, AGENTS, 1).await;
    seeded.close();
    let told = [seeded.context.url(), &seeded.resource_id, &seeded.resource_secret].join(" ");
    std::fs::write(folder.join("store.txt"), told).unwrap();
    let _issuer = Server::start_on(LOAD_CORE, "serve-ours", folder, issuer_at);
    let ours = Server::start("serve-store", folder, ours_at);
    let floor = Server::start("serve-bare", folder, floor_at);
    let tokens: Vec<String> = agents.iter().map(|id| seeded.access_token(*id)).collect();
    let asks = |port: u16| -> Vec<Vec<u8>> {
        let headers = |token: &String| {
            format!(
                "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
                 MCP-Protocol-Version: 2025-11-25\r\nAuthorization: Bearer {token}\r\n"
            )
        };
        tokens.iter().cycle().take(count).map(|token| request(port, "POST", "/mcp", &headers(token), BODY)).collect()
    };
    let (mut ratios, mut rates) = (Vec::new(), (Vec::new(), Vec::new()));
    for pair in 0..=PAIRS {
        let one = send_all(ours.port, asks(ours.port), CONCURRENCY, 200).await.per_second;
        let other = send_all(floor.port, asks(floor.port), CONCURRENCY, 200).await.per_second;
        // The first pair warms both sides.
        if pair > 0 {
            ratios.push(one / other);
            rates.0.push(one);
            rates.1.push(other);
        }
    }
    let ratio = median(&mut ratios);
    println!(
        "search_products: protected {:.0}/s, unprotected {:.0}/s, {:.0} %: {} (to pass: 60 %)",
        median(&mut rates.0),
        median(&mut rates.1),
        ratio * 100.0,
        verdict(ratio >= 0.6)
    );
}

fn store(folder: &Path, name: &str) -> Arc<dyn CommerceBackend> {
    Arc::new(DemoStore::open(&folder.join(name), Clock::System.now()).unwrap())
}

fn listen(port: u16) -> std::net::TcpListener {
    std::net::TcpListener::bind(("127.0.0.1", port)).unwrap()
}

/// Ours. Serves until it is killed.
pub fn serve_protected(folder: &str, port: u16) {
    tillgate::telemetry::init(&Log { format: Format::Json, filter: "info".to_owned() });
    drop(rustls::crypto::ring::default_provider().install_default());
    let told = std::fs::read_to_string(Path::new(folder).join("store.txt")).unwrap();
    let [issuer, id, secret] = told.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let protect = protect::Config {
        read_rate: u32::MAX,
        write_rate: u32::MAX,
        ..protect::Config::new(issuer, RESOURCE, id.to_owned(), secret.to_owned())
    };
    let sealer = Sealer::new(&[(1, std::array::from_fn(|index| u8::try_from(index).unwrap()))]).unwrap();
    let (path, environment, selling) = ("/mcp".to_owned(), "live".to_owned(), Selling::new(sealer));
    let endpoint = EndpointConfig { path, protect, environment, selling, public_tools: PublicTools::default() };
    let config =
        ServerConfig { listeners: vec![listen(port)], endpoints: vec![endpoint], default_endpoint: 0, workers: 1 };
    let backend = store(Path::new(folder), "ours.sqlite3");
    actix_web::rt::System::new().block_on(async {
        let mut server = mcp_resource::shop::serve(config, &backend, Arc::new(|_| ())).unwrap();
        server.wait().await.unwrap();
    });
}

type Sdk = StreamableHttpService<Bare, NeverSessionManager>;

/// The floor. Serves until it is killed.
pub fn serve_bare(folder: &str, port: u16) {
    let bare = Bare(store(Path::new(folder), "floor.sqlite3"));
    let mut config = StreamableHttpServerConfig::default().with_allowed_hosts(["127.0.0.1".to_owned()]);
    config.legacy_session_mode = false;
    config.json_response = true;
    let sdk: Data<Sdk> = Data::new(StreamableHttpService::new(
        move || Ok(bare.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    ));
    let app = move || App::new().app_data(sdk.clone()).route("/mcp", web::post().to(ask));
    let server = HttpServer::new(app).workers(1).listen(listen(port)).unwrap();
    actix_web::rt::System::new().block_on(server.run()).unwrap();
}

async fn ask(sdk: Data<Sdk>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut head = http::Request::post("/mcp");
    for (name, value) in request.headers() {
        head = head.header(name.as_str(), value.as_bytes());
    }
    let (parts, body) = sdk.handle(head.body(Full::new(body)).unwrap()).await.into_parts();
    let Ok(whole) = body.collect().await;
    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap();
    HttpResponse::build(status).content_type("application/json").body(whole.to_bytes())
}

#[derive(Clone)]
struct Bare(Arc<dyn CommerceBackend>);

impl ServerHandler for Bare {
    fn get_info(&self) -> rmcp::model::ServerConfig {
        rmcp::model::ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    fn get_tool(&self, name: &str) -> Option<ToolDefinition> {
        tools::definition(name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let context = CallContext {
            owner: Owner { iss: "https://issuer.example".to_owned(), sub: "shopper".to_owned() },
            client_id: "client".to_owned(),
            environment: "live".into(),
            origin: "https://shop.example".into(),
            now: Clock::System.now(),
        };
        let tool = Tool::by_name(&request.name).unwrap();
        let arguments = request.arguments.unwrap_or_default();
        tools::call(&*self.0, tool, arguments, &context, "reference").await.result
    }
}
