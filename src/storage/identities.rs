//! Ways to sign in, other than looking for a password (`shoppers`).

use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{identities, shoppers};
use super::{DbConnection, StorageError, StorageResult, Tx, each, shoppers::Row as ShopperRow};
use crate::domain::identity::{Identity, IdentityKind, UpstreamIdentity};
use crate::domain::shopper::Shopper;
use crate::domain::{IssuerId, ShopperId, Timestamp};

#[derive(Queryable, Selectable)]
#[diesel(table_name = identities)]
struct Row {
    id: String,
    shopper_id: String,
    kind: String,
    provider: String,
    label: String,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl TryFrom<Row> for Identity {
    type Error = StorageError;

    fn try_from(row: Row) -> StorageResult<Self> {
        Ok(Self {
            kind: row.kind.parse().map_err(|_unknown| StorageError::inconsistent("identities", &row.id, "kind"))?,
            id: row.id,
            shopper_id: ShopperId::new(row.shopper_id),
            provider: row.provider,
            label: row.label,
            created_at: Timestamp::from_micros(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp::from_micros),
        })
    }
}

/// Whose it is at this issuer.
pub fn find_owner(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    identity: &UpstreamIdentity,
) -> StorageResult<Option<Shopper>> {
    let row: Option<ShopperRow> = each!(connection, c => identities::table
        .inner_join(shoppers::table.on(shoppers::id.eq(identities::shopper_id)))
        .filter(identities::issuer_id.eq(issuer_id.as_str()))
        .filter(identities::kind.eq(IdentityKind::Provider.as_str()))
        .filter(identities::provider.eq(&identity.provider))
        .filter(identities::upstream_issuer.eq(&identity.issuer))
        .filter(identities::subject.eq(&identity.subject))
        .select(ShopperRow::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Shopper::from))
}

/// False, and nothing written, if it is somebody's already.
pub fn insert_upstream(
    connection: &mut DbConnection,
    shopper: &Shopper,
    identity: &UpstreamIdentity,
    now: Timestamp,
) -> StorageResult<bool> {
    insert(
        connection,
        shopper,
        &New {
            kind: IdentityKind::Provider,
            provider: &identity.provider,
            upstream_issuer: &identity.issuer,
            subject: &identity.subject,
            verifier: "",
            label: "",
            last_used_at: Some(now),
        },
        now,
    )
}

/// What one kind or another says of itself.
struct New<'a> {
    kind: IdentityKind,
    provider: &'a str,
    upstream_issuer: &'a str,
    subject: &'a str,
    verifier: &'a str,
    label: &'a str,
    last_used_at: Option<Timestamp>,
}

