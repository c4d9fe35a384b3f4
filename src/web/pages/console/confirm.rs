//! The question before many sessions end at once (design, decision 4: one row).

use askama::Template;

use crate::locale::Foreign;

use super::super::{CsrfToken, Layout};
use super::Frame;

#[derive(Debug, Template)]
#[template(path = "pages/console/confirm.html")]
pub struct Confirm<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub whose: Whose<'a>,
    pub live_sessions: u32,
}

/// Whose sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    Client {
        id: &'a str,
        name: Option<Foreign<'a>>,
    },
    /// By pseudonym.
    Shopper(&'a str),
}

impl Confirm<'_> {
    fn title(&self) -> String {
        match self.whose {
            Whose::Client { name: Some(name), .. } => self.layout.t1("confirm-title-client", &("agent", name)),
            Whose::Client { id, name: None } => self.layout.t1("confirm-title-client", &("agent", Foreign(id))),
            Whose::Shopper(pseudonym) => self.layout.t1("confirm-title-shopper", &("shopper", pseudonym)),
        }
    }

    /// The field of the form: `client` or `shopper`, and its value.
    const fn field(&self) -> (&'static str, &str) {
        match self.whose {
            Whose::Client { id, .. } => ("client", id),
            Whose::Shopper(pseudonym) => ("shopper", pseudonym),
        }
    }
}
