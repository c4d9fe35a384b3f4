//! Signed-in browsers of staff, by the hash of their cookie's secret.

use diesel::prelude::*;

use super::schema::{staff, staff_sessions};
use super::{DbConnection, StorageResult, each, staff::Row as StaffRow};
use crate::domain::session::{StaffSession, TokenHash};
use crate::domain::{StaffId, StoreId, Timestamp};

pub fn insert(connection: &mut DbConnection, session: &StaffSession) -> StorageResult<()> {
    each!(connection, c => diesel::insert_into(staff_sessions::table)
        .values((
            staff_sessions::token_hash.eq(session.token_hash.as_slice()),
            staff_sessions::store_id.eq(session.staff.store_id.as_str()),
            staff_sessions::staff_id.eq(session.staff.id.as_str()),
            staff_sessions::created_at.eq(session.authenticated_at.as_micros()),
            staff_sessions::authenticated_at.eq(session.authenticated_at.as_micros()),
            staff_sessions::expires_at.eq(session.expires_at.as_micros()),
        ))
        .execute(c))?;
    Ok(())
}

/// The live session of this store: one of another store is none.
pub fn find(
    connection: &mut DbConnection,
    store_id: &StoreId,
    token_hash: &TokenHash,
    now: Timestamp,
) -> StorageResult<Option<StaffSession>> {
    let found: Option<(StaffRow, i64, i64)> = each!(connection, c => staff_sessions::table
        .inner_join(staff::table.on(staff::id.eq(staff_sessions::staff_id)))
        .filter(staff_sessions::token_hash.eq(token_hash.as_slice()))
        .filter(staff_sessions::store_id.eq(store_id.as_str()))
        .filter(staff_sessions::expires_at.gt(now.as_micros()))
        .select((StaffRow::as_select(), staff_sessions::authenticated_at, staff_sessions::expires_at))
        .first(c)
        .optional())?;
    let session = |(member, authenticated_at, expires_at): (StaffRow, i64, i64)| {
        Ok(StaffSession {
            token_hash: *token_hash,
            staff: member.try_into()?,
            authenticated_at: Timestamp::from_micros(authenticated_at),
            expires_at: Timestamp::from_micros(expires_at),
        })
    };
    found.map(session).transpose()
}

pub fn delete(connection: &mut DbConnection, store_id: &StoreId, token_hash: &TokenHash) -> StorageResult<bool> {
    let deleted = each!(connection, c => diesel::delete(staff_sessions::table
        .filter(staff_sessions::token_hash.eq(token_hash.as_slice()))
        .filter(staff_sessions::store_id.eq(store_id.as_str())))
        .execute(c))?;
    Ok(deleted > 0)
}

/// Signs a member of staff out everywhere.
pub fn delete_all_of(connection: &mut DbConnection, staff_id: &StaffId) -> StorageResult<usize> {
    Ok(each!(connection, c => diesel::delete(staff_sessions::table
        .filter(staff_sessions::staff_id.eq(staff_id.as_str())))
        .execute(c))?)
}

/// Forgets what has expired; for the housekeeping.
pub fn delete_expired(connection: &mut DbConnection, now: Timestamp) -> StorageResult<usize> {
    Ok(each!(connection, c => diesel::delete(staff_sessions::table
        .filter(staff_sessions::expires_at.le(now.as_micros())))
        .execute(c))?)
}
