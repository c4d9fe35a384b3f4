//! The ledger of grants: reservations, and for each month and currency the sum of those that count. A reservation is decided
//! by one conditional statement on that sum, so that no number of approvals at once goes over a ceiling (decision 5).
//!
//! Nobody waits in a circle: rows are held in one order, which is shopper, purchases, grant, reservations, sums; and two of the
//! last three by nobody who does not hold the grant. Grants of one shopper are held together only by who holds the shopper: to
//! reserve for what is one agent, to narrow or end it, to delete the account. Everybody else holds those of one grant.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use mcp_resource::wire::money::Currency;

use super::limit_columns;
use super::schema::{grants, issuers, ledger_periods, reservations, stores};
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::ledger::{Period, Reservation, ReservationState, Spent};
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{GrantId, ShopperId, Timestamp};

/// What decides about the reservations of grants that are one agent.
#[derive(Debug, Clone)]
pub struct Terms {
    limits: Vec<SpendingLimit>,
    /// The store's, an IANA name.
    pub time_zone: String,
}

impl Terms {
    /// The lowest of them counts: the shopper sees one agent, and has held it to each.
    pub fn limit(&self, currency: Currency) -> Option<SpendingLimit> {
        SpendingLimit::lowest_in(currency, self.limits.iter().copied())
    }
}

/// `None` for grants that do not exist.
pub fn find_terms(connection: &mut DbConnection, grant_ids: &[GrantId]) -> StorageResult<Option<Terms>> {
    let ids: Vec<&str> = grant_ids.iter().map(GrantId::as_str).collect();
    let rows: Vec<(String, limit_columns::Columns, String)> = each!(connection, c => grants::table
        .inner_join(issuers::table.on(issuers::id.eq(grants::issuer_id)))
        .inner_join(stores::table.on(stores::id.eq(issuers::store_id)))
        .filter(grants::id.eq_any(&ids))
        .select((
            grants::id,
            (grants::limit_currency, grants::limit_per_order, grants::limit_per_month),
            stores::time_zone,
        ))
        .load(c))?;
    let Some(time_zone) = rows.first().map(|(_, _, time_zone)| time_zone.clone()) else { return Ok(None) };
    let mut limits = Vec::new();
    for (id, limit, _) in rows {
        let wrong = |column| StorageError::inconsistent("grants", id.as_str(), column);
        limits.extend(limit_columns::read(limit).map_err(wrong)?);
    }
    Ok(Some(Terms { limits, time_zone }))
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub purchase_id: String,
    pub grant_id: GrantId,
    pub period: Period,
    pub currency: Currency,
    pub amount: i64,
    pub state: ReservationState,
    pub order_id: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reservations)]
struct EntryRow {
    purchase_id: String,
    grant_id: String,
    period: String,
    currency: String,
    amount: i64,
    state: String,
    order_id: Option<String>,
}

impl TryFrom<EntryRow> for Entry {
    type Error = StorageError;

    fn try_from(row: EntryRow) -> StorageResult<Self> {
        let wrong = |column| StorageError::inconsistent("reservations", row.purchase_id.as_str(), column);
        Ok(Self {
            currency: row.currency.parse().ok().ok_or_else(|| wrong("currency"))?,
            state: row.state.parse().ok().ok_or_else(|| wrong("state"))?,
            purchase_id: row.purchase_id,
            grant_id: GrantId::new(row.grant_id),
            period: Period::from_column(row.period),
            amount: row.amount,
            order_id: row.order_id,
        })
    }
}

