//! A store's shopping tools for agents, over Streamable HTTP, for any [`CommerceBackend`].
//!
//! - [`backend`]: the one seam: what a store must be able to do.
//! - [`results`]: what agents may see, and nothing else (S1-39, S1-40).
//! - [`tools`]: the nine tools: names, schemas, permissions, argument checks, dispatch.
//! - [`server`]: the tools mounted on listeners behind [`crate::protect`].

pub mod backend;
pub mod results;
pub mod server;
pub mod tools;

pub use backend::{BackendError, CallContext, CommerceBackend, Owner};
pub use server::{EndpointConfig, Server, ServerConfig, serve};
