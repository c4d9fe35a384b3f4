//! Behind the link of the mail: the password is first asked for here, and the account made.

use askama::Template;

use super::super::{CsrfToken, Layout};

#[derive(Debug, Template)]
#[template(path = "pages/account/sign_up_finish.html")]
pub struct SignUpFinish<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    /// The sealed link, to be posted with the password.
    pub link: &'a str,
    /// The least number of characters.
    pub least: u32,
    pub refusal: Option<Refusal>,
}

/// Why the password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Short,
    Common,
}

impl SignUpFinish<'_> {
    fn refusal_text(&self) -> Option<String> {
        self.refusal.map(|refusal| match refusal {
            Refusal::Short => self.layout.t1("sign-up-password-short", &("count", self.least)),
            Refusal::Common => self.layout.t("sign-up-password-common"),
        })
    }
}
