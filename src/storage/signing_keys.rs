//! Signing keys, the private ones sealed before they come here.

use diesel::prelude::*;

use super::schema::signing_keys;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::{IssuerId, Timestamp};

/// As stored. `keys` makes and opens them.
#[derive(Queryable, Selectable, Insertable, Clone, PartialEq, Eq)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
pub struct StoredKey {
    pub kid: String,
    pub issuer_id: String,
    pub public_jwk: String,
    pub sealed_private_jwk: String,
    pub created_at: i64,
    pub activated_at: Option<i64>,
    pub retired_at: Option<i64>,
}

pub fn insert(tx: &mut Tx<'_>, key: &StoredKey) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::insert_into(signing_keys::table).values(key).execute(c))?;
    Ok(())
}

pub fn list(connection: &mut DbConnection) -> StorageResult<Vec<StoredKey>> {
    Ok(each!(connection, c => signing_keys::table
        .order((signing_keys::issuer_id, signing_keys::created_at, signing_keys::kid))
        .select(StoredKey::as_select())
        .load(c))?)
}

/// Replaces the sealed private key by the same one sealed under another version of the secret.
pub fn reseal(tx: &mut Tx<'_>, kid: &str, sealed_private_jwk: &str) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(signing_keys::table.find(kid))
        .set(signing_keys::sealed_private_jwk.eq(sealed_private_jwk))
        .execute(c))?;
    Ok(())
}

/// Removes up to `limit` keys that retired before `before`: no token that they signed can live.
pub fn delete_retired(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> StorageResult<usize> {
    let old: Vec<String> = each!(&mut **tx, c => signing_keys::table
        .filter(signing_keys::retired_at.lt(before.as_micros()))
        .limit(limit)
        .select(signing_keys::kid)
        .load(c))?;
    Ok(each!(&mut **tx, c => diesel::delete(signing_keys::table).filter(signing_keys::kid.eq_any(&old)).execute(c))?)
}

/// Makes the issuer's next keys sign, and its signing keys stop.
pub fn rotate(tx: &mut Tx<'_>, issuer_id: &IssuerId, now: Timestamp) -> StorageResult<()> {
    let now = now.as_micros();
    each!(&mut **tx, c => {
        diesel::update(signing_keys::table
            .filter(signing_keys::issuer_id.eq(issuer_id.as_str()))
            .filter(signing_keys::activated_at.is_not_null())
            .filter(signing_keys::retired_at.is_null()))
            .set(signing_keys::retired_at.eq(now))
            .execute(c)?;
        diesel::update(signing_keys::table
            .filter(signing_keys::issuer_id.eq(issuer_id.as_str()))
            .filter(signing_keys::activated_at.is_null()))
            .set(signing_keys::activated_at.eq(now))
            .execute(c)
    })?;
    Ok(())
}
