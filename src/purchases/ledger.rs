//! The ledger of a grant (decision 5): an approval reserves, the store consumes, and then commits with an order or releases.
//! Grants that are one agent to the shopper, since the merchant has merged its clients, are measured together: what counts against
//! any of them counts against the ceilings of each, and the lowest holds.
//!
//! - What counts in a month is never above the ceiling that stood when it was reserved, however many approve at once.
//! - Nothing is lost: the sum of a month is the sum of its reservations that count.
//! - A consumed reservation never expires; it counts until it is committed or released. A commit is for good.
//! - Lowering a ceiling below what is spent undoes nothing and refuses the next.
//!
//! All of them run in the transaction of what they are about. Repeating one changes nothing more.

use crate::domain::ledger::{OverLimit, Period, Reservation, ReservationState, Reserving, Spent};
use crate::domain::{GrantId, Money, Timestamp};
use crate::storage::ledger::{self, Entry};
use crate::storage::{DbConnection, StorageError, StorageResult, Tx, grants};

use ReservationState::{Committed, Consumed, Expired, Released, Reserved};

/// Reservations that one call lets expire.
const BATCH: i64 = 25;

/// Sets the amount aside, if the agent's ceilings allow it. The same purchase again is answered like the first time, whatever
/// the amount: a purchase has one. The shopper is held by whoever calls, where there may be several grants.
///
/// # Errors
/// [`StorageError::Inconsistent`] for a grant that does not exist, and for a purchase whose reservation is over.
pub fn reserve(tx: &mut Tx<'_>, reservation: &Reservation) -> StorageResult<Reserving> {
    let grant_id = &reservation.grant_id;
    // Nothing that would count backwards.
    if reservation.amount.amount < 0 {
        return Err(StorageError::inconsistent("reservations", reservation.purchase_id.as_str(), "amount"));
    }
    let missing = || StorageError::inconsistent("reservations", reservation.purchase_id.as_str(), "grant_id");
    // What is over counts against nobody, also where no sweeper has come by yet. The grants are held before anything is counted: a
    // ceiling that is being lowered is waited for, and counts.
    let agent = agent_of(tx, grant_id)?;
    expire_of_agent(tx, &agent, reservation.at)?;
    let terms = ledger::find_terms(tx, &agent)?.ok_or_else(missing)?;
    let period = Period::of(reservation.at, &terms.time_zone);
    if !ledger::insert(tx, reservation, &period)? {
        return again(tx, &reservation.purchase_id);
    }
    let currency = reservation.amount.currency;
    let counted = ledger::list_spent(tx, &as_str(&agent), &period)?;
    let sum = |is_meant: &dyn Fn(&Spent) -> bool| {
        counted.iter().filter(|spent| spent.currency == currency && is_meant(spent)).map(|spent| spent.amount).sum()
    };
    let beside = sum(&|spent| spent.grant_id != *grant_id);
    if ledger::count(tx, reservation, &period, (&agent, beside))? {
        return Ok(Reserving::Reserved);
    }
    ledger::remove(tx, &reservation.purchase_id)?;
    // Only a ceiling refuses, and it is as it was read: the grants are held.
    let limit = terms.limit(currency).ok_or_else(missing)?;
    Ok(Reserving::OverLimit(OverLimit { limit, spent: sum(&|_| true) }))
}

fn again(tx: &mut Tx<'_>, purchase_id: &str) -> StorageResult<Reserving> {
    let entry = ledger::find(tx, purchase_id)?;
    if entry.is_some_and(|entry| entry.state.counts()) {
        return Ok(Reserving::Reserved);
    }
    Err(StorageError::inconsistent("reservations", purchase_id, "state"))
}

/// The store takes it: from now on it never expires. False when there is nothing to take, as it has expired or was released.
pub fn consume(tx: &mut Tx<'_>, purchase_id: &str) -> StorageResult<bool> {
    let is_so = |entry: &Entry| matches!(entry.state, Consumed | Committed);
    Ok(ledger::advance(tx, purchase_id, &[Reserved], Consumed, None)?.is_some() || stands(tx, purchase_id, is_so)?)
}

/// There is an order. False unless the store has consumed it, for this order.
pub fn commit(tx: &mut Tx<'_>, purchase_id: &str, order_id: &str) -> StorageResult<bool> {
    let is_so = |entry: &Entry| entry.state == Committed && entry.order_id.as_deref() == Some(order_id);
    let moved = ledger::advance(tx, purchase_id, &[Consumed], Committed, Some(order_id))?;
    Ok(moved.is_some() || stands(tx, purchase_id, is_so)?)
}

