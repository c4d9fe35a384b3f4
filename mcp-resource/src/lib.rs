//! Protects an MCP server written with actix-web by the tokens of a Tillgate authorization server.
//!
//! - [`wire`]: what both halves say to each other: claims, scopes, money, feed events, digests. No features needed.
//! - `protect` (default): token verification, challenges, protected resource metadata, the revocation feed.
//! - `shop`: the shopping tools over Streamable HTTP, for any `CommerceBackend`.
//! - `demo-store`: an embedded catalog with carts, checkouts and orders, real enough to shop in.

#[cfg(feature = "protect")]
pub mod audit;
#[cfg(feature = "demo-store")]
pub mod demo_store;
#[cfg(feature = "protect")]
pub mod protect;
#[cfg(feature = "shop")]
mod refused;
#[cfg(feature = "shop")]
pub mod shop;
#[cfg(feature = "protect")]
pub mod traffic;
#[cfg(feature = "shop")]
pub mod transport;
pub mod wire;