pub fn find(connection: &mut DbConnection, purchase_id: &str) -> StorageResult<Option<Entry>> {
    let row: Option<EntryRow> = each!(connection, c => reservations::table
        .find(purchase_id)
        .select(EntryRow::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// All of a shopper's, newest first.
pub fn list_of_shopper(connection: &mut DbConnection, shopper_id: &ShopperId, limit: i64) -> StorageResult<Vec<Entry>> {
    let own = grants::table.filter(grants::shopper_id.eq(shopper_id.as_str())).select(grants::id);
    let rows: Vec<EntryRow> = each!(connection, c => reservations::table
        .filter(reservations::grant_id.eq_any(own))
        .order((reservations::reserved_at.desc(), reservations::purchase_id.desc()))
        .limit(limit)
        .select(EntryRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// False when the purchase has one already.
pub fn insert(tx: &mut Tx<'_>, reservation: &Reservation, period: &Period) -> StorageResult<bool> {
    let currency = reservation.amount.currency.to_string();
    let inserted = each!(&mut **tx, c => diesel::insert_into(reservations::table)
        .values((
            reservations::purchase_id.eq(&reservation.purchase_id),
            reservations::grant_id.eq(reservation.grant_id.as_str()),
            reservations::period.eq(period.as_str()),
            reservations::currency.eq(&currency),
            reservations::amount.eq(reservation.amount.amount),
            reservations::state.eq(ReservationState::Reserved.as_str()),
            reservations::reserved_at.eq(reservation.at.as_micros()),
            reservations::until.eq(reservation.until.as_micros()),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Takes back an insert of this transaction, which the ceiling did not allow.
pub fn remove(tx: &mut Tx<'_>, purchase_id: &str) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::delete(reservations::table.find(purchase_id)).execute(c))?;
    Ok(())
}

/// Counts the reservation in its month, if the ceilings allow of all grants that are one agent, of which `beside` counts in the month
/// against the others: the statement that decides. A ceiling in another currency measures nothing. False when one would be passed.
pub fn count(
    tx: &mut Tx<'_>,
    reservation: &Reservation,
    period: &Period,
    (agent, beside): (&[GrantId], i64),
) -> StorageResult<bool> {
    let ids: Vec<&str> = agent.iter().map(GrantId::as_str).collect();
    let (grant, amount) = (reservation.grant_id.as_str(), reservation.amount.amount);
    let currency = reservation.amount.currency.to_string();
    let key = (grant, period.as_str(), currency.as_str());
    each!(&mut **tx, c => diesel::insert_into(ledger_periods::table)
        .values((
            ledger_periods::grant_id.eq(grant),
            ledger_periods::period.eq(period.as_str()),
            ledger_periods::currency.eq(&currency),
            ledger_periods::counted.eq(0),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    let counted = each!(&mut **tx, c => diesel::update(ledger_periods::table.find(key))
        .filter(not(exists(grants::table
            .filter(grants::id.eq_any(&ids))
            .filter(grants::limit_currency.eq(&currency))
            .filter(grants::limit_per_order.lt(amount)
                .or(grants::limit_per_month.lt((ledger_periods::counted + amount.saturating_add(beside)).nullable()))))))
        .set(ledger_periods::counted.eq(ledger_periods::counted + amount))
        .execute(c))?;
    Ok(counted == 1)
}

/// Moves a reservation from one of `from` to `to`; its row then, or `None` when it stood otherwise.
pub fn advance(
    tx: &mut Tx<'_>,
    purchase_id: &str,
    from: &[ReservationState],
    to: ReservationState,
    order_id: Option<&str>,
) -> StorageResult<Option<Entry>> {
    let from: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
    let row: Option<EntryRow> = each!(&mut **tx, c => diesel::update(reservations::table.find(purchase_id))
        .filter(reservations::state.eq_any(&from))
        .set((reservations::state.eq(to.as_str()), reservations::order_id.eq(order_id)))
        .returning(EntryRow::as_returning())
        .get_result(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Up to `limit` reservations of one grant whose time is over and that nobody has consumed.
pub fn list_due(
    connection: &mut DbConnection,
    grant_id: &GrantId,
    now: Timestamp,
    limit: i64,
) -> StorageResult<Vec<String>> {
    Ok(each!(connection, c => reservations::table
        .filter(reservations::grant_id.eq(grant_id.as_str()))
        .filter(reservations::state.eq(ReservationState::Reserved.as_str()))
        .filter(reservations::until.le(now.as_micros()))
        .order(reservations::purchase_id.asc())
        .limit(limit)
        .select(reservations::purchase_id)
        .load(c))?)
}

/// Some grant that has such a reservation.
pub fn find_due(connection: &mut DbConnection, now: Timestamp) -> StorageResult<Option<GrantId>> {
    let found: Option<String> = each!(connection, c => reservations::table
        .filter(reservations::state.eq(ReservationState::Reserved.as_str()))
        .filter(reservations::until.le(now.as_micros()))
        .order(reservations::until.asc())
        .select(reservations::grant_id)
        .first(c)
        .optional())?;
    Ok(found.map(GrantId::new))
}

/// What no longer counts is taken from its month.
pub fn uncount(tx: &mut Tx<'_>, entry: &Entry) -> StorageResult<()> {
    let currency = entry.currency.to_string();
    let key = (entry.grant_id.as_str(), entry.period.as_str(), currency.as_str());
    each!(&mut **tx, c => diesel::update(ledger_periods::table.find(key))
        .set(ledger_periods::counted.eq(ledger_periods::counted - entry.amount))
        .execute(c))?;
    Ok(())
}

/// What counts in the month, of each of these grants and currencies.
pub fn list_spent(connection: &mut DbConnection, grant_ids: &[&str], period: &Period) -> StorageResult<Vec<Spent>> {
    let rows: Vec<(String, String, i64)> = each!(connection, c => ledger_periods::table
        .filter(ledger_periods::grant_id.eq_any(grant_ids))
        .filter(ledger_periods::period.eq(period.as_str()))
        .select((ledger_periods::grant_id, ledger_periods::currency, ledger_periods::counted))
        .load(c))?;
    let spent = |(grant_id, currency, amount): (String, String, i64)| {
        let wrong = || StorageError::inconsistent("ledger_periods", grant_id.as_str(), "currency");
        let currency = currency.parse().ok().ok_or_else(wrong)?;
        Ok(Spent { grant_id: GrantId::new(grant_id), currency, amount })
    };
    rows.into_iter().map(spent).collect()
}
