//! Streamable HTTP for actix-web, on the official Rust MCP SDK, for 2025-06-18, 2025-11-25 and 2026-07-28 on one
//! address (B30 to B56). Stateless in both eras: no session ids, so nothing is bound to a connection (B45, B52).
//!
//! - [`message`]: what must be known of a body before the SDK sees it. - [`endpoint`]: permission, dispatch, record.
//! - [`bridge`]: actix-web to the SDK and back. - [`handler`]: the SDK's side. - [`record`]: one line for each call.

mod bridge;
mod endpoint;
mod handler;
mod message;
mod record;

pub use endpoint::Endpoint;
