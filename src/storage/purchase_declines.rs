//! How often a shopper has said no to a grant's purchases in a row, and whether its agent may still ask. What is one agent is counted
//! together: each of its grants has the count of all.

use diesel::prelude::*;

use super::schema::purchase_declines;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::purchase::MOST_DECLINES;
use crate::domain::{GrantId, Timestamp};

/// Counts one more; true when it was the one that silences the agent.
pub fn count(tx: &mut Tx<'_>, agent: &[GrantId], now: Timestamp) -> StorageResult<bool> {
    for grant_id in agent {
        each!(&mut **tx, c => diesel::insert_into(purchase_declines::table)
            .values((purchase_declines::grant_id.eq(grant_id.as_str()), purchase_declines::in_a_row.eq(1)))
            .on_conflict(purchase_declines::grant_id)
            .do_update()
            .set(purchase_declines::in_a_row.eq(purchase_declines::in_a_row + 1))
            .execute(c))?;
    }
    let silenced = each!(&mut **tx, c => diesel::update(purchase_declines::table)
        .filter(purchase_declines::grant_id.eq_any(as_str(agent)))
        .filter(purchase_declines::in_a_row.ge(MOST_DECLINES))
        .filter(purchase_declines::silenced_at.is_null())
        .set(purchase_declines::silenced_at.eq(now.as_micros()))
        .execute(c))?;
    Ok(silenced > 0)
}

/// The count begins anew, unless the agent was silenced: that the shopper says in words.
pub fn restart(tx: &mut Tx<'_>, agent: &[GrantId]) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::delete(purchase_declines::table)
        .filter(purchase_declines::grant_id.eq_any(as_str(agent)))
        .filter(purchase_declines::silenced_at.is_null())
        .execute(c))?;
    Ok(())
}

/// The count begins anew, and the agent may ask; true when it might not.
pub fn forget(tx: &mut Tx<'_>, agent: &[GrantId]) -> StorageResult<bool> {
    let was_silenced = is_silenced(tx, agent)?;
    each!(&mut **tx, c => diesel::delete(purchase_declines::table)
        .filter(purchase_declines::grant_id.eq_any(as_str(agent)))
        .execute(c))?;
    Ok(was_silenced)
}

/// Whether the last answer was a no, or the agent may not ask.
pub fn has_any(connection: &mut DbConnection, agent: &[GrantId]) -> StorageResult<bool> {
    let of_agent = purchase_declines::table.filter(purchase_declines::grant_id.eq_any(as_str(agent)));
    Ok(each!(connection, c => diesel::select(diesel::dsl::exists(of_agent)).get_result(c))?)
}

pub fn is_silenced(connection: &mut DbConnection, agent: &[GrantId]) -> StorageResult<bool> {
    Ok(!list_silenced(connection, &as_str(agent))?.is_empty())
}

fn as_str(agent: &[GrantId]) -> Vec<&str> {
    agent.iter().map(GrantId::as_str).collect()
}

/// Those of the grants whose agents may not ask.
pub fn list_silenced(connection: &mut DbConnection, grant_ids: &[&str]) -> StorageResult<Vec<String>> {
    Ok(each!(connection, c => purchase_declines::table
        .filter(purchase_declines::grant_id.eq_any(grant_ids))
        .filter(purchase_declines::silenced_at.is_not_null())
        .select(purchase_declines::grant_id)
        .load(c))?)
}
