//! "Connected agents": what each agent may do, since when and until when, and a way to end it. S1-22 for shoppers.

use askama::Template;
use mcp_resource::wire::ScopeSet;

use crate::locale::{Foreign, Locale, Moment};

use super::super::{Layout, Notice, ReturnsTo};

#[derive(Debug, Template)]
#[template(path = "pages/account/agents.html")]
pub struct Agents<'a> {
    pub layout: Layout<'a>,
    pub cards: Vec<Card<'a>>,
}

/// One grant.
#[derive(Debug, Clone)]
pub struct Card<'a> {
    /// The id of the grant.
    pub grant: &'a str,
    pub name: Option<Foreign<'a>>,
    pub name_is_confirmed: bool,
    pub returns_to: ReturnsTo<'a>,
    /// What its connections may do together.
    pub permissions: ScopeSet,
    pub linked_at: Moment,
    pub last_used_at: Option<Moment>,
    pub ends_at: Option<Moment>,
    pub connections: Vec<ConnectionLine>,
    /// Not used since a later one began (design, decision 3): shown folded.
    pub folded: Vec<ConnectionLine>,
}

/// One connection of a grant.
#[derive(Debug, Clone)]
pub struct ConnectionLine {
    pub connected_at: Moment,
    pub last_used_at: Option<Moment>,
    pub scopes: ScopeSet,
}

/// What the page says after a disconnection.
pub fn disconnected(locale: &Locale, name: Option<Foreign<'_>>) -> Notice {
    Notice::Done(match name {
        Some(name) => locale.t1("agents-disconnected", &("agent", name)),
        None => locale.t("agents-disconnected-unnamed"),
    })
}

impl Card<'_> {
    fn connection_count(&self) -> u32 {
        u32::try_from(self.connections.len()).unwrap_or(u32::MAX)
    }

    fn folded_count(&self) -> u32 {
        u32::try_from(self.folded.len()).unwrap_or(u32::MAX)
    }

    /// What a screen reader says for this card's button: there is one on every card.
    fn disconnect_label(&self, layout: &Layout<'_>) -> String {
        let unnamed = layout.t("agent-unnamed");
        layout.t1("agents-disconnect-label", &("agent", self.name.unwrap_or(Foreign(&unnamed))))
    }
}
