//! What goes with a shopper's account. What stays of it names nobody, and goes later (`retention`).
//!
//! Rows are locked in the order of all use cases: the shopper, purchases, grants, the ledger, connections.

use diesel::prelude::*;
use uuid::Uuid;

use super::ledger::{self, Entry};
use super::schema::{connections, deleted_shoppers, grants, purchases, reservations, shopper_pseudonyms, shoppers};
use super::{StorageResult, Tx, approval_rules, each, grants as grant_rows, identities, retention, shopper_sessions};
use crate::domain::connection::EndReason;
use crate::domain::ledger::ReservationState;
use crate::domain::purchase::{Stage, UNSOLD};
use crate::domain::shopper::Shopper;
use crate::domain::{GrantId, ShopperId, Timestamp};

/// The address goes first. It is part of a key, so whoever is making something for the shopper is waited for, and whoever
/// begins later waits and then finds nobody. False when the account has gone already.
pub fn begin(tx: &mut Tx<'_>, id: &ShopperId) -> StorageResult<bool> {
    let nobody = Uuid::new_v4().simple().to_string();
    let begun = each!(&mut **tx, c => diesel::update(shoppers::table.find(id.as_str()))
        .set(shoppers::email.eq(&nobody))
        .execute(c))?;
    Ok(begun == 1)
}

/// Removes the purchases that no order came of or is being placed for, gives back what was set aside for them, and takes the
/// addresses out of the others. What was approved to be sent where is forgotten as well.
pub fn forget_purchases(tx: &mut Tx<'_>, id: &ShopperId, now: Timestamp) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::delete(purchases::table)
        .filter(purchases::shopper_id.eq(id.as_str()))
        .filter(purchases::stage.eq_any(UNSOLD.map(Stage::as_str)))
        .execute(c))?;
    let documents: Vec<(String, String)> = each!(&mut **tx, c => purchases::table
        .filter(purchases::shopper_id.eq(id.as_str()))
        .filter(purchases::address_forgotten_at.is_null())
        .order(purchases::id.asc())
        .select((purchases::id, purchases::document))
        .load(c))?;
    retention::forget_addresses_in(tx, documents, now)?;
    let own: Vec<String> = each!(&mut **tx, c => grants::table
        .filter(grants::shopper_id.eq(id.as_str()))
        .order(grants::id.asc())
        .select(grants::id)
        .load(c))?;
    for grant_id in &own {
        grant_rows::hold_terms(tx, &GrantId::new(grant_id.as_str()))?;
    }
    approval_rules::forget(tx, &own)?;
    let set_aside: Vec<String> = each!(&mut **tx, c => reservations::table
        .filter(reservations::grant_id.eq_any(&own))
        .filter(reservations::state.eq(ReservationState::Reserved.as_str()))
        .order(reservations::purchase_id.asc())
        .select(reservations::purchase_id)
        .load(c))?;
    let mut released: Vec<Entry> = Vec::new();
    for purchase_id in set_aside {
        let from = [ReservationState::Reserved];
        released.extend(ledger::advance(tx, &purchase_id, &from, ReservationState::Released, None)?);
    }
    released.iter().try_for_each(|entry| ledger::uncount(tx, entry))
}

/// Ends every grant, and every connection at once, so that no row needs the shopper's `sub` any more. Which grants ended.
pub fn end_grants(tx: &mut Tx<'_>, id: &ShopperId, now: Timestamp) -> StorageResult<Vec<GrantId>> {
    let ended: Vec<String> = each!(&mut **tx, c => diesel::update(grants::table)
        .filter(grants::shopper_id.eq(id.as_str()))
        .filter(grants::ended_at.is_null())
        .set((grants::ended_at.eq(now.as_micros()), grants::ended_by.eq("shopper")))
        .returning(grants::id)
        .get_results(c))?;
    each!(&mut **tx, c => diesel::update(connections::table)
        .filter(connections::shopper_id.eq(id.as_str()))
        .filter(connections::ended_at.is_null())
        .set((
            connections::ended_at.eq(now.as_micros()),
            connections::end_reason.eq(EndReason::RevokedByShopper.as_str()),
        ))
        .execute(c))?;
    // What the stores know the shopper by.
    each!(&mut **tx, c => diesel::update(connections::table)
        .filter(connections::shopper_id.eq(id.as_str()))
        .set(connections::subject.eq(""))
        .execute(c))?;
    Ok(ended.into_iter().map(GrantId::new).collect())
}

/// Removes the account with its sessions, its ways to sign in and the way from it to its pseudonym. A tombstone stays.
pub fn finish(tx: &mut Tx<'_>, shopper: &Shopper, now: Timestamp) -> StorageResult<()> {
    let id = shopper.id.as_str();
    let kept = purchases::table.filter(purchases::shopper_id.eq(id));
    let has_orders: bool = each!(&mut **tx, c => diesel::select(diesel::dsl::exists(kept)).get_result(c))?;
    shopper_sessions::delete_all_of(tx, &shopper.id)?;
    identities::delete_all_of(tx, &shopper.id)?;
    each!(&mut **tx, c => {
        diesel::delete(shopper_pseudonyms::table.find(id)).execute(c)?;
        diesel::delete(shoppers::table.find(id)).execute(c)?;
        diesel::insert_into(deleted_shoppers::table)
            .values((
                deleted_shoppers::shopper_id.eq(id),
                deleted_shoppers::issuer_id.eq(shopper.issuer_id.as_str()),
                deleted_shoppers::deleted_at.eq(now.as_micros()),
                deleted_shoppers::has_orders.eq(has_orders),
            ))
            .execute(c)
    })?;
    Ok(())
}
