//! Restrictions: one row that ends, holds or shuts out many connections at once (decision 4). Refresh and introspection
//! look at them in their own statements, so a row counts from its commit on.

use diesel::prelude::*;
use mcp_resource::wire::feed::{Event, Target};

use super::schema::restrictions;
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::restriction::{Effect, Restriction, end_of_doubt, target_columns, target_from_columns};
use crate::domain::{IssuerId, Timestamp};

/// Whether a restriction is about the row.
macro_rules! aims_at_it {
    () => {
        $crate::storage::schema::restrictions::target_kind
            .eq("issuer")
            .or($crate::storage::schema::restrictions::target_kind.eq("client").and(
                $crate::storage::schema::restrictions::target_id.eq($crate::storage::schema::connections::client_id),
            ))
            .or($crate::storage::schema::restrictions::target_kind.eq("shopper").and(
                $crate::storage::schema::restrictions::target_id.eq($crate::storage::schema::connections::subject),
            ))
            .or($crate::storage::schema::restrictions::target_kind.eq("grant").and(
                $crate::storage::schema::restrictions::target_id.eq($crate::storage::schema::connections::grant_id),
            ))
    };
}
pub(super) use aims_at_it;

/// Nothing shuts the row out: no not-before at or after its consent, and the access switch is on (decision 4). Only
/// inside [`each!`], since the expression belongs to one backend.
macro_rules! unrestricted {
    ($issuer_id:expr) => {
        diesel::dsl::not(diesel::dsl::exists(
            $crate::storage::schema::restrictions::table
                .filter($crate::storage::schema::restrictions::issuer_id.eq($issuer_id))
                .filter(
                    $crate::storage::schema::restrictions::effect
                        .eq($crate::domain::restriction::Effect::Off.as_str())
                        .or($crate::storage::schema::restrictions::effect
                            .eq($crate::domain::restriction::Effect::NotBefore.as_str())
                            .and(
                                $crate::storage::schema::restrictions::since
                                    .ge($crate::storage::schema::connections::connected_at),
                            )
                            .and($crate::storage::restrictions::aims_at_it!())),
                ),
        ))
    };
}
pub(super) use unrestricted;

/// A restriction, and who made it: `shopper`, `staff:<id>`, `operator`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub restriction: Restriction,
    pub by: String,
}

impl Made {
    pub fn is(&self, effect: Effect, target: &Target) -> bool {
        self.restriction.effect == effect && self.restriction.target == *target
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = restrictions)]
struct Row {
    issuer_id: String,
    effect: String,
    target_kind: String,
    target_id: String,
    since: i64,
    created_by: String,
}

impl Row {
    fn new(issuer_id: &IssuerId, restriction: &Restriction, by: &str) -> Self {
        let (kind, id) = target_columns(&restriction.target);
        Self {
            issuer_id: issuer_id.to_string(),
            effect: restriction.effect.to_string(),
            target_kind: kind.to_owned(),
            target_id: id.to_owned(),
            since: restriction.since.as_micros(),
            created_by: by.to_owned(),
        }
    }
}

impl TryFrom<Row> for Made {
    type Error = StorageError;

    fn try_from(row: Row) -> StorageResult<Self> {
        let wrong = |column| StorageError::inconsistent("restrictions", row.target_id.as_str(), column);
        let effect = row.effect.parse().ok().ok_or_else(|| wrong("effect"))?;
        let target = target_from_columns(&row.target_kind, &row.target_id).ok_or_else(|| wrong("target_kind"))?;
        let restriction = Restriction { effect, target, since: Timestamp::from_micros(row.since) };
        Ok(Self { restriction, by: row.created_by })
    }
}

/// Ends all connections of the target that were made at or before `since`. A later time replaces an earlier one, never the
/// reverse, so that clocks of replicas that differ bring nothing back.
pub fn shut_out_before(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    target: &Target,
    since: Timestamp,
    by: &str,
) -> StorageResult<()> {
    put_off(tx, issuer_id, &Restriction { effect: Effect::NotBefore, target: target.clone(), since }, by)
}

/// Says to the issuer's resource servers that tokens of the target that are minted soon, or were before, may hold less than
/// they say.
pub fn narrow(tx: &mut Tx<'_>, issuer_id: &IssuerId, target: Target, now: Timestamp, by: &str) -> StorageResult<()> {
    let since = end_of_doubt(now);
    put_off(tx, issuer_id, &Restriction { effect: Effect::Narrowed, target: target.clone(), since }, by)?;
    tx.publish(issuer_id.as_str(), now, Event::RightsChanged { target, before: since.as_micros() });
    Ok(())
}

