//! Redirect URIs with a private-use scheme that the merchant knows, complete and exact (H4).

use diesel::prelude::*;

use super::schema::private_use_uris;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::{IssuerId, Timestamp};

/// False when it is there already.
pub fn insert(tx: &mut Tx<'_>, issuer_id: &IssuerId, uri: &str, (by, now): (&str, Timestamp)) -> StorageResult<bool> {
    let inserted = each!(&mut **tx, c => diesel::insert_into(private_use_uris::table)
        .values((
            private_use_uris::issuer_id.eq(issuer_id.as_str()),
            private_use_uris::uri.eq(uri),
            private_use_uris::created_by.eq(by),
            private_use_uris::created_at.eq(now.as_micros()),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// In their order as text.
pub fn list(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<Vec<String>> {
    Ok(each!(connection, c => private_use_uris::table
        .filter(private_use_uris::issuer_id.eq(issuer_id.as_str()))
        .order(private_use_uris::uri.asc())
        .select(private_use_uris::uri)
        .load(c))?)
}

/// False when it is not there.
pub fn delete(tx: &mut Tx<'_>, issuer_id: &IssuerId, uri: &str) -> StorageResult<bool> {
    let removed = each!(&mut **tx, c =>
        diesel::delete(private_use_uris::table.find((issuer_id.as_str(), uri))).execute(c))?;
    Ok(removed == 1)
}
