//! Signing in, on the way to a consent or to the account. One answer for every wrong pair: nothing tells an
//! unknown address from a wrong password.

use askama::Template;

use super::super::{CsrfToken, Layout};

#[derive(Debug, Template)]
#[template(path = "pages/account/sign_in.html")]
pub struct SignIn<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub reason: Reason,
    /// What was typed before, or empty. The password is never shown again.
    pub email: &'a str,
    pub refusal: Option<Refusal>,
    /// The sealed authorization request to go on with.
    pub request: Option<&'a str>,
}

/// Why this page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// To see one's own account.
    Account,
    /// An agent sent the shopper here.
    Agent,
    /// Signed in, but a sensitive scope needs a fresh proof.
    Sensitive,
}

/// Why the last attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Wrong,
    Throttled,
}

impl Refusal {
    pub(in super::super) const fn key(self) -> &'static str {
        match self {
            Self::Wrong => "sign-in-wrong",
            Self::Throttled => "sign-in-throttled",
        }
    }
}
