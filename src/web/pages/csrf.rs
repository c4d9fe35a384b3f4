//! The token of a form: a MAC over what the form was made for (design, decision 2). Made elsewhere, shown here.

use std::fmt;

/// Proof, in a form, that we made the form. Only the `form` macro of the templates writes it out.
#[derive(Clone)]
pub struct CsrfToken(String);

impl CsrfToken {
    pub const fn new(token: String) -> Self {
        Self(token)
    }

    /// The value of the hidden field `csrf`.
    pub fn form_value(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}
