//! Tool calls in the trail, as resource servers send them. Each is kept once; whose session it was is read from the
//! connection, never taken from the sender.

use std::collections::HashMap;

use diesel::prelude::*;
use mcp_resource::wire::audit::ToolCall;

use super::audit::NewAuditRow;
use super::schema::{audit_entries, connections};
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::audit::AuditKind;
use crate::domain::{IssuerId, Timestamp};

/// Who made a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub client_id: String,
    pub grant_id: String,
    pub connection_id: String,
    pub pseudonym: String,
}

/// The callers behind those of `connection_ids` that are connections of this issuer to this resource.
pub fn find_callers(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    resource: &str,
    connection_ids: &[&str],
) -> StorageResult<HashMap<String, Caller>> {
    let rows: Vec<(String, String, String, String)> = each!(connection, c => connections::table
        .filter(connections::id.eq_any(connection_ids))
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::resource.eq(resource))
        .select((connections::id, connections::client_id, connections::grant_id, connections::pseudonym))
        .load(c))?;
    let caller = |(connection_id, client_id, grant_id, pseudonym): (String, String, String, String)| {
        (connection_id.clone(), Caller { client_id, grant_id, connection_id, pseudonym })
    };
    Ok(rows.into_iter().map(caller).collect())
}

/// An entry with what only calls have.
#[derive(Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
struct NewCallRow {
    #[diesel(embed)]
    entry: NewAuditRow,
    tool: String,
    platform: String,
    status: i64,
    latency_micros: i64,
    arguments_digest: Option<String>,
}

/// Writes the calls that are not there yet; returns how many those were. A call cannot be later than `now`.
pub fn insert(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    calls: &[(ToolCall, Caller)],
    now: Timestamp,
) -> StorageResult<usize> {
    if calls.is_empty() {
        return Ok(0);
    }
    let rows: Vec<NewCallRow> = calls.iter().map(|(call, caller)| row(issuer_id, call, caller, now)).collect();
    Ok(each!(&mut **tx, c => diesel::insert_into(audit_entries::table)
        .values(&rows)
        .on_conflict_do_nothing()
        .execute(c))?)
}

fn row(issuer_id: &IssuerId, call: &ToolCall, caller: &Caller, now: Timestamp) -> NewCallRow {
    let entry = NewAuditRow {
        id: call.id.clone(),
        issuer_id: issuer_id.to_string(),
        sequence: None,
        at: call.at.min(now).as_micros(),
        kind: AuditKind::ToolCall.to_string(),
        outcome: call.outcome.clone(),
        client_id: Some(caller.client_id.clone()),
        grant_id: Some(caller.grant_id.clone()),
        connection_id: Some(caller.connection_id.clone()),
        jti: call.token.as_ref().map(|token| token.jti.clone()),
        pseudonym: Some(caller.pseudonym.clone()),
        actor: None,
        risk: i64::from(call.risk.min(3)),
        scope: Some(call.required_scope.to_string()),
        object_id: call.object_id.clone(),
        reference_id: call.reference_id.clone(),
    };
    NewCallRow {
        entry,
        tool: call.tool.clone(),
        platform: call.platform.clone(),
        status: i64::from(call.status),
        latency_micros: i64::try_from(call.latency_micros).unwrap_or(i64::MAX),
        arguments_digest: call.arguments_digest.clone(),
    }
}
