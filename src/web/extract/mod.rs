//! What handlers take from a request.

mod current_issuer;
mod source;

pub use current_issuer::CurrentIssuer;
pub(super) use current_issuer::Routed;
pub use source::Source;
