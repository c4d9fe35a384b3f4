//! Sessions begin with a fresh secret at every sign-in, whatever the browser brought: what an attacker has planted
//! there is worth nothing (fixation).

use std::time::Duration;

use crate::domain::Timestamp;
use crate::domain::session::{ShopperSession, StaffSession, TokenHash};
use crate::domain::shopper::Shopper;
use crate::domain::staff::Staff;
use crate::keys::{Secret, hash_secret, random};
use crate::storage::{StorageResult, Tx, shopper_sessions, staff_sessions};

/// The secret for the cookie, and its hash for the row.
#[derive(Debug)]
pub struct SessionSecret {
    pub cookie: Secret<String>,
    pub hash: TokenHash,
}

impl SessionSecret {
    /// 256 random bits.
    pub fn draw() -> Self {
        let cookie = random::text("");
        let hash = *hash_secret(cookie.as_bytes()).as_bytes();
        Self { cookie: Secret::new(cookie), hash }
    }
}

/// When a session begins, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    pub now: Timestamp,
    pub lifetime: Duration,
}

/// Signs the shopper in under `hash`, and ends the session that the browser had before.
pub fn begin(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    hash: TokenHash,
    before: Option<TokenHash>,
    term: Term,
) -> StorageResult<()> {
    if let Some(before) = before {
        shopper_sessions::delete(tx, &shopper.issuer_id, &before)?;
    }
    shopper_sessions::insert(
        tx,
        &ShopperSession {
            token_hash: hash,
            shopper: shopper.clone(),
            authenticated_at: term.now,
            expires_at: term.now.plus(term.lifetime),
        },
    )
}

/// The same for staff.
pub fn begin_staff(
    tx: &mut Tx<'_>,
    member: &Staff,
    hash: TokenHash,
    before: Option<TokenHash>,
    term: Term,
) -> StorageResult<()> {
    if let Some(before) = before {
        staff_sessions::delete(tx, &member.store_id, &before)?;
    }
    staff_sessions::insert(
        tx,
        &StaffSession {
            token_hash: hash,
            staff: member.clone(),
            authenticated_at: term.now,
            expires_at: term.now.plus(term.lifetime),
        },
    )
}