fn put_off(tx: &mut Tx<'_>, issuer_id: &IssuerId, restriction: &Restriction, by: &str) -> StorageResult<()> {
    let row = Row::new(issuer_id, restriction, by);
    let inserted = each!(&mut **tx, c => diesel::insert_into(restrictions::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted == 0 {
        let key = (issuer_id.as_str(), row.effect.as_str(), row.target_kind.as_str(), row.target_id.as_str());
        each!(&mut **tx, c => diesel::update(restrictions::table.find(key))
            .filter(restrictions::since.lt(row.since))
            .set((restrictions::since.eq(row.since), restrictions::created_by.eq(&row.created_by)))
            .execute(c))?;
    }
    Ok(())
}

/// Sets a pause or the access switch; false when it stood already.
pub fn set(tx: &mut Tx<'_>, issuer_id: &IssuerId, restriction: &Restriction, by: &str) -> StorageResult<bool> {
    let row = Row::new(issuer_id, restriction, by);
    let inserted = each!(&mut **tx, c => diesel::insert_into(restrictions::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Removes it; false when there was none.
pub fn lift(tx: &mut Tx<'_>, issuer_id: &IssuerId, effect: Effect, target: &Target) -> StorageResult<bool> {
    let (kind, id) = target_columns(target);
    let key = (issuer_id.as_str(), effect.as_str(), kind, id);
    let deleted = each!(&mut **tx, c => diesel::delete(restrictions::table.find(key)).execute(c))?;
    Ok(deleted == 1)
}

/// Removes it if `by` made it; false when there was none.
pub fn lift_made_by(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    effect: Effect,
    target: &Target,
    by: &str,
) -> StorageResult<bool> {
    let (kind, id) = target_columns(target);
    let key = (issuer_id.as_str(), effect.as_str(), kind, id);
    let deleted = each!(&mut **tx, c => diesel::delete(restrictions::table.find(key))
        .filter(restrictions::created_by.eq(by))
        .execute(c))?;
    Ok(deleted == 1)
}

/// Makes it `by`'s if it was made by somebody whose name begins with `prefix`; false when there was none such.
pub fn claim(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    effect: Effect,
    target: &Target,
    (prefix, by): (&str, &str),
) -> StorageResult<bool> {
    let (kind, id) = target_columns(target);
    let key = (issuer_id.as_str(), effect.as_str(), kind, id);
    let claimed = each!(&mut **tx, c => diesel::update(restrictions::table.find(key))
        .filter(restrictions::created_by.like(format!("{prefix}%")))
        .set(restrictions::created_by.eq(by))
        .execute(c))?;
    Ok(claimed == 1)
}

/// Removes a not-before row, unless it has been set again since.
pub fn forget(tx: &mut Tx<'_>, issuer_id: &IssuerId, restriction: &Restriction) -> StorageResult<bool> {
    let (kind, id) = target_columns(&restriction.target);
    let key = (issuer_id.as_str(), restriction.effect.as_str(), kind, id);
    let deleted = each!(&mut **tx, c => diesel::delete(restrictions::table.find(key))
        .filter(restrictions::since.eq(restriction.since.as_micros()))
        .execute(c))?;
    Ok(deleted == 1)
}

pub fn is_set(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    effect: Effect,
    target: &Target,
) -> StorageResult<bool> {
    let (kind, id) = target_columns(target);
    let key = (issuer_id.as_str(), effect.as_str(), kind, id);
    let found: Option<i64> = each!(connection, c => restrictions::table
        .find(key)
        .select(restrictions::since)
        .first(c)
        .optional())?;
    Ok(found.is_some())
}

/// All of an issuer.
pub fn list(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<Vec<Made>> {
    let rows: Vec<Row> = each!(connection, c => restrictions::table
        .filter(restrictions::issuer_id.eq(issuer_id.as_str()))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Those of an issuer that are about any of `target_ids`, or about all of it.
pub fn list_about(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    mut target_ids: Vec<&str>,
) -> StorageResult<Vec<Made>> {
    // Those about the whole issuer have no target id.
    target_ids.push("");
    target_ids.sort_unstable();
    target_ids.dedup();
    let rows: Vec<Row> = each!(connection, c => restrictions::table
        .filter(restrictions::issuer_id.eq(issuer_id.as_str()))
        // Named, so that the whole primary key is used and not only its first column.
        .filter(restrictions::effect.eq_any(
            [Effect::NotBefore, Effect::Paused, Effect::PausedByShopper, Effect::Off].map(Effect::as_str),
        ))
        .filter(restrictions::target_kind.eq_any(["issuer", "client", "shopper", "grant"]))
        .filter(restrictions::target_id.eq_any(&target_ids))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
