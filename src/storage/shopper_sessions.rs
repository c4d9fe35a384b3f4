//! Signed-in browsers of shoppers, by the hash of their cookie's secret.

use diesel::prelude::*;

use super::schema::{shopper_sessions, shoppers};
use super::shoppers::{Row as ShopperRow, hold};
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::device::Device;
use crate::domain::session::{ListedSession, ShopperSession, TokenHash};
use crate::domain::{IssuerId, ShopperId, Timestamp};

/// Began now, in this way and on this device.
pub fn insert(
    connection: &mut DbConnection,
    session: &ShopperSession,
    device: Device,
    now: Timestamp,
) -> StorageResult<()> {
    each!(connection, c => diesel::insert_into(shopper_sessions::table)
        .values((
            shopper_sessions::token_hash.eq(session.token_hash.as_slice()),
            shopper_sessions::issuer_id.eq(session.shopper.issuer_id.as_str()),
            shopper_sessions::shopper_id.eq(session.shopper.id.as_str()),
            shopper_sessions::method.eq(session.method.as_str()),
            shopper_sessions::program.eq(device.program.as_str()),
            shopper_sessions::system.eq(device.system.as_str()),
            shopper_sessions::created_at.eq(now.as_micros()),
            shopper_sessions::authenticated_at.eq(session.authenticated_at.as_micros()),
            shopper_sessions::expires_at.eq(session.expires_at.as_micros()),
        ))
        .execute(c))?;
    Ok(())
}

/// The live session of this issuer: one of another issuer is none.
pub fn find(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    token_hash: &TokenHash,
    now: Timestamp,
) -> StorageResult<Option<ShopperSession>> {
    let found: Option<(ShopperRow, String, i64, i64)> = each!(connection, c => shopper_sessions::table
        .inner_join(shoppers::table.on(shoppers::id.eq(shopper_sessions::shopper_id)))
        .filter(shopper_sessions::token_hash.eq(token_hash.as_slice()))
        .filter(shopper_sessions::issuer_id.eq(issuer_id.as_str()))
        .filter(shopper_sessions::expires_at.gt(now.as_micros()))
        .select((
            ShopperRow::as_select(),
            shopper_sessions::method,
            shopper_sessions::authenticated_at,
            shopper_sessions::expires_at,
        ))
        .first(c)
        .optional())?;
    let Some((shopper, method, authenticated_at, expires_at)) = found else { return Ok(None) };
    let odd = |_unknown| StorageError::inconsistent("shopper_sessions", "of a shopper", "method");
    Ok(Some(ShopperSession {
        token_hash: *token_hash,
        shopper: shopper.into(),
        authenticated_at: Timestamp::from_micros(authenticated_at),
        method: method.parse().map_err(odd)?,
        expires_at: Timestamp::from_micros(expires_at),
    }))
}

/// Whether the shopper's session is still live, with their row held: whoever takes back what sessions have done holds it first,
/// and so comes before this transaction or after it. For what stays when the session is gone, since its request was let in before.
pub fn stands(tx: &mut Tx<'_>, shopper_id: &ShopperId, token_hash: &TokenHash, now: Timestamp) -> StorageResult<bool> {
    if !hold(tx, shopper_id)? {
        return Ok(false);
    }
    let live = shopper_sessions::table
        .filter(shopper_sessions::token_hash.eq(token_hash.as_slice()))
        .filter(shopper_sessions::shopper_id.eq(shopper_id.as_str()))
        .filter(shopper_sessions::expires_at.gt(now.as_micros()));
    Ok(each!(&mut **tx, c => diesel::select(diesel::dsl::exists(live)).get_result(c))?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = shopper_sessions)]
struct ListedRow {
    token_hash: Vec<u8>,
    method: String,
    program: String,
    system: String,
    created_at: i64,
    authenticated_at: i64,
    expires_at: i64,
}

impl TryFrom<ListedRow> for ListedSession {
    type Error = StorageError;

    fn try_from(row: ListedRow) -> StorageResult<Self> {
        // The hash names nobody, but it is no text either.
        let odd = |column| StorageError::inconsistent("shopper_sessions", "of a shopper", column);
        let program = row.program.parse().map_err(|_unknown| odd("program"))?;
        Ok(Self {
            token_hash: row.token_hash.try_into().map_err(|_length| odd("token_hash"))?,
            method: row.method.parse().map_err(|_unknown| odd("method"))?,
            device: Device { program, system: row.system.parse().map_err(|_unknown| odd("system"))? },
            created_at: Timestamp::from_micros(row.created_at),
            authenticated_at: Timestamp::from_micros(row.authenticated_at),
            expires_at: Timestamp::from_micros(row.expires_at),
        })
    }
}

/// More than anybody looks through.
pub const MOST_LISTED: i64 = 100;

/// The shopper's live sessions, the newest first.
pub fn list_of(
    connection: &mut DbConnection,
    shopper_id: &ShopperId,
    now: Timestamp,
    limit: i64,
) -> StorageResult<Vec<ListedSession>> {
    let rows: Vec<ListedRow> = each!(connection, c => shopper_sessions::table
        .filter(shopper_sessions::shopper_id.eq(shopper_id.as_str()))
        .filter(shopper_sessions::expires_at.gt(now.as_micros()))
        .order((shopper_sessions::created_at.desc(), shopper_sessions::token_hash.asc()))
        .limit(limit)
        .select(ListedRow::as_select())
        .load(c))?;
    rows.into_iter().map(ListedSession::try_from).collect()
}

pub fn delete(connection: &mut DbConnection, issuer_id: &IssuerId, token_hash: &TokenHash) -> StorageResult<bool> {
    let deleted = each!(connection, c => diesel::delete(shopper_sessions::table
        .filter(shopper_sessions::token_hash.eq(token_hash.as_slice()))
        .filter(shopper_sessions::issuer_id.eq(issuer_id.as_str())))
        .execute(c))?;
    Ok(deleted > 0)
}

/// Signs the shopper out everywhere.
pub fn delete_all_of(connection: &mut DbConnection, shopper_id: &ShopperId) -> StorageResult<usize> {
    Ok(each!(connection, c => diesel::delete(shopper_sessions::table
        .filter(shopper_sessions::shopper_id.eq(shopper_id.as_str())))
        .execute(c))?)
}

/// Signs the shopper out everywhere but in one browser.
pub fn delete_others_of(
    connection: &mut DbConnection,
    shopper_id: &ShopperId,
    here: &TokenHash,
) -> StorageResult<usize> {
    Ok(each!(connection, c => diesel::delete(shopper_sessions::table
        .filter(shopper_sessions::shopper_id.eq(shopper_id.as_str()))
        .filter(shopper_sessions::token_hash.ne(here.as_slice())))
        .execute(c))?)
}

/// Forgets what has expired; for the housekeeping.
pub fn delete_expired(connection: &mut DbConnection, now: Timestamp) -> StorageResult<usize> {
    Ok(each!(connection, c => diesel::delete(shopper_sessions::table
        .filter(shopper_sessions::expires_at.le(now.as_micros())))
        .execute(c))?)
}
