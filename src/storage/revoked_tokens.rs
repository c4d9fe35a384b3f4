//! Access tokens that were revoked one by one.

use diesel::prelude::*;

use super::cached::cached;
use super::schema::revoked_tokens;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::{IssuerId, Timestamp};

/// False when it was revoked before.
pub fn insert(tx: &mut Tx<'_>, issuer_id: &IssuerId, jti: &str, expires_at: Timestamp) -> StorageResult<bool> {
    let inserted = each!(&mut **tx, c => cached!(diesel::insert_into(revoked_tokens::table)
        .values((
            revoked_tokens::issuer_id.eq(issuer_id.as_str()),
            revoked_tokens::jti.eq(jti),
            revoked_tokens::expires_at.eq(expires_at.as_micros()),
        ))
        .on_conflict_do_nothing())
        .execute(c))?;
    Ok(inserted == 1)
}

/// Those that have not expired: for the feed's snapshot.
pub fn list_live(connection: &mut DbConnection, issuer_id: &IssuerId, now: Timestamp) -> StorageResult<Vec<String>> {
    Ok(each!(connection, c => revoked_tokens::table
        .filter(revoked_tokens::issuer_id.eq(issuer_id.as_str()))
        .filter(revoked_tokens::expires_at.gt(now.as_micros()))
        .select(revoked_tokens::jti)
        .load(c))?)
}
