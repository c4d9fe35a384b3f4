//! Shoppers, their passwords, and the pseudonyms by which the audit trail knows them.

use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{identities, shopper_pseudonyms, shoppers};
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::shopper::Shopper;
use crate::domain::{IssuerId, ShopperId, Timestamp};

/// The kind of identity, as it is stored.
pub(super) const PASSWORD: &str = "password";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = shoppers)]
pub(super) struct Row {
    id: String,
    issuer_id: String,
    subject: String,
    email: String,
    created_at: i64,
    confirmed_at: Option<i64>,
}

impl From<Row> for Shopper {
    fn from(row: Row) -> Self {
        Self {
            id: ShopperId::new(row.id),
            issuer_id: IssuerId::new(row.issuer_id),
            subject: row.subject,
            email: row.email,
            created_at: Timestamp::from_micros(row.created_at),
            confirmed_at: row.confirmed_at.map(Timestamp::from_micros),
        }
    }
}

/// Makes the account with its pseudonym; false, and nothing written, if the issuer has the address already.
pub fn insert(connection: &mut DbConnection, shopper: &Shopper, pseudonym: &str) -> StorageResult<bool> {
    let row = Row {
        id: shopper.id.to_string(),
        issuer_id: shopper.issuer_id.to_string(),
        subject: shopper.subject.clone(),
        email: shopper.email.clone(),
        created_at: shopper.created_at.as_micros(),
        confirmed_at: shopper.confirmed_at.map(Timestamp::as_micros),
    };
    let inserted = each!(connection, c => diesel::insert_into(shoppers::table)
        .values(row)
        .on_conflict((shoppers::issuer_id, shoppers::email))
        .do_nothing()
        .execute(c))?;
    if inserted == 0 {
        return Ok(false);
    }
    each!(connection, c => diesel::insert_into(shopper_pseudonyms::table)
        .values((
            shopper_pseudonyms::shopper_id.eq(shopper.id.as_str()),
            shopper_pseudonyms::pseudonym.eq(pseudonym),
        ))
        .execute(c))?;
    Ok(true)
}

/// Makes what this transaction does for the shopper wait for others that do the same, and those for it. False when the account
/// has been deleted.
pub fn hold(tx: &mut Tx<'_>, id: &ShopperId) -> StorageResult<bool> {
    let held = each!(&mut **tx, c => diesel::update(shoppers::table.find(id.as_str()))
        .set(shoppers::created_at.eq(shoppers::created_at))
        .execute(c))?;
    Ok(held == 1)
}

pub fn find(connection: &mut DbConnection, id: &ShopperId) -> StorageResult<Option<Shopper>> {
    let row: Option<Row> = each!(connection, c => shoppers::table
        .find(id.as_str())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Shopper::from))
}

/// Its owner has proved the address here.
pub fn confirm(tx: &mut Tx<'_>, id: &ShopperId, now: Timestamp) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(shoppers::table.find(id.as_str()))
        .set(shoppers::confirmed_at.eq(now.as_micros()))
        .execute(c))?;
    Ok(())
}

/// `email` as [`crate::domain::email::normal`] writes it.
pub fn find_by_email(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    email: &str,
) -> StorageResult<Option<Shopper>> {
    let row: Option<Row> = each!(connection, c => shoppers::table
        .filter(shoppers::issuer_id.eq(issuer_id.as_str()))
        .filter(shoppers::email.eq(email))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Shopper::from))
}

/// The shopper with the hash of the password, if there is a shopper with a password.
pub fn find_with_password(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    email: &str,
) -> StorageResult<Option<(Shopper, String)>> {
    let found: Option<(Row, String)> = each!(connection, c => shoppers::table
        .inner_join(identities::table.on(identities::shopper_id.eq(shoppers::id)))
        .filter(shoppers::issuer_id.eq(issuer_id.as_str()))
        .filter(shoppers::email.eq(email))
        .filter(identities::kind.eq(PASSWORD))
        .select((Row::as_select(), identities::verifier))
        .first(c)
        .optional())?;
    Ok(found.map(|(row, hash)| (row.into(), hash)))
}

/// The hash of the shopper's password, if there is one.
pub fn find_password(connection: &mut DbConnection, id: &ShopperId) -> StorageResult<Option<String>> {
    Ok(each!(connection, c => identities::table
        .filter(identities::shopper_id.eq(id.as_str()))
        .filter(identities::kind.eq(PASSWORD))
        .select(identities::verifier)
        .first(c)
        .optional())?)
}

/// Gives the shopper a password, by its Argon2id hash in the PHC string format.
pub fn insert_password(
    connection: &mut DbConnection,
    shopper: &Shopper,
    hash: &str,
    now: Timestamp,
) -> StorageResult<()> {
    each!(connection, c => diesel::insert_into(identities::table)
        .values((
            identities::id.eq(Uuid::new_v4().simple().to_string()),
            identities::issuer_id.eq(shopper.issuer_id.as_str()),
            identities::shopper_id.eq(shopper.id.as_str()),
            identities::kind.eq(PASSWORD),
            identities::provider.eq(""),
            identities::upstream_issuer.eq(""),
            identities::subject.eq(shopper.id.as_str()),
            identities::verifier.eq(hash),
            identities::label.eq(""),
            identities::created_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(())
}

/// The same in the place of the one that there is; false when there is none.
pub fn replace_password(tx: &mut Tx<'_>, shopper: &Shopper, hash: &str, now: Timestamp) -> StorageResult<bool> {
    let replaced = each!(&mut **tx, c => diesel::update(identities::table)
        .filter(identities::shopper_id.eq(shopper.id.as_str()))
        .filter(identities::kind.eq(PASSWORD))
        .set((
            identities::verifier.eq(hash),
            identities::created_at.eq(now.as_micros()),
            identities::last_used_at.eq(None::<i64>),
        ))
        .execute(c))?;
    Ok(replaced > 0)
}

/// What the audit trail calls this shopper; `None` once the mapping was destroyed.
pub fn pseudonym_of(connection: &mut DbConnection, id: &ShopperId) -> StorageResult<Option<String>> {
    Ok(each!(connection, c => shopper_pseudonyms::table
        .find(id.as_str())
        .select(shopper_pseudonyms::pseudonym)
        .first(c)
        .optional())?)
}
