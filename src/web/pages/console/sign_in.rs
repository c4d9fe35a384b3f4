//! Signing in to the console. One answer for every wrong pair.

use askama::Template;

use super::super::account::sign_in::Refusal;
use super::super::{CsrfToken, Layout};

#[derive(Debug, Template)]
#[template(path = "pages/console/sign_in.html")]
pub struct ConsoleSignIn<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    pub refusal: Option<Refusal>,
}
