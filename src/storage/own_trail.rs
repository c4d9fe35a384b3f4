//! A shopper's own entries of the trail, for their copy of their data: what they did at pages, and what their agents did.

use diesel::prelude::*;

use super::schema::{audit_entries, connections};
use super::{DbConnection, StorageResult, each};
use crate::domain::Timestamp;
use crate::domain::shopper::Shopper;

/// One entry, without what is the operator's: no digest of arguments, no id of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEntry {
    pub at: Timestamp,
    pub kind: String,
    pub outcome: String,
    pub client_id: Option<String>,
    pub grant_id: Option<String>,
    pub connection_id: Option<String>,
    pub actor: Option<String>,
    pub tool: Option<String>,
    pub object_id: Option<String>,
    pub reference_id: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
struct Row {
    at: i64,
    kind: String,
    outcome: String,
    client_id: Option<String>,
    grant_id: Option<String>,
    connection_id: Option<String>,
    actor: Option<String>,
    tool: Option<String>,
    object_id: Option<String>,
    reference_id: String,
}

impl From<Row> for OwnEntry {
    fn from(row: Row) -> Self {
        Self {
            at: Timestamp::from_micros(row.at),
            kind: row.kind,
            outcome: row.outcome,
            client_id: row.client_id,
            grant_id: row.grant_id,
            connection_id: row.connection_id,
            actor: row.actor,
            tool: row.tool,
            object_id: row.object_id,
            reference_id: row.reference_id,
        }
    }
}

/// The newest entries of the shopper: those of their connections, and those that name the pseudonym and no connection. Two
/// queries, since each has an index of its own.
pub fn list(
    connection: &mut DbConnection,
    shopper: &Shopper,
    pseudonym: &str,
    limit: i64,
) -> StorageResult<Vec<OwnEntry>> {
    let issuer_id = shopper.issuer_id.as_str();
    let mut rows: Vec<Row> = each!(connection, c => audit_entries::table
        .filter(audit_entries::issuer_id.eq(issuer_id))
        .filter(audit_entries::pseudonym.eq(pseudonym))
        .filter(audit_entries::connection_id.is_null())
        .order(audit_entries::at.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    let of_connections: Vec<Row> = each!(connection, c => audit_entries::table
        .filter(audit_entries::connection_id.eq_any(connections::table
            .filter(connections::shopper_id.eq(shopper.id.as_str()))
            .select(connections::id.nullable())))
        .filter(audit_entries::issuer_id.eq(issuer_id))
        .order(audit_entries::at.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    rows.extend(of_connections);
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows.into_iter().map(OwnEntry::from).collect())
}
