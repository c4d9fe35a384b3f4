//! Purchases: each step is one conditional statement, which decides who takes it (decision 5, F21, F23). What a purchase
//! hangs on is looked at in the same statement, as a refresh does it: a pause or a revocation counts from its commit on.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::restrictions::{aims_at_it, unrestricted};
use super::schema::{agent_policies, connections, grants, purchases, restrictions};
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::purchase::{Decision, EXTENSION, MOST_PENDING, Purchase, Stage};
use crate::domain::restriction::Effect;
use crate::domain::{GrantId, IssuerId, PurchaseId, ShopperId, Timestamp};
use row::FoundRow;
pub(super) use row::PurchaseRow;

pub use row::Found;

/// The scopes of a grant that may check out, and of one that fills carts, as LIKE knows them: no other scope has these within it.
const CHECKOUT: &str = "%checkout:initiate%";
const CART: &str = "%cart:write%";

mod row;

/// A purchase with what it hangs on, as [`FoundRow`] reads it. Only inside [`each!`].
macro_rules! found {
    ($issuer_id:expr) => {
        purchases::table
            .inner_join(connections::table.on(connections::id.eq(purchases::connection_id)))
            .inner_join(grants::table.on(grants::id.eq(purchases::grant_id)))
            .filter(purchases::issuer_id.eq($issuer_id))
            .select((
                $crate::storage::purchases::PurchaseRow::as_select(),
                (connections::ended_at, connections::end_reason, grants::ended_at, grants::scope),
                // Shut out for good, and held for now.
                diesel::dsl::exists(
                    restrictions::table
                        .filter(restrictions::issuer_id.eq($issuer_id))
                        .filter(restrictions::effect.eq($crate::domain::restriction::Effect::NotBefore.as_str()))
                        .filter(restrictions::since.ge(connections::connected_at))
                        .filter($crate::storage::restrictions::aims_at_it!()),
                ),
                diesel::dsl::exists(
                    restrictions::table.filter(restrictions::issuer_id.eq($issuer_id)).filter(
                        restrictions::effect.eq($crate::domain::restriction::Effect::Off.as_str()).or(
                            restrictions::effect
                                .eq($crate::domain::restriction::Effect::Paused.as_str())
                                .or(restrictions::effect
                                    .eq($crate::domain::restriction::Effect::PausedByShopper.as_str()))
                                .and($crate::storage::restrictions::aims_at_it!()),
                        ),
                    ),
                ),
                (connections::pseudonym, connections::redirect_uri),
            ))
    };
}
pub(super) use found;

/// The grant is live and may check out, the connection that began it was not revoked, and nothing shuts it out or holds it.
macro_rules! stands {
    ($issuer_id:expr) => {
        exists(
            connections::table
                .filter(connections::id.eq(purchases::connection_id))
                .filter(connections::ended_at.is_null().or(connections::end_reason.eq_any(row::BY_ITSELF)))
                .filter(unrestricted!($issuer_id))
                .filter(not(exists(
                    restrictions::table
                        .filter(restrictions::issuer_id.eq($issuer_id))
                        .filter(
                            restrictions::effect
                                .eq(Effect::Paused.as_str())
                                .or(restrictions::effect.eq(Effect::PausedByShopper.as_str())),
                        )
                        .filter(aims_at_it!()),
                ))),
        )
        .and(exists(
            grants::table
                .filter(grants::id.eq(purchases::grant_id))
                .filter(grants::ended_at.is_null()),
        ))
        // What the shopper took back since counts; an elevation that has run out took nothing (decision 5).
        .and(
            not(purchases::is_elevation)
                .and(exists(
                    grants::table.filter(grants::id.eq(purchases::grant_id)).filter(grants::scope.like(CHECKOUT)),
                ))
                // H20: to begin this checkout is what the yes gives. What it builds on can be taken back, by either side.
                .or(purchases::is_elevation
                    .and(exists(
                        grants::table.filter(grants::id.eq(purchases::grant_id)).filter(grants::scope.like(CART)),
                    ))
                    .and(exists(
                        agent_policies::table
                            .filter(agent_policies::issuer_id.eq($issuer_id))
                            .filter(agent_policies::checkout_links),
                    ))),
        )
    };
}