/// No order will come of it: it counts no longer. False where there is an order.
pub fn release(tx: &mut Tx<'_>, purchase_id: &str) -> StorageResult<bool> {
    // Before its reservation, as everybody who changes a sum does.
    let Some(entry) = ledger::find(tx, purchase_id)? else { return Ok(false) };
    grants::hold_terms(tx, &entry.grant_id)?;
    let Some(entry) = ledger::advance(tx, purchase_id, &[Reserved, Consumed], Released, None)? else {
        return stands(tx, purchase_id, |entry| matches!(entry.state, Released | Expired));
    };
    ledger::uncount(tx, &entry)?;
    Ok(true)
}

fn stands(connection: &mut DbConnection, purchase_id: &str, is_so: impl Fn(&Entry) -> bool) -> StorageResult<bool> {
    Ok(ledger::find(connection, purchase_id)?.is_some_and(|entry| is_so(&entry)))
}

/// Lets a bounded number of reservations expire whose time is over; how many there were. For the sweeper, which comes again.
pub fn expire(tx: &mut Tx<'_>, now: Timestamp) -> StorageResult<usize> {
    // Of one grant at a time: who holds two waits for the first while somebody waits for the second.
    let Some(grant_id) = ledger::find_due(tx, now)? else { return Ok(0) };
    grants::hold_terms(tx, &grant_id)?;
    expire_of(tx, &grant_id, now)
}

/// Lets all reservations of a grant expire whose time is over: before what counts is asked for. The grant is held from here on.
pub fn expire_of_grant(tx: &mut Tx<'_>, grant_id: &GrantId, now: Timestamp) -> StorageResult<()> {
    grants::hold_terms(tx, grant_id)?;
    while expire_of(tx, grant_id, now)? > 0 {}
    Ok(())
}

/// The same of all that are one agent. The shopper is held, where there may be several.
pub fn expire_of_agent(tx: &mut Tx<'_>, agent: &[GrantId], now: Timestamp) -> StorageResult<()> {
    agent.iter().try_for_each(|id| expire_of_grant(tx, id, now))
}

/// The grants that are one agent with this one, itself included.
pub fn agent_of(connection: &mut DbConnection, grant_id: &GrantId) -> StorageResult<Vec<GrantId>> {
    Ok(grants::list_of_agent(connection, grant_id)?.into_iter().map(|grant| grant.id).collect())
}

fn as_str(grant_ids: &[GrantId]) -> Vec<&str> {
    grant_ids.iter().map(GrantId::as_str).collect()
}

/// The grant is held.
fn expire_of(tx: &mut Tx<'_>, grant_id: &GrantId, now: Timestamp) -> StorageResult<usize> {
    let mut expired = Vec::new();
    for purchase_id in ledger::list_due(tx, grant_id, now, BATCH)? {
        expired.extend(ledger::advance(tx, &purchase_id, &[Reserved], Expired, None)?);
    }
    for entry in &expired {
        ledger::uncount(tx, entry)?;
    }
    Ok(expired.len())
}

/// Whether a purchase of `amount` would be above the ceilings of this agent now: for pages and answers. What decides is [`reserve`].
pub fn over_limit(
    connection: &mut DbConnection,
    agent: &[GrantId],
    amount: Money,
    at: Timestamp,
) -> StorageResult<Option<OverLimit>> {
    let Some(terms) = ledger::find_terms(connection, agent)? else { return Ok(None) };
    let spent = spent_of(connection, agent, amount.currency, (at, &terms.time_zone))?;
    Ok(crate::domain::ledger::over_limit(terms.limit(amount.currency), spent, amount))
}

/// What counts this month against each of these grants, in each currency. The month is that of `at` in the store's zone.
pub fn spent(
    connection: &mut DbConnection,
    grant_ids: &[&str],
    (at, time_zone): (Timestamp, &str),
) -> StorageResult<Vec<Spent>> {
    ledger::list_spent(connection, grant_ids, &Period::of(at, time_zone))
}

/// The same of all of them together, in one currency.
pub fn spent_of(
    connection: &mut DbConnection,
    grant_ids: &[GrantId],
    currency: mcp_resource::wire::money::Currency,
    at: (Timestamp, &str),
) -> StorageResult<i64> {
    let all = spent(connection, &as_str(grant_ids), at)?;
    Ok(all.iter().filter(|spent| spent.currency == currency).map(|spent| spent.amount).sum())
}

#[cfg(test)]
mod tests;
