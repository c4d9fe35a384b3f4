//! The console's list of audit entries, newest first. Those that have no number yet come first, on the first page only;
//! the others are paged by their number.

use diesel::dsl::{exists, select};
use diesel::prelude::*;

use super::schema::{audit_entries, clients};
use super::{DbConnection, StorageResult, each};
use crate::domain::audit::AuditKind;
use crate::domain::{ConnectionId, IssuerId, Timestamp};

/// One entry as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    pub sequence: Option<i64>,
    pub at: Timestamp,
    pub kind: String,
    pub outcome: String,
    pub client_id: Option<String>,
    /// The client's metadata as JSON; `None` when the client has gone.
    pub client_metadata: Option<String>,
    pub connection_id: Option<String>,
    pub actor: Option<String>,
    pub tool: Option<String>,
    pub status: Option<i64>,
    pub latency_micros: Option<i64>,
    pub risk: i64,
    pub object_id: Option<String>,
    pub reference_id: String,
}

/// What the list is narrowed to. Of one reference there are few entries.
#[derive(Debug, Clone, Copy)]
pub enum Filter<'a> {
    All,
    Connection(&'a str),
    Reference(&'a str),
}

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    First,
    Below(i64),
    Above(i64),
}

type Row = (
    (Option<i64>, i64, String, String),
    (Option<String>, Option<String>, Option<String>, Option<String>),
    (Option<String>, Option<i64>, Option<i64>, i64),
    (Option<String>, String),
);

/// Whether there is an entry of this kind about the connection, from `since` on.
pub fn has_since(
    connection: &mut DbConnection,
    connection_id: ConnectionId,
    kind: AuditKind,
    since: Timestamp,
) -> StorageResult<bool> {
    Ok(each!(connection, c => select(exists(
        audit_entries::table
            .filter(audit_entries::connection_id.eq(connection_id.to_string()))
            .filter(audit_entries::at.ge(since.as_micros()))
            .filter(audit_entries::kind.eq(kind.as_str())),
    ))
    .get_result(c))?)
}

/// One page, and whether there are more in its direction.
pub fn list(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    filter: Filter<'_>,
    page: Page,
    limit: u16,
) -> StorageResult<(Vec<ListedEntry>, bool)> {
    let (size, limit) = (usize::from(limit), i64::from(limit) + 1);
    let mut rows = Vec::new();
    if page == Page::First {
        rows = load(connection, issuer_id, filter, None, limit)?;
    }
    if rows.len() <= size {
        rows.extend(load(connection, issuer_id, filter, Some(page), limit)?);
    }
    let has_more = rows.len() > size;
    rows.truncate(size);
    if matches!(page, Page::Above(_)) {
        rows.reverse();
    }
    Ok((rows.into_iter().map(ListedEntry::from).collect(), has_more))
}

/// The unnumbered ones without a page, else those with a number.
fn load(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    filter: Filter<'_>,
    page: Option<Page>,
    limit: i64,
) -> StorageResult<Vec<Row>> {
    Ok(each!(connection, c => {
        let mut query = audit_entries::table
            .left_join(clients::table.on(
                clients::issuer_id.eq(audit_entries::issuer_id).and(clients::id.nullable().eq(audit_entries::client_id)),
            ))
            .filter(audit_entries::issuer_id.eq(issuer_id.as_str()))
            .select((
                (audit_entries::sequence, audit_entries::at, audit_entries::kind, audit_entries::outcome),
                (
                    audit_entries::client_id,
                    clients::metadata.nullable(),
                    audit_entries::connection_id,
                    audit_entries::actor,
                ),
                (audit_entries::tool, audit_entries::status, audit_entries::latency_micros, audit_entries::risk),
                (audit_entries::object_id, audit_entries::reference_id),
            ))
            .limit(limit)
            .into_boxed();
        query = match filter {
            Filter::All => query,
            Filter::Connection(id) => query.filter(audit_entries::connection_id.eq(id)),
            Filter::Reference(id) => query.filter(audit_entries::reference_id.eq(id)),
        };
        match page {
            None => query
                .filter(audit_entries::sequence.is_null())
                .order((audit_entries::at.desc(), audit_entries::id.desc())),
            Some(Page::First) => query
                .filter(audit_entries::sequence.is_not_null())
                .order(audit_entries::sequence.desc()),
            Some(Page::Below(number)) => query
                .filter(audit_entries::sequence.lt(number))
                .order(audit_entries::sequence.desc()),
            Some(Page::Above(number)) => query
                .filter(audit_entries::sequence.gt(number))
                .order(audit_entries::sequence.asc()),
        }
        .load(c)
    })?)
}

/// What somebody did about a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAct {
    pub at: Timestamp,
    pub kind: String,
    pub outcome: String,
    pub reference_id: String,
}

/// Whose acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Staff,
    /// Their reports.
    Shoppers,
}

type ActRow = (i64, String, String, String);

/// The newest acts about any of these clients, newest first.
pub fn list_acts(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    (client_ids, by): (&[&str], By),
    limit: i64,
) -> StorageResult<Vec<ClientAct>> {
    let rows: Vec<ActRow> = each!(connection, c => {
        let query = audit_entries::table
            .filter(audit_entries::issuer_id.eq(issuer_id.as_str()))
            .filter(audit_entries::client_id.eq_any(client_ids))
            .order((audit_entries::at.desc(), audit_entries::id.desc()))
            .limit(limit)
            .select((audit_entries::at, audit_entries::kind, audit_entries::outcome, audit_entries::reference_id))
            .into_boxed();
        match by {
            // `staff:` and an id, as a range, which the index gives without reading what shoppers did.
            By::Staff => query.filter(audit_entries::actor.ge("staff:")).filter(audit_entries::actor.lt("staff;")),
            By::Shoppers => query
                .filter(audit_entries::actor.eq("shopper"))
                .filter(audit_entries::kind.eq(AuditKind::AgentReported.as_str())),
        }
        .load(c)
    })?;
    Ok(rows.into_iter().map(ClientAct::from).collect())
}

impl From<ActRow> for ClientAct {
    fn from((at, kind, outcome, reference_id): ActRow) -> Self {
        Self { at: Timestamp::from_micros(at), kind, outcome, reference_id }
    }
}

impl From<Row> for ListedEntry {
    fn from(((sequence, at, kind, outcome), about, call, (object_id, reference_id)): Row) -> Self {
        let (client_id, client_metadata, connection_id, actor) = about;
        let (tool, status, latency_micros, risk) = call;
        Self {
            sequence,
            at: Timestamp::from_micros(at),
            kind,
            outcome,
            client_id,
            client_metadata,
            connection_id,
            actor,
            tool,
            status,
            latency_micros,
            risk,
            object_id,
            reference_id,
        }
    }
}
