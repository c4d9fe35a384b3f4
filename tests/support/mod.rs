//! The actors of the journeys and of the conformance table: a real application, agents that speak OAuth to it, browsers
//! that can only do what a page offers, and a store's MCP server with its callers.

pub mod agent;
pub mod app;
pub mod authority;
pub mod browser;
pub mod documents;
pub mod html;
pub mod jwt;
pub mod keys;
pub mod program;
pub mod provider;
pub mod store;

pub use agent::{Agent, Answer, Tokens};
pub use app::{App, Hosting, Shop};
pub use browser::{Browser, Page};
pub use documents::{Document, Documents};
pub use keys::Key;
pub use provider::Provider;
pub use store::{Caller, Store};

/// A client that follows nothing by itself, so that every redirect is seen.
pub fn http() -> reqwest::Client {
    // Fails only where a provider is there already, which is as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    // Everything is on loopback, and a hundred authorities are read for long.
    let client = client.tls_certs_only([]);
    // Before the server hangs up on a connection that nobody uses: what is sent at that moment is lost.
    let client = client.pool_idle_timeout(std::time::Duration::from_secs(2));
    client.timeout(std::time::Duration::from_mins(1)).build().unwrap()
}
