//! The clients of an issuer: who has introduced itself, and buttons to pause one or end all its sessions.

use askama::Template;

use crate::locale::{Foreign, Moment};

use super::super::{CsrfToken, Layout, ReturnsTo};
use super::{Frame, Paging};

#[derive(Debug, Template)]
#[template(path = "pages/console/agents.html")]
pub struct Clients<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub rows: Vec<Row<'a>>,
    pub paging: Paging<'a>,
    /// The viewer's role allows it.
    pub may_revoke: bool,
}

/// One client.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub client_id: &'a str,
    pub name: Option<Foreign<'a>>,
    pub name_is_confirmed: bool,
    pub class: Class,
    pub returns_to: Vec<ReturnsTo<'a>>,
    pub registered_at: Moment,
    pub live_sessions: u32,
    pub is_paused: bool,
}

/// The ceiling of a client, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Browse,
    Shop,
    Support,
}

impl Class {
    const fn key(self) -> &'static str {
        match self {
            Self::Browse => "class-browse",
            Self::Shop => "class-shop",
            Self::Support => "class-support",
        }
    }
}

impl Row<'_> {
    /// The name, for labels of buttons.
    fn agent_name(&self, layout: &Layout<'_>) -> String {
        self.name.map_or_else(|| layout.t("agent-unnamed"), |name| name.to_string())
    }
}
