//! What agents did last, and what they bought, for their owner's cards: a fixed number of queries, however many cards.

use diesel::prelude::*;
use mcp_resource::wire::Money;

use super::schema::{audit_entries, connections, purchases, reservations};
use super::{DbConnection, StorageError, StorageResult, each};
use crate::domain::audit::AuditKind;
use crate::domain::purchase::Stage;
use crate::domain::{GrantId, Timestamp};

/// A tool call that did what it was asked. What with, nobody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastCall {
    pub connection_id: String,
    pub tool: String,
    pub at: Timestamp,
}

/// Of the connection that the query around it looks at.
macro_rules! newest_call {
    () => {
        audit_entries::table
            .filter(audit_entries::connection_id.eq(connections::id.nullable()))
            .filter(audit_entries::kind.eq(AuditKind::ToolCall.as_str()))
            .filter(audit_entries::outcome.eq("ok"))
            .order(audit_entries::at.desc())
    };
}

/// The newest successful call of each of these connections.
pub fn list_last_calls(connection: &mut DbConnection, connection_ids: &[String]) -> StorageResult<Vec<LastCall>> {
    type Row = (String, Option<String>, Option<i64>);
    // Of each connection the index gives its newest entries first, so that few are looked at.
    let rows: Vec<Row> = each!(connection, c => connections::table
        .filter(connections::id.eq_any(connection_ids))
        .select((
            connections::id,
            newest_call!().select(audit_entries::tool).single_value(),
            newest_call!().select(audit_entries::at).single_value(),
        ))
        .load(c))?;
    let call =
        |(connection_id, tool, at): Row| Some(LastCall { connection_id, tool: tool?, at: Timestamp::from_micros(at?) });
    Ok(rows.into_iter().filter_map(call).collect())
}

/// An order that an agent's purchase became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedOrder {
    pub grant_id: GrantId,
    pub order_id: String,
    pub total: Money,
    pub at: Timestamp,
}

/// How many orders each grant has.
pub type Counts = Vec<(GrantId, i64)>;

/// The newest `limit` orders of these grants together, newest first, and how many each grant has.
pub fn list_orders(
    connection: &mut DbConnection,
    grant_ids: &[&str],
    limit: i64,
) -> StorageResult<(Vec<PlacedOrder>, Counts)> {
    type Row = ((String, String, Option<String>), (i64, String, i64));
    // What was spent stands in the ledger: a frozen document is long.
    let rows: Vec<Row> = each!(connection, c => purchases::table
        .inner_join(reservations::table.on(reservations::purchase_id.eq(purchases::id)))
        .filter(purchases::grant_id.eq_any(grant_ids))
        .filter(purchases::stage.eq(Stage::Completed.as_str()))
        .order((purchases::created_at.desc(), purchases::id.desc()))
        .limit(limit)
        .select((
            (purchases::id, purchases::grant_id, purchases::order_id),
            (reservations::amount, reservations::currency, purchases::created_at),
        ))
        .load(c))?;
    let counts: Vec<(String, i64)> = each!(connection, c => purchases::table
        .filter(purchases::grant_id.eq_any(grant_ids))
        .filter(purchases::stage.eq(Stage::Completed.as_str()))
        .group_by(purchases::grant_id)
        .select((purchases::grant_id, diesel::dsl::count_star()))
        .load(c))?;
    let order = |((id, grant_id, order_id), (amount, currency, at)): Row| {
        let wrong = |table, column| StorageError::inconsistent(table, id.as_str(), column);
        let currency = currency.parse().ok().ok_or_else(|| wrong("reservations", "currency"))?;
        Ok(PlacedOrder {
            grant_id: GrantId::new(grant_id),
            order_id: order_id.ok_or_else(|| wrong("purchases", "order_id"))?,
            total: Money::new(amount, currency),
            at: Timestamp::from_micros(at),
        })
    };
    let orders = rows.into_iter().map(order).collect::<StorageResult<Vec<_>>>()?;
    Ok((orders, counts.into_iter().map(|(id, count)| (GrantId::new(id), count)).collect()))
}
