//! What is forgotten when its time is over: the addresses in purchases, and what the law wanted kept of accounts that are no
//! more. A few rows at a time, for the sweeper.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use mcp_resource::wire::purchase::CheckoutDocument;

use super::schema::{
    connections, consent_receipts, deleted_shoppers, grants, ledger_periods, purchase_declines, purchases, reservations,
};
use super::{StorageError, StorageResult, Tx, each};
use crate::domain::purchase::Stage;
use crate::domain::{IssuerId, Timestamp};

/// Takes the address out of up to `limit` purchases of the issuer from before `before`. Never where an order is being placed:
/// somebody may have to look.
pub fn forget_addresses(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    (before, now): (Timestamp, Timestamp),
    limit: i64,
) -> StorageResult<usize> {
    let documents: Vec<(String, String)> = each!(&mut **tx, c => purchases::table
        .filter(purchases::issuer_id.eq(issuer_id.as_str()))
        .filter(purchases::created_at.lt(before.as_micros()))
        .filter(purchases::address_forgotten_at.is_null())
        // As the index has it.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("stage <> 'consumed'"))
        .order(purchases::created_at.asc())
        .limit(limit)
        .select((purchases::id, purchases::document))
        .load(c))?;
    forget_addresses_in(tx, documents, now)
}

/// The same in these: ids and documents. The digest stays that of the whole document.
pub(super) fn forget_addresses_in(
    tx: &mut Tx<'_>,
    documents: Vec<(String, String)>,
    now: Timestamp,
) -> StorageResult<usize> {
    let count = documents.len();
    for (id, document) in documents {
        let wrong = || StorageError::inconsistent("purchases", id.as_str(), "document");
        let document: CheckoutDocument = serde_json::from_str(&document).ok().ok_or_else(wrong)?;
        let without = CheckoutDocument { ship_to: None, ..document };
        let without = serde_json::to_string(&without).ok().ok_or_else(wrong)?;
        each!(&mut **tx, c => diesel::update(purchases::table.find(&id))
            .set((
                purchases::document.eq(&without),
                purchases::destination.eq(None::<Vec<u8>>),
                purchases::address_forgotten_at.eq(now.as_micros()),
            ))
            .execute(c))?;
    }
    Ok(count)
}

/// Until when accounts were deleted whose tombstones may go.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    pub with_orders: Timestamp,
    /// Nothing was bought with them: they stay while a token of theirs could come back.
    pub without_orders: Timestamp,
}

/// Removes up to `limit` rows of one deleted account whose time is over, its tombstone last; zero when there is none.
pub fn delete_tombstones(tx: &mut Tx<'_>, due: Due, limit: i64) -> StorageResult<usize> {
    let found = match find_due(tx, false, due.without_orders)? {
        Some(found) => Some(found),
        None => find_due(tx, true, due.with_orders)?,
    };
    let Some(id) = found else { return Ok(0) };
    let removed = delete_purchases(tx, &id, limit)?;
    if removed > 0 {
        return Ok(removed);
    }
    let grant_ids: Vec<String> = each!(&mut **tx, c => grants::table
        .filter(grants::shopper_id.eq(&id))
        .order(grants::id.asc())
        .limit(limit)
        .select(grants::id)
        .load(c))?;
    if !grant_ids.is_empty() {
        return delete_grants(tx, &grant_ids, limit);
    }
    Ok(each!(&mut **tx, c => diesel::delete(deleted_shoppers::table.find(&id)).execute(c))?)
}

/// The first that was deleted before `before`.
fn find_due(tx: &mut Tx<'_>, has_orders: bool, before: Timestamp) -> StorageResult<Option<String>> {
    Ok(each!(&mut **tx, c => deleted_shoppers::table
        .filter(deleted_shoppers::has_orders.eq(has_orders))
        .filter(deleted_shoppers::deleted_at.lt(before.as_micros()))
        // One that is being placed stays on the console until somebody says what became of it.
        .filter(not(exists(purchases::table
            .filter(purchases::shopper_id.eq(deleted_shoppers::shopper_id))
            .filter(purchases::stage.eq(Stage::Consumed.as_str())))))
        .order(deleted_shoppers::deleted_at.asc())
        .select(deleted_shoppers::shopper_id)
        .first(c)
        .optional())?)
}

fn delete_purchases(tx: &mut Tx<'_>, shopper_id: &str, limit: i64) -> StorageResult<usize> {
    let ids: Vec<String> = each!(&mut **tx, c => purchases::table
        .filter(purchases::shopper_id.eq(shopper_id))
        .limit(limit)
        .select(purchases::id)
        .load(c))?;
    Ok(each!(&mut **tx, c => diesel::delete(purchases::table)
        .filter(purchases::id.eq_any(&ids))
        .execute(c))?)
}

/// Of grants there are few rows each but connections and reservations, which go in batches of their own.
fn delete_grants(tx: &mut Tx<'_>, ids: &[String], limit: i64) -> StorageResult<usize> {
    let reserved: Vec<String> = each!(&mut **tx, c => reservations::table
        .filter(reservations::grant_id.eq_any(ids))
        .limit(limit)
        .select(reservations::purchase_id)
        .load(c))?;
    if !reserved.is_empty() {
        return Ok(each!(&mut **tx, c => diesel::delete(reservations::table)
            .filter(reservations::purchase_id.eq_any(&reserved))
            .execute(c))?);
    }
    let made: Vec<String> = each!(&mut **tx, c => connections::table
        .filter(connections::grant_id.eq_any(ids))
        .limit(limit)
        .select(connections::id)
        .load(c))?;
    if !made.is_empty() {
        return Ok(each!(&mut **tx, c => {
            diesel::delete(consent_receipts::table).filter(consent_receipts::connection_id.eq_any(&made)).execute(c)?;
            diesel::delete(connections::table).filter(connections::id.eq_any(&made)).execute(c)
        })?);
    }
    Ok(each!(&mut **tx, c => {
        diesel::delete(ledger_periods::table).filter(ledger_periods::grant_id.eq_any(ids)).execute(c)?;
        diesel::delete(purchase_declines::table).filter(purchase_declines::grant_id.eq_any(ids)).execute(c)?;
        diesel::delete(grants::table).filter(grants::id.eq_any(ids)).execute(c)
    })?)
}
