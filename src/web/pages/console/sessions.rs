//! Every agent session of the store, with one click to end it. S1-22.

use askama::Template;
use mcp_resource::wire::ScopeSet;

use crate::locale::{Foreign, Moment};

use super::super::{CsrfToken, Layout};
use super::{Frame, Paging};

#[derive(Debug, Template)]
#[template(path = "pages/console/sessions.html")]
pub struct Sessions<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub filter: Filter<'a>,
    pub rows: Vec<Row<'a>>,
    pub paging: Paging<'a>,
    /// The viewer's role allows it.
    pub may_revoke: bool,
}

/// What the list is narrowed to; empty where it is not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub agent: &'a str,
    pub shopper: &'a str,
    pub state: Option<State>,
}

/// One connection.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The id of the connection.
    pub connection: &'a str,
    pub agent: Option<Foreign<'a>>,
    pub client_id: &'a str,
    /// The pseudonym.
    pub shopper: &'a str,
    pub scopes: ScopeSet,
    pub authorized_at: Moment,
    pub last_used_at: Option<Moment>,
    pub ends_at: Moment,
    pub state: State,
    /// Answers to superseded refresh tokens within their grace (H12).
    pub grace_replays: u32,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Live,
    Paused,
    Revoked,
    Disconnected,
    Reused,
    Expired,
}

impl State {
    const ALL: [Self; 6] = [Self::Live, Self::Paused, Self::Revoked, Self::Disconnected, Self::Reused, Self::Expired];

    const fn key(self) -> &'static str {
        match self {
            Self::Live => "state-live",
            Self::Paused => "state-paused",
            Self::Revoked => "state-revoked",
            Self::Disconnected => "state-disconnected",
            Self::Reused => "state-reused",
            Self::Expired => "state-expired",
        }
    }

    /// The value of the `state` parameter, and the style.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Revoked => "revoked",
            Self::Disconnected => "disconnected",
            Self::Reused => "reused",
            Self::Expired => "expired",
        }
    }

    /// The reverse of [`State::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// There is something to revoke.
    const fn can_end(self) -> bool {
        matches!(self, Self::Live | Self::Paused)
    }
}

impl Filter<'_> {
    const fn is_empty(&self) -> bool {
        self.agent.is_empty() && self.shopper.is_empty() && self.state.is_none()
    }

    fn states(&self) -> impl Iterator<Item = (State, bool)> {
        State::ALL.into_iter().map(|state| (state, self.state == Some(state)))
    }
}

impl Row<'_> {
    /// The name, for labels of buttons.
    fn agent_name(&self, layout: &Layout<'_>) -> String {
        self.agent.map_or_else(|| layout.t("agent-unnamed"), |name| name.to_string())
    }
}
