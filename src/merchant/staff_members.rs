//! Who works for a store: added, given a new password, and removed by whoever may run commands. There is no other way to a
//! forgotten password of staff, and none for a member to make another one.

use super::Act;
use crate::domain::StoreId;
use crate::domain::audit::AuditKind;
use crate::domain::staff::Staff;
use crate::storage::{StorageResult, Tx, staff};

/// False, and nothing written, if the store has the address already.
pub fn add(tx: &mut Tx<'_>, act: &Act, member: &Staff, password_hash: &str) -> StorageResult<bool> {
    let is_new = staff::insert(tx, member, password_hash)?;
    if is_new {
        act.record_staff(tx, AuditKind::StaffAdded, &member.id);
    }
    Ok(is_new)
}

/// Replaces the password and signs the member out everywhere. False if nobody of the store has the address.
pub fn set_password(
    tx: &mut Tx<'_>,
    act: &Act,
    (store_id, email): (&StoreId, &str),
    password_hash: &str,
) -> StorageResult<bool> {
    let Some(member) = staff::find_by_email(tx, store_id, email)? else { return Ok(false) };
    staff::set_password(tx, &member.id, password_hash)?;
    act.record_staff(tx, AuditKind::StaffPasswordSet, &member.id);
    Ok(true)
}

/// Ends their sessions and forgets them; the trail keeps the id of who did what. False if nobody of the store has the address.
pub fn remove(tx: &mut Tx<'_>, act: &Act, (store_id, email): (&StoreId, &str)) -> StorageResult<bool> {
    let Some(member) = staff::find_by_email(tx, store_id, email)? else { return Ok(false) };
    staff::delete(tx, &member.id)?;
    act.record_staff(tx, AuditKind::StaffRemoved, &member.id);
    Ok(true)
}
