//! The demo store's MCP server, alone (`store serve`) or beside its authorization server (`demo`).

use std::net::TcpListener;
use std::sync::Arc;

use mcp_resource::demo_store::DemoStore;
use mcp_resource::demo_store::pages::pages;
use mcp_resource::protect;
use mcp_resource::shop::{
    CommerceBackend, EndpointConfig, Owner, PublicTools, Sealer, Selling, Server, ServerConfig, VersionedKey, serve,
};
use url::Url;

use super::failure::Failure;
use crate::config::{self, Limits, ProtectedResource, StoreConfig};
use crate::domain::Clock;

pub(super) struct StoreServer {
    store: DemoStore,
    server: Server,
}

impl StoreServer {
    /// Starts serving on `listeners`, inside the runtime.
    pub(super) fn start(config: StoreConfig, listeners: Vec<TcpListener>) -> Result<Self, Failure> {
        let clock = Clock::System;
        let folder = &config.server.data;
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::new(format!("the folder {} cannot be written: {error}", folder.display())))?;
        let file = folder.join("store.sqlite3");
        let store = DemoStore::open(&file, clock.now())
            .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
        let keys: Vec<VersionedKey> =
            config.request_state.iter().map(|(version, key)| (*version, *key.expose())).collect();
        let sealer = Sealer::new(&keys).map_err(|error| Failure::new(format!("request_state: {error}")))?;
        let environments = [("live", config.live), ("sandbox", config.sandbox)];
        let mut endpoints = Vec::new();
        for (environment, resource) in environments {
            if let Some(resource) = resource {
                let step_up =
                    protect::StepUp { acr_values: config.step_up.acr_values.clone(), max_age: config.step_up.max_age };
                let mut protect = protection(environment, resource, &config.limits, &config.server);
                protect.step_up = step_up;
                let public_tools = public_tools(&config.server);
                endpoints.push(endpoint(environment, protect, Selling::new(sealer.clone()), public_tools)?);
            }
        }
        let backend: Arc<dyn CommerceBackend> = Arc::new(store.clone());
        let serving = ServerConfig { listeners, endpoints, default_endpoint: 0, workers: config.server.workers };
        let server =
            serve(serving, &backend, pages(store.clone(), clock)).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Self { store, server })
    }

    /// Gives a shopper two past orders, once.
    pub(super) async fn seed_orders(&self, iss: &str, sub: &str) -> Result<(), Failure> {
        let owner = Owner { iss: iss.to_owned(), sub: sub.to_owned() };
        let seeded = self.store.seed_orders(owner, Clock::System.now()).await;
        seeded.map(|_| ()).map_err(|error| Failure::new(error.to_string()))
    }

    /// Waits until the server ends by itself.
    pub(super) async fn wait(&mut self) -> Result<(), Failure> {
        self.server.wait().await.map_err(|error| Failure::new(error.to_string()))
    }

    pub(super) async fn stop(self) {
        self.server.shutdown().await;
    }
}

fn protection(
    environment: &str,
    resource: ProtectedResource,
    limits: &Limits,
    server: &config::StoreServer,
) -> protect::Config {
    let secret = protect::Secret::new(resource.secret.expose().clone());
    let mut protect = protect::Config::new(resource.issuer, resource.resource, resource.id, secret);
    protect.name = format!("Demo store ({environment})");
    protect.allowed_origins.clone_from(&server.allowed_origins);
    protect.longest_token_lifetime = server.longest_token_lifetime;
    protect.read_rate = limits.read_rate;
    protect.write_rate = limits.write_rate;
    protect
}

/// C-7.
fn public_tools(server: &config::StoreServer) -> PublicTools {
    PublicTools {
        names: server.public_tools.clone(),
        rate: server.public_rate,
        concurrent_calls: server.public_concurrent_calls,
        trusted_proxies: server.trusted_proxies.clone(),
    }
}

fn endpoint(
    environment: &str,
    protect: protect::Config,
    selling: Selling,
    public_tools: PublicTools,
) -> Result<EndpointConfig, Failure> {
    let url = Url::parse(&protect.resource).map_err(|error| Failure::new(format!("{}: {error}", protect.resource)))?;
    let (path, environment) = (url.path().to_owned(), environment.to_owned());
    Ok(EndpointConfig { path, protect, environment, selling, public_tools })
}
