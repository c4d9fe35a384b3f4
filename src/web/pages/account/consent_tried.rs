//! An answer to the consent page that gives nothing yet, and what the page then says of it.

use actix_web::http::StatusCode;

use super::consent::Spending;
use crate::domain::ScopeSet;
use crate::domain::stay::Stay;

/// An answer that the page asks for again.
#[derive(Default)]
pub(super) struct Tried {
    pub(super) ticked: Option<ScopeSet>,
    /// What was typed, with what is wrong with it.
    pub(super) spending: Option<Spending>,
    pub(super) stay: Option<Stay>,
    /// To a page that would say something else by now.
    pub(super) is_old: bool,
}

impl Tried {
    /// What the page says of it, with its status.
    pub(super) fn trouble(&self) -> (Option<&'static str>, StatusCode) {
        match (self.is_old, self.ticked, &self.spending) {
            (true, ..) => (Some("consent-shown-anew"), StatusCode::CONFLICT),
            (false, Some(_), None) => (Some("consent-nothing-ticked"), StatusCode::UNPROCESSABLE_ENTITY),
            (false, Some(_), Some(_)) => (None, StatusCode::UNPROCESSABLE_ENTITY),
            (false, None, _) => (None, StatusCode::OK),
        }
    }
}
