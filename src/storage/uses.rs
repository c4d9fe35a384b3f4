//! What counts so many times and no more. A row is made by the first use, never before: what was never used costs nothing
//! (decision 2). And what holds for a while.

use diesel::prelude::*;

use super::schema::uses;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::{IssuerId, Timestamp};

/// Counts one use; false when there were `most` before.
pub fn count(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &str, most: i64, expires_at: Timestamp) -> StorageResult<bool> {
    let inserted = each!(&mut **tx, c => diesel::insert_into(uses::table)
        .values((
            uses::issuer_id.eq(issuer_id.as_str()),
            uses::id.eq(id),
            uses::number.eq(1),
            uses::expires_at.eq(expires_at.as_micros()),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted == 1 {
        return Ok(most > 0);
    }
    let counted = each!(&mut **tx, c => diesel::update(uses::table
        .filter(uses::issuer_id.eq(issuer_id.as_str()))
        .filter(uses::id.eq(id))
        .filter(uses::number.lt(most)))
        .set(uses::number.eq(uses::number + 1))
        .execute(c))?;
    Ok(counted == 1)
}

/// Notes that something holds until `until`, in the place of what was noted before.
pub fn note(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &str, until: Timestamp) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::insert_into(uses::table)
        .values((
            uses::issuer_id.eq(issuer_id.as_str()),
            uses::id.eq(id),
            uses::number.eq(1),
            uses::expires_at.eq(until.as_micros()),
        ))
        .on_conflict((uses::issuer_id, uses::id))
        .do_update()
        .set(uses::expires_at.eq(until.as_micros()))
        .execute(c))?;
    Ok(())
}

/// Until when it still does.
pub fn noted_until(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    id: &str,
    now: Timestamp,
) -> StorageResult<Option<Timestamp>> {
    let until: Option<i64> = each!(connection, c => uses::table
        .find((issuer_id.as_str(), id))
        .filter(uses::expires_at.gt(now.as_micros()))
        .select(uses::expires_at)
        .first(c)
        .optional())?;
    Ok(until.map(Timestamp::from_micros))
}

/// Leaves no more uses of one that was counted.
pub fn exhaust(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &str, most: i64) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(uses::table.find((issuer_id.as_str(), id)))
        .set(uses::number.eq(most))
        .execute(c))?;
    Ok(())
}

/// Removes up to `limit` that expired before `before`.
pub fn delete_expired(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> StorageResult<usize> {
    let expired: Vec<(String, String)> = each!(&mut **tx, c => uses::table
        .filter(uses::expires_at.lt(before.as_micros()))
        .order(uses::expires_at.asc())
        .limit(limit)
        .select((uses::issuer_id, uses::id))
        .load(c))?;
    for (issuer_id, id) in &expired {
        each!(&mut **tx, c => diesel::delete(uses::table.find((issuer_id, id))).execute(c))?;
    }
    Ok(expired.len())
}
