//! The merchant's own list of private-use redirect URIs, beside that of the configuration (H4): complete URIs only, and never
//! of a scheme that a browser acts on (A31).

use super::Act;
use crate::config::private_use_uri;
use crate::domain::audit::{AuditKind, AuditSubject};
use crate::domain::redirect_uri::RedirectUri;
use crate::storage::{StorageError, StorageResult, Tx, private_use_uris};

/// Why a URI was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PrivateUseError {
    #[error("that is no private-use redirect URI")]
    NotOne,
    #[error("the list is full")]
    Full,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Every registration is compared with all of them.
const MOST: usize = 100;

/// Adds one. A URI that is there already stays, and is no error.
///
/// # Errors
/// When it is no such URI, or there are too many.
pub fn add(tx: &mut Tx<'_>, act: &Act, uri: &str) -> Result<(), PrivateUseError> {
    let uri = private_use_uri(uri).ok().ok_or(PrivateUseError::NotOne)?;
    // What a client could not register even then is of no use on the list.
    RedirectUri::parse(&uri, std::slice::from_ref(&uri)).ok().ok_or(PrivateUseError::NotOne)?;
    if private_use_uris::list(tx, &act.issuer_id)?.len() >= MOST {
        return Err(PrivateUseError::Full);
    }
    if private_use_uris::insert(tx, &act.issuer_id, &uri, (&act.actor(), act.now))? {
        act.record(tx, AuditKind::PrivateUseUriAdded, AuditSubject::default(), "ok");
    }
    Ok(())
}

/// Removes one; false when it is not there. Clients that have registered it keep it.
pub fn remove(tx: &mut Tx<'_>, act: &Act, uri: &str) -> StorageResult<bool> {
    let was_there = private_use_uris::delete(tx, &act.issuer_id, uri)?;
    if was_there {
        act.record(tx, AuditKind::PrivateUseUriRemoved, AuditSubject::default(), "ok");
    }
    Ok(was_there)
}
