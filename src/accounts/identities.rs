//! Taking a way to sign in away, while another is left: nobody locks themselves out.

use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::session::TokenHash;
use crate::domain::shopper::Shopper;
use crate::storage::{StorageResult, Tx, identities, shopper_sessions};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Removed,
    /// It was not there, or is not the shopper's.
    Gone,
    /// Nothing else would be left.
    Last,
}

/// Removes one of the shopper's own, and signs out every browser but `here`: somebody who came in by it may still be in. With
/// codes by e-mail something is always left.
pub fn remove(
    tx: &mut Tx<'_>,
    (shopper, id, here): (&Shopper, &str, &TokenHash),
    has_codes: bool,
    occasion: &Occasion,
) -> StorageResult<Removal> {
    let all = identities::list_of(tx, &shopper.id)?;
    if !all.iter().any(|identity| identity.id == id) {
        return Ok(Removal::Gone);
    }
    if all.len() < 2 && !has_codes {
        return Ok(Removal::Last);
    }
    if !identities::delete(tx, &shopper.id, id)? {
        return Ok(Removal::Gone);
    }
    shopper_sessions::delete_others_of(tx, &shopper.id, here)?;
    trail::record(tx, AuditKind::IdentityRemoved, shopper, occasion)?;
    Ok(Removal::Removed)
}
