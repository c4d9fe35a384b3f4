//! What changes of a client once it is there: its metadata, by itself (RFC 7592) or by the merchant's hand, its secret, and
//! that it goes.

use diesel::prelude::*;

use super::clients::{ClientRow, metadata};
use super::schema::clients;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::client::{Client, ClientOrigin};
use crate::domain::{ClientId, IssuerId, Timestamp};

/// What becomes of the secret when the rest changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretChange {
    Kept,
    /// A new one, by its hash; the one before counts until then.
    Rotated([u8; 32], Timestamp),
    Dropped,
}

/// What a client may replace of itself: how it proves itself, and its metadata. False when there is no such client any more,
/// or the merchant holds it or has merged it. What the merchant decides is not among it.
pub fn replace_own(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    client: &Client,
    secret: SecretChange,
) -> StorageResult<bool> {
    let metadata = metadata(client)?;
    let changed = each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), client.id.as_str())))
        .filter(clients::quarantined_at.is_null())
        .filter(clients::merged_into.is_null())
        .set((clients::auth_method.eq(client.auth_method.as_str()), clients::metadata.eq(&metadata)))
        .execute(c))?;
    if changed == 1 {
        change_secret(tx, issuer_id, &client.id, secret)?;
    }
    Ok(changed == 1)
}

/// Replaces how it proves itself, its metadata, default resource and class. False when there is no such client any more.
pub fn replace(tx: &mut Tx<'_>, issuer_id: &IssuerId, client: &Client, secret: SecretChange) -> StorageResult<bool> {
    let metadata = metadata(client)?;
    let changed = each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), client.id.as_str())))
        .set((
            clients::auth_method.eq(client.auth_method.as_str()),
            clients::metadata.eq(&metadata),
            clients::default_resource.eq(client.default_resource.as_deref()),
            clients::class.eq(client.class.map(|class| class.to_string())),
        ))
        .execute(c))?;
    change_secret(tx, issuer_id, &client.id, secret)?;
    Ok(changed == 1)
}

fn change_secret(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &ClientId, secret: SecretChange) -> StorageResult<()> {
    match secret {
        SecretChange::Kept => Ok(()),
        SecretChange::Rotated(hash, until) => rotate_secret(tx, issuer_id, id, &hash, until).map(drop),
        SecretChange::Dropped => drop_secret(tx, issuer_id, id),
    }
}

/// Sets a new secret and keeps the one before until `previous_until`. False when there is no such client.
pub fn rotate_secret(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    id: &ClientId,
    secret_hash: &[u8; 32],
    previous_until: Timestamp,
) -> StorageResult<bool> {
    let changed = each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), id.as_str())))
        .set((
            clients::previous_secret_hash.eq(clients::secret_hash),
            clients::previous_secret_until.eq(previous_until.as_micros()),
            clients::secret_hash.eq(secret_hash.as_slice()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

fn drop_secret(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &ClientId) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), id.as_str())))
        .set((
            clients::secret_hash.eq(None::<Vec<u8>>),
            clients::previous_secret_hash.eq(None::<Vec<u8>>),
            clients::previous_secret_until.eq(None::<i64>),
        ))
        .execute(c))?;
    Ok(())
}

/// False when there is no such client.
pub fn remove(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &ClientId) -> StorageResult<bool> {
    let removed = each!(&mut **tx, c =>
        diesel::delete(clients::table.find((issuer_id.as_str(), id.as_str()))).execute(c))?;
    Ok(removed == 1)
}

/// Those that the merchant made by hand, the newest first.
pub fn list_by_hand(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<Vec<Client>> {
    let rows: Vec<ClientRow> = each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .filter(clients::origin.eq(ClientOrigin::PreRegistered.as_str()))
        .order((clients::created_at.desc(), clients::id.asc()))
        .select(ClientRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
