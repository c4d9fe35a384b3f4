//! Merging a registered client into the described one that it has become. It acts on grants, by the merchant's word, and is
//! final: afterwards nobody could tell which grant came from where.
//!
//! Each live grant moves to the successor unless the shopper has one of it for the same resource. No scope is widened: a
//! grant keeps what it has held, and the merged client is bound by its own class and by its successor's. Connections keep
//! the id that they authenticate with, so refreshing goes on.

use super::{Act, family, pauses, rule_ends};
use crate::domain::audit::{AuditKind, AuditSubject};
use crate::domain::client::{Client, ClientOrigin};
use crate::domain::{ClientId, IssuerId};
use crate::storage::{DbConnection, StorageResult, Tx, agent_policies, client_decisions, clients};

/// Why two clients cannot be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotMerge {
    #[error("there is no such agent")]
    Unknown,
    #[error("only a registered agent can be merged")]
    NotRegistered,
    #[error("it has been merged already, or others were merged into it")]
    Merged,
    #[error("only an agent with a document can be a successor")]
    NoDocument,
}

/// What a merge would do, for the question before it.
#[derive(Debug, Clone)]
pub struct Preview {
    pub from: Client,
    pub into: Client,
    /// Live grants of the one that goes.
    pub grants: i64,
    /// Those that move; the others stay beside the successor's of the same shopper.
    pub movable: i64,
}

pub fn preview(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    from: &ClientId,
    into: &ClientId,
) -> StorageResult<Result<Preview, CannotMerge>> {
    let found = clients::find(connection, issuer_id, from)?.zip(clients::find(connection, issuer_id, into)?);
    let Some((from, into)) = found else { return Ok(Err(CannotMerge::Unknown)) };
    if let Err(why) = check(&from, &into) {
        return Ok(Err(why));
    }
    if !client_decisions::list_merged(connection, issuer_id, from.id.as_str())?.is_empty() {
        return Ok(Err(CannotMerge::Merged));
    }
    let (grants, movable) = client_decisions::count_movable(connection, issuer_id, &from.id, &into.id)?;
    Ok(Ok(Preview { from, into, grants, movable }))
}

fn check(from: &Client, into: &Client) -> Result<(), CannotMerge> {
    if from.origin != ClientOrigin::Registered {
        return Err(CannotMerge::NotRegistered);
    }
    if into.origin != ClientOrigin::Described {
        return Err(CannotMerge::NoDocument);
    }
    // One step only: a chain of successors would have to be followed everywhere.
    if from.merged_into.is_some() || into.merged_into.is_some() { Err(CannotMerge::Merged) } else { Ok(()) }
}

/// Merges; how many grants moved.
pub fn merge(
    tx: &mut Tx<'_>,
    act: &Act,
    from: &ClientId,
    into: &ClientId,
) -> StorageResult<Result<usize, CannotMerge>> {
    // Before anything is looked at: a decision about the successor at the same time must see either both or neither.
    agent_policies::touch(tx, &act.issuer_id)?;
    if let Err(why) = preview(tx, &act.issuer_id, from, into)? {
        return Ok(Err(why));
    }
    let rules = rule_ends::standing(tx, &act.issuer_id)?;
    if !client_decisions::set_merged(tx, &act.issuer_id, from, into)? {
        return Ok(Err(CannotMerge::Merged));
    }
    let moved = client_decisions::move_grants(tx, &act.issuer_id, from, into)?;
    pauses::hold_with(tx, act, from, into)?;
    // The successor's class may be the smaller one.
    let reached = family::targets(tx, &act.issuer_id, from)?;
    act.narrow(tx, reached)?;
    rule_ends::end_changed(tx, act, &rules)?;
    let outcome = format!("into {into}, {moved} permissions moved");
    act.record(tx, AuditKind::ClientMerged, AuditSubject::of_client(from), &outcome);
    Ok(Ok(moved))
}
