//! A store's shopping tools for agents, over Streamable HTTP, for any [`CommerceBackend`].
//!
//! - [`backend`]: the one seam: what a store must be able to do.
//! - [`results`]: what agents may see, and nothing else (S1-39, S1-40).
//! - [`tools`]: the nine tools: names, schemas, permissions, argument checks, dispatch.
//! - [`purchasing`]: from a frozen checkout to an order, by way of the shopper's approval. - [`sealing`]: what a client
//!   brings back.
//! - [`public_tools`]: which of them anybody may call (C-7). - [`server`]: the tools mounted on listeners behind [`crate::protect`].

pub mod backend;
pub mod public_tools;
pub mod purchasing;
pub mod results;
mod root_span;
pub mod sealing;
pub mod server;
pub mod tools;

pub use backend::{BackendError, CallContext, CommerceBackend, Owner};
pub use public_tools::PublicTools;
pub use sealing::{Sealer, VersionedKey, WeakKeys};
pub use server::{EndpointConfig, Selling, Server, ServerConfig, serve};
