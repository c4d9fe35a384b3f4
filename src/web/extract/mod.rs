//! What handlers take from a request.

mod current_issuer;
mod resource_server;
mod source;

pub use current_issuer::CurrentIssuer;
pub(super) use current_issuer::Routed;
pub use resource_server::AuthenticatedResourceServer;
pub use source::Source;
