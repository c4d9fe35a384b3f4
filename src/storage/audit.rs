//! The trail's entries: written in the transaction of what they record (decision 6).

use diesel::prelude::*;
use uuid::Uuid;

use super::cached::cached;
use super::schema::{audit_entries, audit_networks};
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::IssuerId;
use crate::domain::audit::AuditEntry;

/// What every entry has: a call of a tool has more (`tool_calls.rs`), and the others need not pay for its columns.
#[derive(Insertable, Default)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub(super) struct NewAuditRow {
    pub id: String,
    pub issuer_id: String,
    /// `None` until the numbering job comes by.
    pub sequence: Option<i64>,
    pub at: i64,
    pub kind: String,
    pub outcome: String,
    pub client_id: Option<String>,
    pub grant_id: Option<String>,
    pub connection_id: Option<String>,
    pub jti: Option<String>,
    pub pseudonym: Option<String>,
    pub actor: Option<String>,
    pub risk: i64,
    pub scope: Option<String>,
    pub object_id: Option<String>,
    pub reference_id: String,
}

/// Written when the use case has succeeded, in its transaction: see [`super::at_end`].
pub fn record(tx: &mut Tx<'_>, issuer_id: &IssuerId, entry: &AuditEntry) {
    let row = NewAuditRow {
        issuer_id: issuer_id.to_string(),
        at: entry.at.as_micros(),
        kind: entry.kind.to_string(),
        outcome: entry.outcome.clone(),
        client_id: entry.subject.client_id.clone(),
        grant_id: entry.subject.grant_id.clone(),
        connection_id: entry.subject.connection_id.clone(),
        jti: entry.subject.jti.clone(),
        pseudonym: entry.subject.pseudonym.clone(),
        actor: entry.actor.clone(),
        risk: i64::from(entry.risk),
        scope: entry.scope.map(|scope| scope.to_string()),
        object_id: entry.object_id.clone(),
        reference_id: entry.reference_id.to_string(),
        id: Uuid::now_v7().to_string(),
        ..NewAuditRow::default()
    };
    tx.record(row, entry.network.as_ref().map(|network| network.as_str().to_owned()));
}

/// At the end of the transaction. `network` is the caller's, kept beside the entry.
pub(super) fn write(connection: &mut DbConnection, entries: Vec<(NewAuditRow, Option<String>)>) -> StorageResult<()> {
    let networks = entries.iter().filter_map(NewNetwork::of).collect();
    let (groups, rest) = in_groups(entries.into_iter().map(|(row, _)| row).collect());
    for rows in groups {
        each!(&mut *connection, c => diesel::insert_into(audit_entries::table).values(rows).execute(c))?;
    }
    for row in rest {
        each!(&mut *connection, c => cached!(diesel::insert_into(audit_entries::table).values(row)).run(c))?;
    }
    let (groups, rest) = in_groups(networks);
    for rows in groups {
        each!(&mut *connection, c => diesel::insert_into(audit_networks::table).values(rows).execute(c))?;
    }
    for row in rest {
        each!(&mut *connection, c => cached!(diesel::insert_into(audit_networks::table).values(row)).run(c))?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = audit_networks, treat_none_as_default_value = false)]
struct NewNetwork {
    at: i64,
    audit_id: String,
    network: String,
}

impl NewNetwork {
    fn of((row, network): &(NewAuditRow, Option<String>)) -> Option<Self> {
        Some(Self { at: row.at, audit_id: row.id.clone(), network: network.clone()? })
    }
}

/// So many rows go in one statement, where there are as many: running one costs more than its row.
pub(super) const TOGETHER: usize = 16;

/// The rows in groups of [`TOGETHER`], and what is left.
pub(super) fn in_groups<T>(mut rows: Vec<T>) -> (Vec<[T; TOGETHER]>, Vec<T>) {
    let mut groups = Vec::new();
    while rows.len() >= TOGETHER {
        let rest = rows.split_off(TOGETHER);
        match rows.try_into() {
            Ok(group) => groups.push(group),
            Err(short) => return (groups, short.into_iter().chain(rest).collect()),
        }
        rows = rest;
    }
    (groups, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_is_lost_in_groups() {
        for count in [0, 1, TOGETHER - 1, TOGETHER, TOGETHER + 1, 3 * TOGETHER + 2] {
            let (groups, rest) = in_groups((0..count).collect());
            assert!(rest.len() < TOGETHER, "{count}");
            let all: Vec<usize> = groups.into_iter().flatten().chain(rest).collect();
            assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
    }
}