/// A unique violation means that the checkout has one. `mailed_at`: when the shopper was written to about it.
pub fn insert(tx: &mut Tx<'_>, purchase: &Purchase, mailed_at: Option<Timestamp>) -> StorageResult<()> {
    let row = PurchaseRow::new(purchase)?;
    each!(&mut **tx, c => diesel::insert_into(purchases::table)
        .values((&row, purchases::mailed_at.eq(mailed_at.map(Timestamp::as_micros))))
        .execute(c))?;
    Ok(())
}

pub fn find(connection: &mut DbConnection, issuer_id: &IssuerId, id: &PurchaseId) -> StorageResult<Option<Found>> {
    let row: Option<FoundRow> = each!(connection, c => found!(issuer_id.as_str())
        .filter(purchases::id.eq(id.as_str()))
        .first(c)
        .optional())?;
    row.map(Found::of).transpose()
}

/// The one of a resource server's checkout.
pub fn find_by_checkout(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    (resource, checkout_id): (&str, &str),
) -> StorageResult<Option<Found>> {
    let row: Option<FoundRow> = each!(connection, c => found!(issuer_id.as_str())
        .filter(purchases::resource.eq(resource))
        .filter(purchases::checkout_id.eq(checkout_id))
        .first(c)
        .optional())?;
    row.map(Found::of).transpose()
}

/// Those of a shopper that await an answer, oldest first, whatever they hang on.
pub fn list_awaiting(
    connection: &mut DbConnection,
    (issuer_id, shopper_id): (&IssuerId, &ShopperId),
    now: Timestamp,
) -> StorageResult<Vec<Found>> {
    let rows: Vec<FoundRow> = each!(connection, c => found!(issuer_id.as_str())
        .filter(purchases::shopper_id.eq(shopper_id.as_str()))
        .filter(purchases::stage.eq(Stage::Awaiting.as_str()))
        .filter(purchases::expires_at.gt(now.as_micros()))
        .order((purchases::created_at.asc(), purchases::id.asc()))
        .load(c))?;
    rows.into_iter().map(Found::of).collect()
}

