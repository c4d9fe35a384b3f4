//! A store's MCP server as a whole: protected endpoints, their metadata, the store's own pages, `/health` and `/`.
//! What `tillgate demo` starts beside the authorization server, and what a store's own process starts alone.

use std::future::ready;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::json;
use tokio::task::JoinHandle;

use super::backend::CommerceBackend;
use super::public_tools::PublicTools;
use super::root_span;
use super::sealing::Sealer;
use crate::protect::{self, Protection, StartError, metadata};
use crate::refused;
use crate::transport::Endpoint;

/// Adds pages of the store beside the endpoints, once a worker.
pub type Pages = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// Time for requests under way when the server is asked to stop, in seconds.
const SHUTDOWN_TIMEOUT: u64 = 5;

pub struct ServerConfig {
    /// Bound by the caller, who can so say which port is in use.
    pub listeners: Vec<TcpListener>,
    pub endpoints: Vec<EndpointConfig>,
    /// Which endpoint the metadata at the root describes.
    pub default_endpoint: usize,
    pub workers: usize,
}

pub struct EndpointConfig {
    /// Such as `/mcp`; the path of the endpoint's `resource`.
    pub path: String,
    pub protect: protect::Config,
    /// `live` or `sandbox`.
    pub environment: String,
    pub selling: Selling,
    /// C-7: what anybody may call without a token; nothing by default.
    pub public_tools: PublicTools,
}

/// How an endpoint deals with purchases.
#[derive(Debug, Clone)]
pub struct Selling {
    /// Seals what clients bring back. All processes of an endpoint have its keys.
    pub sealer: Sealer,
    /// How long a retry waits for a shopper who has just opened the link (F6).
    pub wait: Duration,
    /// How often the store looks for checkouts that were left half way.
    pub pass_every: Duration,
}

impl Selling {
    pub fn new(sealer: Sealer) -> Self {
        Self { sealer, wait: Duration::from_secs(20), pass_every: Duration::from_secs(10) }
    }
}

/// Why a server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("endpoint {path}: {error}")]
    Endpoint { path: String, error: StartError },
    #[error("the store's server cannot listen: {0}")]
    Io(#[from] io::Error),
}

/// A running server. Dropping it does not stop it: call [`Server::shutdown`].
pub struct Server {
    handle: ServerHandle,
    protections: Vec<Protection>,
    passes: Vec<JoinHandle<()>>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Takes no more requests, lets those under way finish, and sends what is left of the audit records.
    pub async fn shutdown(self) {
        self.handle.stop(true).await;
        for pass in &self.passes {
            pass.abort();
        }
        for protection in &self.protections {
            protection.shutdown().await;
        }
        let _ = self.task.await;
    }

    /// Waits until the server ends by itself, which it does only on an error of the listeners.
    ///
    /// # Errors
    /// What ended it.
    pub async fn wait(&mut self) -> Result<(), ServeError> {
        match (&mut self.task).await {
            Ok(ended) => Ok(ended?),
            Err(error) => Err(io::Error::other(error).into()),
        }
    }
}

/// Starts serving `backend` and returns at once. Call it inside a tokio runtime.
///
/// # Errors
/// An endpoint's configuration can never work, or a listener cannot be used.
pub fn serve(config: ServerConfig, backend: &Arc<dyn CommerceBackend>, pages: Pages) -> Result<Server, ServeError> {
    let (mut endpoints, mut passes) = (Vec::new(), Vec::new());
    for endpoint in config.endpoints {
        let EndpointConfig { path, protect, environment, selling, public_tools } = endpoint;
        let refused = |error| ServeError::Endpoint { path: path.clone(), error };
        // Checked before anything is started.
        public_tools.tools().map_err(refused)?;
        let protection = Protection::start(protect).map_err(refused)?;
        let endpoint =
            Endpoint::new(protection, Arc::clone(backend), &environment, selling, public_tools).map_err(refused)?;
        passes.push(tokio::spawn(endpoint.pass().run()));
        endpoints.push((path, Data::new(endpoint)));
    }
    let protections = endpoints.iter().map(|(_, endpoint)| endpoint.protection().clone()).collect();
    let (endpoints, default) = (Arc::new(endpoints), config.default_endpoint);
    let mut server = HttpServer::new(move || {
        let (endpoints, pages) = (Arc::clone(&endpoints), Arc::clone(&pages));
        App::new().wrap(from_fn(root_span::within)).configure(move |app| {
            for (index, (path, endpoint)) in endpoints.iter().enumerate() {
                if index == default {
                    app.configure(metadata::configure_default(endpoint.protection()));
                } else {
                    app.configure(metadata::configure(endpoint.protection()));
                }
                app.configure(Endpoint::configure(endpoint.clone(), path));
            }
            app.route("/health", web::get().to(health));
            pages(app);
            let addresses: Vec<String> = endpoints.iter().map(|(_, endpoint)| resource(endpoint)).collect();
            app.route("/", web::get().to(move || ready(front(&addresses))));
            app.default_service(web::to(nothing));
        })
    })
    .workers(config.workers)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(SHUTDOWN_TIMEOUT)
    .disable_signals();
    for listener in config.listeners {
        server = server.listen(listener)?;
    }
    let server = server.run();
    Ok(Server { handle: server.handle(), protections, passes, task: tokio::spawn(server) })
}

fn resource(endpoint: &Data<Endpoint>) -> String {
    endpoint.protection().config().resource.clone()
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({ "status": "ok" }))
}

async fn nothing() -> HttpResponse {
    refused::answer(StatusCode::NOT_FOUND, "not_found", "There is nothing here. GET / names the endpoints.")
}

/// For people and programs who open the host: what this is, and where its endpoints are.
fn front(mcp_endpoints: &[String]) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "about": "A store's server for AI shopping agents (Model Context Protocol). Add an endpoint to an agent.",
        "mcp_endpoints": mcp_endpoints,
    }))
}
