//! Assertions that clients have proved themselves with (RFC 7523 §3): each one once, until it would be refused anyway.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::cached::cached;
use super::schema::{client_assertions, clients};
use super::{StorageResult, Tx, each};
use crate::domain::{ClientId, IssuerId, Timestamp};

/// False when it was spent before. Of a client that nobody has granted anything nothing is kept: it can do nothing with an
/// assertion, once or twice, and strangers who sign their own could fill the table (decision 2).
pub fn spend(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    client_id: &ClientId,
    jti: &str,
    expires_at: Timestamp,
) -> StorageResult<bool> {
    let is_granted =
        clients::table.find((issuer_id.as_str(), client_id.as_str())).filter(clients::expires_at.is_null());
    if !each!(&mut **tx, c => diesel::select(exists(is_granted)).get_result(c))? {
        return Ok(true);
    }
    let inserted = each!(&mut **tx, c => cached!(diesel::insert_into(client_assertions::table)
        .values((
            client_assertions::issuer_id.eq(issuer_id.as_str()),
            client_assertions::client_id.eq(client_id.as_str()),
            client_assertions::jti.eq(jti),
            client_assertions::expires_at.eq(expires_at.as_micros()),
        ))
        .on_conflict_do_nothing())
        .execute(c))?;
    Ok(inserted == 1)
}

/// Removes up to `limit` that expired before `before`.
pub fn delete_expired(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> StorageResult<usize> {
    type Key = (String, String, String);
    let expired: Vec<Key> = each!(&mut **tx, c => client_assertions::table
        .filter(client_assertions::expires_at.lt(before.as_micros()))
        .order(client_assertions::expires_at.asc())
        .limit(limit)
        .select((client_assertions::issuer_id, client_assertions::client_id, client_assertions::jti))
        .load(c))?;
    for (issuer_id, client_id, jti) in &expired {
        let key = (issuer_id, client_id, jti);
        each!(&mut **tx, c => diesel::delete(client_assertions::table.find(key)).execute(c))?;
    }
    Ok(expired.len())
}
