//! What leaves this server by itself: mail, and documents of hosts that clients name. It knows only `domain`.

pub mod address;
mod caching;
pub mod fetch;
mod limits;
pub mod mail;
mod names;

pub use fetch::{FetchError, Fetched, Fetcher};
pub use names::Resolver;
