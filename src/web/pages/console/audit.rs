//! What happened: authorization events and tool calls, by session and by reference id. S1-42, S2-35 fields.

use askama::Template;

use crate::locale::{Foreign, Moment};

use super::super::Layout;
use super::{Frame, Paging};

#[derive(Debug, Template)]
#[template(path = "pages/console/audit.html")]
pub struct Audit<'a> {
    pub layout: Layout<'a>,
    pub frame: Frame,
    pub filter: Filter<'a>,
    pub rows: Vec<Row<'a>>,
    pub paging: Paging<'a>,
}

/// What the list is narrowed to; empty where it is not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// The id of a connection.
    pub session: &'a str,
    pub reference: &'a str,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub at: Moment,
    /// The event's name, or `tool_call`: a technical word, the same in every language.
    pub kind: &'a str,
    pub agent: Option<Foreign<'a>>,
    /// The id of the connection.
    pub session: Option<&'a str>,
    pub tool: Option<&'a str>,
    /// A technical word or a status code.
    pub status: &'a str,
    pub latency_ms: Option<u32>,
    /// 0 to 3.
    pub risk: Option<u32>,
    pub reference: Option<&'a str>,
}

impl Filter<'_> {
    const fn is_empty(&self) -> bool {
        self.session.is_empty() && self.reference.is_empty()
    }
}
