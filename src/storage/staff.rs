//! Merchant users, by store and address.

use diesel::prelude::*;

use super::schema::staff;
use super::{DbConnection, StorageError, StorageResult, Tx, each, staff_sessions};
use crate::domain::staff::Staff;
use crate::domain::{StaffId, StoreId, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = staff)]
pub(super) struct Row {
    id: String,
    store_id: String,
    email: String,
    password_hash: String,
    role: String,
    created_at: i64,
}

impl TryFrom<Row> for Staff {
    type Error = StorageError;

    fn try_from(row: Row) -> StorageResult<Self> {
        let role = row.role.parse().map_err(|_unknown| StorageError::inconsistent("staff", row.id.as_str(), "role"))?;
        Ok(Self {
            id: StaffId::new(row.id),
            store_id: StoreId::new(row.store_id),
            email: row.email,
            role,
            created_at: Timestamp::from_micros(row.created_at),
        })
    }
}

/// Adds a merchant user with the Argon2id hash of a password; false, and nothing written, if the store has the
/// address already.
pub fn insert(connection: &mut DbConnection, member: &Staff, password_hash: &str) -> StorageResult<bool> {
    let row = Row {
        id: member.id.to_string(),
        store_id: member.store_id.to_string(),
        email: member.email.clone(),
        password_hash: password_hash.to_owned(),
        role: member.role.as_str().to_owned(),
        created_at: member.created_at.as_micros(),
    };
    let inserted = each!(connection, c => diesel::insert_into(staff::table)
        .values(row)
        .on_conflict((staff::store_id, staff::email))
        .do_nothing()
        .execute(c))?;
    Ok(inserted > 0)
}

/// With the hash of the password. `email` as [`crate::domain::email::normal`] writes it.
pub fn find_with_password(
    connection: &mut DbConnection,
    store_id: &StoreId,
    email: &str,
) -> StorageResult<Option<(Staff, String)>> {
    let row: Option<Row> = each!(connection, c => staff::table
        .filter(staff::store_id.eq(store_id.as_str()))
        .filter(staff::email.eq(email))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(|row| {
        let hash = row.password_hash.clone();
        Ok((row.try_into()?, hash))
    })
    .transpose()
}

pub fn find_by_email(connection: &mut DbConnection, store_id: &StoreId, email: &str) -> StorageResult<Option<Staff>> {
    Ok(find_with_password(connection, store_id, email)?.map(|(member, _)| member))
}

/// Everybody who works for a store, in the order of their addresses.
pub fn list(connection: &mut DbConnection, store_id: &StoreId) -> StorageResult<Vec<Staff>> {
    let rows: Vec<Row> = each!(connection, c => staff::table
        .filter(staff::store_id.eq(store_id.as_str()))
        .order(staff::email.asc())
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Staff::try_from).collect()
}

/// The hash of the member's password, which nobody changes until this transaction is over.
pub fn hold_password(tx: &mut Tx<'_>, id: &StaffId) -> StorageResult<Option<String>> {
    Ok(each!(&mut **tx, c => diesel::update(staff::table.find(id.as_str()))
        .set(staff::password_hash.eq(staff::password_hash))
        .returning(staff::password_hash)
        .get_result(c)
        .optional())?)
}

/// A new password, by its Argon2id hash: whoever signed in with the old one is signed out.
pub fn set_password(tx: &mut Tx<'_>, id: &StaffId, hash: &str) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(staff::table.find(id.as_str())).set(staff::password_hash.eq(hash)).execute(c))?;
    staff_sessions::delete_all_of(tx, id)?;
    Ok(())
}

/// With their sessions. Nothing else hangs on them: the trail keeps their id as a word.
pub fn delete(tx: &mut Tx<'_>, id: &StaffId) -> StorageResult<()> {
    // In the order of who signs in: the member, then the sessions.
    hold_password(tx, id)?;
    staff_sessions::delete_all_of(tx, id)?;
    each!(&mut **tx, c => diesel::delete(staff::table.find(id.as_str())).execute(c))?;
    Ok(())
}
