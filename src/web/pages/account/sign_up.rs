//! Asking for an account: an e-mail address, and always the same answer (`message::Message::SignUpSent`).

use askama::Template;

use super::super::{CsrfToken, Layout};

#[derive(Debug, Template)]
#[template(path = "pages/account/sign_up.html")]
pub struct SignUp<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    /// The text does not have the form of an address: all that this page ever says about one.
    pub is_malformed: bool,
    /// The sealed authorization request to go on with.
    pub request: Option<&'a str>,
}
