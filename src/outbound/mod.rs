//! What leaves this server by itself: mail, documents of hosts that clients name, and the questions of `doctor`. It knows only
//! `domain`, and what `doctor` wants to know.

pub mod address;
mod caching;
pub mod fetch;
mod limits;
pub mod mail;
mod names;
pub mod probe;

pub use fetch::{FetchError, Fetched, Fetcher};
pub use names::Resolver;