/// All of a shopper's, newest first.
pub fn list_of_shopper(
    connection: &mut DbConnection,
    shopper_id: &ShopperId,
    limit: i64,
) -> StorageResult<Vec<Purchase>> {
    let rows: Vec<PurchaseRow> = each!(connection, c => purchases::table
        .filter(purchases::shopper_id.eq(shopper_id.as_str()))
        .order((purchases::created_at.desc(), purchases::id.desc()))
        .limit(limit)
        .select(PurchaseRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// F21: the shopper's answer, once. Yes counts only while everything it hangs on stands; no counts always.
pub fn decide(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    shopper_id: &ShopperId,
    decision: Decision,
    now: Timestamp,
) -> StorageResult<bool> {
    let (stage, expires_at) = match decision {
        Decision::Approve => (Stage::Approved, purchase.usable_until(now)),
        Decision::Decline => (Stage::Declined, purchase.expires_at),
    };
    let is_no = decision == Decision::Decline;
    let issuer_id = purchase.issuer_id.as_str();
    let decided = each!(&mut **tx, c => diesel::update(purchases::table.find(purchase.id.as_str()))
        .filter(purchases::issuer_id.eq(issuer_id))
        // F11: nobody else's.
        .filter(purchases::shopper_id.eq(shopper_id.as_str()))
        .filter(purchases::stage.eq(Stage::Awaiting.as_str()))
        .filter(purchases::expires_at.gt(now.as_micros()))
        .filter(stands!(issuer_id).or(is_no.into_sql::<diesel::sql_types::Bool>()))
        .set((
            purchases::stage.eq(stage.as_str()),
            purchases::decided_at.eq(now.as_micros()),
            purchases::expires_at.eq(expires_at.as_micros()),
        ))
        .execute(c))?;
    Ok(decided == 1)
}

/// The shopper's rule says yes in their place, under the same conditions.
pub fn approve_by_rule(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    (rule_id, expires_at): (&str, Timestamp),
    now: Timestamp,
) -> StorageResult<bool> {
    let issuer_id = purchase.issuer_id.as_str();
    let approved = each!(&mut **tx, c => diesel::update(purchases::table.find(purchase.id.as_str()))
        .filter(purchases::stage.eq(Stage::Awaiting.as_str()))
        .filter(stands!(issuer_id))
        .set((
            purchases::stage.eq(Stage::Approved.as_str()),
            purchases::rule_id.eq(rule_id),
            purchases::decided_at.eq(now.as_micros()),
            purchases::expires_at.eq(expires_at.as_micros()),
        ))
        .execute(c))?;
    Ok(approved == 1)
}

/// WCAG 2.2.1: more time, once.
pub fn extend(tx: &mut Tx<'_>, purchase: &Purchase, shopper_id: &ShopperId, now: Timestamp) -> StorageResult<bool> {
    let extended = each!(&mut **tx, c => diesel::update(purchases::table.find(purchase.id.as_str()))
        .filter(purchases::issuer_id.eq(purchase.issuer_id.as_str()))
        .filter(purchases::shopper_id.eq(shopper_id.as_str()))
        .filter(purchases::stage.eq(Stage::Awaiting.as_str()))
        .filter(purchases::expires_at.gt(now.as_micros()))
        .filter(purchases::extended_at.is_null())
        .set((
            purchases::extended_at.eq(now.as_micros()),
            purchases::expires_at.eq(purchase.expires_at.plus(EXTENSION).as_micros()),
        ))
        .execute(c))?;
    Ok(extended == 1)
}

/// What a resource server says of the purchase that it names.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    pub issuer_id: &'a IssuerId,
    pub resource: &'a str,
    pub id: &'a PurchaseId,
    pub checkout_id: &'a str,
}

/// F23: takes an approved purchase, once. It demands all of decision 5: approved, unexpired, the same document and
/// checkout, the grant live, and nothing of it held.
pub fn consume(tx: &mut Tx<'_>, presented: Presented<'_>, digest: &[u8], now: Timestamp) -> StorageResult<bool> {
    let issuer_id = presented.issuer_id.as_str();
    let consumed = each!(&mut **tx, c => diesel::update(purchases::table.find(presented.id.as_str()))
        .filter(purchases::issuer_id.eq(issuer_id))
        .filter(purchases::resource.eq(presented.resource))
        .filter(purchases::checkout_id.eq(presented.checkout_id))
        .filter(purchases::digest.eq(digest))
        .filter(purchases::stage.eq(Stage::Approved.as_str()))
        .filter(purchases::expires_at.gt(now.as_micros()))
        .filter(stands!(issuer_id))
        .set((purchases::stage.eq(Stage::Consumed.as_str()), purchases::consumed_at.eq(now.as_micros())))
        .execute(c))?;
    Ok(consumed == 1)
}

/// What became of a consumed purchase: an order, or nothing. What was ended meanwhile makes no difference: it was taken.
pub fn settle(
    tx: &mut Tx<'_>,
    presented: Presented<'_>,
    order_id: Option<&str>,
    now: Timestamp,
) -> StorageResult<bool> {
    let stage = if order_id.is_some() { Stage::Completed } else { Stage::Released };
    let settled = each!(&mut **tx, c => diesel::update(purchases::table.find(presented.id.as_str()))
        .filter(purchases::issuer_id.eq(presented.issuer_id.as_str()))
        .filter(purchases::resource.eq(presented.resource))
        .filter(purchases::checkout_id.eq(presented.checkout_id))
        .filter(purchases::stage.eq(Stage::Consumed.as_str()))
        .set((
            purchases::stage.eq(stage.as_str()),
            purchases::settled_at.eq(now.as_micros()),
            purchases::order_id.eq(order_id),
        ))
        .execute(c))?;
    Ok(settled == 1)
}

/// A new purchase of a cart takes the place of what the shopper has not decided, and of what they said yes to and no order was
/// begun for: the same agent's, as another cannot spoil what it was not asked for. The ids of those.
pub fn supersede_cart(tx: &mut Tx<'_>, new: &Purchase) -> StorageResult<Vec<String>> {
    Ok(each!(&mut **tx, c => diesel::update(purchases::table)
        .filter(purchases::issuer_id.eq(new.issuer_id.as_str()))
        .filter(purchases::shopper_id.eq(new.shopper_id.as_str()))
        .filter(purchases::resource.eq(&new.resource))
        .filter(purchases::cart_id.eq(&new.cart_id))
        .filter(purchases::id.ne(new.id.as_str()))
        .filter(purchases::stage.eq(Stage::Awaiting.as_str()).or(
            purchases::stage.eq(Stage::Approved.as_str()).and(purchases::grant_id.eq(new.grant_id.as_str())),
        ))
        .filter(purchases::expires_at.gt(new.created_at.as_micros()))
        .set(purchases::stage.eq(Stage::Superseded.as_str()))
        .returning(purchases::id)
        .get_results(c))?)
}

/// Those of an agent's grants that await approval and are too many beside `new`, the oldest. Whoever decides on one of them is
/// waited for, and waits.
pub fn hold_surplus(tx: &mut Tx<'_>, new: &Purchase, agent: &[GrantId]) -> StorageResult<Vec<String>> {
    let agent: Vec<&str> = agent.iter().map(GrantId::as_str).collect();
    let surplus: Vec<String> = each!(&mut **tx, c => purchases::table
        .filter(purchases::grant_id.eq_any(&agent))
        .filter(purchases::id.ne(new.id.as_str()))
        .filter(purchases::stage.eq(Stage::Awaiting.as_str()))
        .filter(purchases::expires_at.gt(new.created_at.as_micros()))
        .order((purchases::created_at.desc(), purchases::id.desc()))
        .offset(MOST_PENDING.saturating_sub(1))
        // SQLite takes no offset without a limit.
        .limit(1_000)
        .select(purchases::id)
        .load(c))?;
    if surplus.is_empty() {
        return Ok(surplus);
    }
    Ok(each!(&mut **tx, c => diesel::update(purchases::table)
        .filter(purchases::id.eq_any(&surplus))
        .filter(purchases::stage.eq(Stage::Awaiting.as_str()))
        // Both databases know no other way to hold a row that is the same in each.
        .set(purchases::stage.eq(purchases::stage))
        .returning(purchases::id)
        .get_results(c))?)
}

/// Those that are held and await approval give way.
pub fn supersede(tx: &mut Tx<'_>, held: &[String]) -> StorageResult<()> {
    if held.is_empty() {
        return Ok(());
    }
    each!(&mut **tx, c => diesel::update(purchases::table)
        .filter(purchases::id.eq_any(held))
        .set(purchases::stage.eq(Stage::Superseded.as_str()))
        .execute(c))?;
    Ok(())
}

/// Purchases of an agent's grants that were begun after `since`.
pub fn count_new(connection: &mut DbConnection, agent: &[GrantId], since: Timestamp) -> StorageResult<i64> {
    let agent: Vec<&str> = agent.iter().map(GrantId::as_str).collect();
    Ok(each!(connection, c => purchases::table
        .filter(purchases::grant_id.eq_any(&agent))
        .filter(purchases::created_at.gt(since.as_micros()))
        .count()
        .get_result(c))?)
}

/// E-mails to a shopper after `since`.
pub fn count_mails(connection: &mut DbConnection, shopper_id: &ShopperId, since: Timestamp) -> StorageResult<i64> {
    Ok(each!(connection, c => purchases::table
        .filter(purchases::shopper_id.eq(shopper_id.as_str()))
        .filter(purchases::mailed_at.gt(since.as_micros()))
        .count()
        .get_result(c))?)
}
