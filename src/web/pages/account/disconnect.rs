//! The question before a disconnection: what it stops, and what it does not undo.

use askama::Template;

use crate::locale::Foreign;

use super::super::{CsrfToken, Layout};

#[derive(Debug, Template)]
#[template(path = "pages/account/disconnect.html")]
pub struct Disconnect<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    /// The id of the grant.
    pub grant: &'a str,
    pub name: Option<Foreign<'a>>,
}

impl Disconnect<'_> {
    fn title(&self) -> String {
        match self.name {
            Some(name) => self.layout.t1("disconnect-title", &("agent", name)),
            None => self.layout.t("disconnect-title-unnamed"),
        }
    }
}
