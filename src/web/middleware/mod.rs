//! What happens around every request.

pub mod root_span;
