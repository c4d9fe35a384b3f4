//! What handlers take from a request.

mod browser;
mod current_issuer;
mod resource_server;
mod sent_body;
mod sent_form;
mod session;
mod shopper_session;
mod source;
mod staff_session;
mod visit;

pub use browser::Browser;
pub use current_issuer::CurrentIssuer;
pub(super) use current_issuer::Routed;
pub use resource_server::AuthenticatedResourceServer;
pub use sent_body::SentBody;
pub use sent_form::{Fields, SentForm};
pub use shopper_session::{MaybeShopper, SignedInShopper};
pub use source::Source;
pub(super) use source::authority;
pub use staff_session::{MaybeStaff, SignedInStaff};
pub use visit::Visit;
