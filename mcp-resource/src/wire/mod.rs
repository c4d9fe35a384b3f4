//! The words both halves of Tillgate exchange. This module stands without any feature and does no I/O.

pub mod audit;
pub mod authorization_details;
pub mod claims;
pub mod digest;
pub mod feed;
pub mod forwarded;
pub mod introspection;
pub mod money;
pub mod public_tools;
pub mod purchase;
pub mod scope;
pub mod sealed;
pub mod time;

pub use claims::AccessClaims;
pub use money::Money;
pub use scope::{Scope, ScopeSet};
pub use time::{Clock, Timestamp};