fn insert(connection: &mut DbConnection, shopper: &Shopper, new: &New<'_>, now: Timestamp) -> StorageResult<bool> {
    let inserted = each!(connection, c => diesel::insert_into(identities::table)
        .values((
            identities::id.eq(Uuid::new_v4().simple().to_string()),
            identities::issuer_id.eq(shopper.issuer_id.as_str()),
            identities::shopper_id.eq(shopper.id.as_str()),
            identities::kind.eq(new.kind.as_str()),
            identities::provider.eq(new.provider),
            identities::upstream_issuer.eq(new.upstream_issuer),
            identities::subject.eq(new.subject),
            identities::verifier.eq(new.verifier),
            identities::label.eq(new.label),
            identities::created_at.eq(now.as_micros()),
            identities::last_used_at.eq(new.last_used_at.map(Timestamp::as_micros)),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Somebody signs in with it. False if it went in this moment: whoever takes it away takes the sessions after it.
pub fn touch(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    identity: &UpstreamIdentity,
    now: Timestamp,
) -> StorageResult<bool> {
    let touched = each!(connection, c => diesel::update(identities::table
        .filter(identities::issuer_id.eq(issuer_id.as_str()))
        .filter(identities::kind.eq(IdentityKind::Provider.as_str()))
        .filter(identities::provider.eq(&identity.provider))
        .filter(identities::upstream_issuer.eq(&identity.issuer))
        .filter(identities::subject.eq(&identity.subject)))
        .set(identities::last_used_at.eq(now.as_micros()))
        .execute(c))?;
    Ok(touched == 1)
}

/// False, and nothing written, if it is somebody's already (Web Authentication §7.1 step 27).
pub fn insert_passkey(
    connection: &mut DbConnection,
    shopper: &Shopper,
    (credential_id, verifier, label): (&str, &str, &str),
    now: Timestamp,
) -> StorageResult<bool> {
    insert(
        connection,
        shopper,
        &New {
            kind: IdentityKind::Passkey,
            provider: "",
            upstream_issuer: "",
            subject: credential_id,
            verifier,
            label,
            last_used_at: None,
        },
        now,
    )
}

/// Whose passkey it is at this issuer, and its public key and counter as JSON. The row is locked where the database locks rows, so
/// that of two answers with one counter the second sees what the first has written.
pub fn find_passkey(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    credential_id: &str,
) -> StorageResult<Option<(Shopper, String)>> {
    // A write that changes nothing takes the lock alike on both databases.
    let own = (issuer_id.as_str(), IdentityKind::Passkey.as_str());
    each!(&mut **tx, c => diesel::update(identities::table
        .filter(identities::issuer_id.eq(own.0))
        .filter(identities::kind.eq(own.1))
        .filter(identities::subject.eq(credential_id)))
        .set(identities::kind.eq(own.1))
        .execute(c))?;
    let found: Option<(ShopperRow, String)> = each!(&mut **tx, c => identities::table
        .inner_join(shoppers::table.on(shoppers::id.eq(identities::shopper_id)))
        .filter(identities::issuer_id.eq(own.0))
        .filter(identities::kind.eq(own.1))
        .filter(identities::subject.eq(credential_id))
        .select((ShopperRow::as_select(), identities::verifier))
        .first(c)
        .optional())?;
    Ok(found.map(|(row, verifier)| (row.into(), verifier)))
}

/// Its counter after a sign-in. False if it went in this moment, as for [`touch`].
pub fn update_passkey(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    (credential_id, verifier): (&str, &str),
    now: Timestamp,
) -> StorageResult<bool> {
    let updated = each!(connection, c => diesel::update(identities::table
        .filter(identities::issuer_id.eq(issuer_id.as_str()))
        .filter(identities::kind.eq(IdentityKind::Passkey.as_str()))
        .filter(identities::subject.eq(credential_id)))
        .set((identities::verifier.eq(verifier), identities::last_used_at.eq(now.as_micros())))
        .execute(c))?;
    Ok(updated == 1)
}

/// The public keys of a shopper's passkeys, as JSON.
pub fn list_passkeys(connection: &mut DbConnection, shopper_id: &ShopperId) -> StorageResult<Vec<String>> {
    Ok(each!(connection, c => identities::table
        .filter(identities::shopper_id.eq(shopper_id.as_str()))
        .filter(identities::kind.eq(IdentityKind::Passkey.as_str()))
        .select(identities::verifier)
        .load(c))?)
}

/// All of a shopper's, the oldest first.
pub fn list_of(connection: &mut DbConnection, shopper_id: &ShopperId) -> StorageResult<Vec<Identity>> {
    let rows: Vec<Row> = each!(connection, c => identities::table
        .filter(identities::shopper_id.eq(shopper_id.as_str()))
        .order((identities::created_at.asc(), identities::id.asc()))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Identity::try_from).collect()
}

/// Removes all of a shopper's.
pub fn delete_all_of(connection: &mut DbConnection, shopper_id: &ShopperId) -> StorageResult<usize> {
    Ok(each!(connection, c => diesel::delete(identities::table
        .filter(identities::shopper_id.eq(shopper_id.as_str())))
        .execute(c))?)
}

/// Removes one of the shopper's own; false if it is not.
pub fn delete(connection: &mut DbConnection, shopper_id: &ShopperId, id: &str) -> StorageResult<bool> {
    let deleted = each!(connection, c => diesel::delete(identities::table
        .filter(identities::id.eq(id))
        .filter(identities::shopper_id.eq(shopper_id.as_str())))
        .execute(c))?;
    Ok(deleted > 0)
}
