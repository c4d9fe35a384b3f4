//! Protects an MCP endpoint: verifies access tokens, follows the revocation feed, answers with challenges.
//!
//! A server written with actix-web needs three lines of it: start, wrap, configure.
//!
//! ```no_run
//! use actix_web::{App, HttpMessage, HttpRequest, HttpResponse, HttpServer, web};
//! use mcp_resource::protect::{Config, Principal, Protection, metadata};
//!
//! async fn mcp(request: HttpRequest) -> HttpResponse {
//!     let caller = request.extensions().get::<Principal>().cloned();
//!     HttpResponse::Ok().json(caller.map(|principal| principal.claims.sub.clone()))
//! }
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let config = Config::new("https://auth.shop.example", "https://shop.example/mcp", "rs_1", "its secret");
//!     let protection = Protection::start(config)?;
//!     let shared = protection.clone();
//!     HttpServer::new(move || {
//!         App::new()
//!             .configure(metadata::configure_default(&shared))
//!             .service(web::resource("/mcp").wrap(shared.middleware()).route(web::post().to(mcp)))
//!     })
//!     .bind(("127.0.0.1", 8081))?
//!     .run()
//!     .await?;
//!     protection.shutdown().await;
//!     Ok(())
//! }
//! ```
//!
//! What happens to a call (design, decision 4): `middleware` checks the origin, `verification` proves the token and asks
//! `feed` for its standing (or `introspection`, while the feed cannot be relied on), [`crate::traffic`] takes it off the
//! connection's allowance. A tool then asks [`Protection::require`] for its scopes. Every refusal is a [`Rejection`].

mod bearer;
mod challenge;
mod config;
mod cors;
mod evidence;
mod feed;
mod follower;
mod held;
mod introspection;
mod keys;
mod middleware;
mod principal;
mod protection;
mod purchases;
mod rejection;
mod respond;
mod revocations;
mod server;
mod step_up;
mod step_up_check;
mod verification;
mod verify;

pub mod metadata;

pub use config::{Config, ScopeError, Secret, StartError};
pub use middleware::Middleware;
pub use principal::{Principal, TokenDigest};
pub use protection::Protection;
pub use purchases::{PurchaseError, Purchases};
pub use rejection::{Cause, InvalidToken, Rejection};
pub(crate) use server::{AuthorizationServer, Away};
pub use step_up::StepUp;
pub use step_up_check::Unmet;
#[cfg(feature = "shop")]
pub(crate) use {
    held::Held,
    middleware::{SESSION_ID, Stranger},
};
