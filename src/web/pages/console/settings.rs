//! Pausing all agents, and the switch of MCP access per environment. Pausing is one click; what opens again
//! asks for the password.

use askama::Template;

use crate::locale::Locale;

use super::super::{CsrfToken, Layout, Notice};
use super::Frame;

#[derive(Debug, Template)]
#[template(path = "pages/console/settings.html")]
pub struct Settings<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub live_is_open: bool,
    /// None without a sandbox.
    pub sandbox_is_open: Option<bool>,
    pub password_was_wrong: bool,
    /// The viewer is an admin.
    pub may_change: bool,
}

/// What was just done here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Saved,
    Paused,
    Resumed,
}

impl Done {
    pub fn notice(self, locale: &Locale) -> Notice {
        Notice::Done(locale.t(match self {
            Self::Saved => "settings-saved",
            Self::Paused => "settings-paused-notice",
            Self::Resumed => "settings-resumed-notice",
        }))
    }
}
