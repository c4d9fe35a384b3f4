//! Streamable HTTP for actix-web, on the official Rust MCP SDK, for 2025-06-18, 2025-11-25 and 2026-07-28 on one
//! address (B30 to B56). Stateless in both eras: nothing is kept between calls and nothing is bound to a connection (B45,
//! B52). What has to be known of an earlier one travels sealed with the client ([`session`], `requestState`).
//!
//! A call's `progressToken` is accepted and nothing is sent for it, as all three revisions allow (Progress: the receiver may
//! choose not to send any). Every tool answers within milliseconds, and a checkout does not keep its call open: it returns at
//! once and asks for the shopper, or as `awaiting_approval`, which is the progress that S1-76 asks for, and
//! `get_checkout_status` tells the rest. (The retry of a client that has just opened the link waits some seconds.) A stream of
//! events for each call would cost every agent a longer answer and say nothing that the result does not.
//!
//! - [`body`]: within bounds. - [`message`]: what must be known of one before the SDK sees it.
//! - [`endpoint`]: permission, dispatch, record.
//! - [`public`]: what needs no token, where a store has it so (C-7).
//! - [`bridge`]: actix-web to the SDK and back. - [`handler`]: the SDK's side. - [`record`]: one line for each call.

mod body;
mod bridge;
mod endpoint;
mod handler;
mod message;
mod public;
mod record;
mod session;

pub use endpoint::Endpoint;
