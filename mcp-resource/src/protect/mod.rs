//! Protects an MCP endpoint: verifies access tokens, follows the revocation feed, answers with challenges.

mod config;
mod middleware;
mod principal;
mod protection;
mod rejection;
mod respond;

pub mod metadata;

pub use config::{Config, ScopeError, Secret, StartError};
pub use middleware::Middleware;
pub use principal::{Principal, TokenDigest};
pub use protection::Protection;
pub use rejection::{Cause, InvalidToken, Rejection};
