//! Initial access tokens (RFC 7591 §3): made and removed by the merchant, shown once, kept as a hash.

use super::Act;
use crate::domain::Timestamp;
use crate::domain::audit::{AuditKind, AuditSubject};
use crate::domain::initial_access_token::InitialAccessToken;
use crate::keys::{Secret, hash_secret, random};
use crate::storage::{StorageResult, Tx, initial_access_tokens};

/// What the merchant says of a new token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewToken {
    /// Whom it is for; at most 100 characters are kept.
    pub note: String,
    /// `None`: until it is removed.
    pub expires_at: Option<Timestamp>,
    /// `None`: any number.
    pub uses: Option<u32>,
}

const LONGEST_NOTE: usize = 100;

/// Makes one.
pub fn add(tx: &mut Tx<'_>, act: &Act, new: &NewToken) -> StorageResult<Secret<String>> {
    let token = Secret::new(random::text("tgi_"));
    // PostgreSQL stores no NUL.
    let note = new.note.trim().chars().filter(|c| *c != '\0').take(LONGEST_NOTE).collect();
    let row = InitialAccessToken {
        token_hash: *hash_secret(token.expose().as_bytes()).as_bytes(),
        note,
        created_by: act.actor(),
        created_at: act.now,
        expires_at: new.expires_at,
        uses_left: new.uses,
    };
    initial_access_tokens::insert(tx, &act.issuer_id, &row)?;
    act.record(tx, AuditKind::RegistrationTokenAdded, AuditSubject::default(), "ok");
    Ok(token)
}

/// Removes one; false when the issuer has none of that hash.
pub fn remove(tx: &mut Tx<'_>, act: &Act, token_hash: &[u8; 32]) -> StorageResult<bool> {
    let was_there = initial_access_tokens::delete(tx, &act.issuer_id, token_hash)?;
    if was_there {
        act.record(tx, AuditKind::RegistrationTokenRemoved, AuditSubject::default(), "ok");
    }
    Ok(was_there)
}
