//! Taking a way to sign in away, while another is left: nobody locks themselves out. And another password.

use super::passkeys;
use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::identity::IdentityKind;
use crate::domain::session::{SignInMethod, TokenHash};
use crate::domain::shopper::Shopper;
use crate::storage::{StorageResult, Tx, identities, shopper_sessions, shoppers};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Removed(IdentityKind),
    /// It was not there, or is not the shopper's.
    Gone,
    /// Nothing else would be left.
    Last,
}

/// Removes one of the shopper's own, and signs out every browser but `here`: somebody who came in by it may still be in. With
/// codes by e-mail something is always left.
pub fn remove(
    tx: &mut Tx<'_>,
    (shopper, id): (&Shopper, &str),
    (here, method): (&TokenHash, SignInMethod),
    has_codes: bool,
    occasion: &Occasion,
) -> StorageResult<Removal> {
    // Two at once would each take the other for what is left.
    shoppers::hold(tx, &shopper.id)?;
    let all = identities::list_of(tx, &shopper.id)?;
    let Some(one) = all.iter().find(|identity| identity.id == id) else { return Ok(Removal::Gone) };
    if all.len() < 2 && !has_codes {
        return Ok(Removal::Last);
    }
    if !identities::delete(tx, &shopper.id, id)? {
        return Ok(Removal::Gone);
    }
    if one.kind == IdentityKind::Passkey && method != SignInMethod::Passkey {
        passkeys::note_lost(tx, shopper, occasion.now)?;
    }
    shopper_sessions::delete_others_of(tx, &shopper.id, here)?;
    trail::record(tx, AuditKind::IdentityRemoved, shopper, occasion)?;
    Ok(Removal::Removed(one.kind))
}

/// Gives the shopper this password, in the place of one that there was, and signs out every browser but `here`. False, and
/// nothing done, when `here` is signed out by now.
pub fn set_password(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    hash: &str,
    here: &TokenHash,
    occasion: &Occasion,
) -> StorageResult<bool> {
    shoppers::hold(tx, &shopper.id)?;
    if !shopper_sessions::stands(tx, &shopper.id, here, occasion.now)? {
        return Ok(false);
    }
    if !shoppers::replace_password(tx, shopper, hash, occasion.now)? {
        shoppers::insert_password(tx, shopper, hash, occasion.now)?;
    }
    shopper_sessions::delete_others_of(tx, &shopper.id, here)?;
    trail::record(tx, AuditKind::PasswordSet, shopper, occasion)?;
    Ok(true)
}

#[cfg(test)]
mod tests;
