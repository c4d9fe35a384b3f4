//! What happens around every request.

pub mod cors;
pub mod deadline;
pub mod headers;
pub mod issuer;
pub mod refusals;
pub mod root_span;
pub mod unserved;
