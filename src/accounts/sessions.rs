//! Sessions begin with a fresh secret at every sign-in, whatever the browser brought: what an attacker has planted
//! there is worth nothing (fixation).

use std::time::Duration;

use super::trail::{self, Occasion};
use crate::domain::IssuerId;
use crate::domain::audit::AuditKind;
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

/// A session to begin.
#[derive(Debug, Clone, Copy)]
pub struct NewSession {
    pub hash: TokenHash,
    /// The session that the browser had before: it ends.
    pub before: Option<TokenHash>,
    pub lifetime: Duration,
}

/// Signs the shopper in.
pub fn begin(tx: &mut Tx<'_>, shopper: &Shopper, session: NewSession, occasion: &Occasion) -> StorageResult<()> {
    if let Some(before) = session.before {
        shopper_sessions::delete(tx, &shopper.issuer_id, &before)?;
    }
    let row = ShopperSession {
        token_hash: session.hash,
        shopper: shopper.clone(),
        authenticated_at: occasion.now,
        expires_at: occasion.now.plus(session.lifetime),
    };
    shopper_sessions::insert(tx, &row)?;
    trail::record(tx, AuditKind::SignedIn, shopper, occasion)
}

/// Signs a merchant user in, at the console of `issuer_id`.
pub fn begin_staff(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    member: &Staff,
    session: NewSession,
    occasion: &Occasion,
) -> StorageResult<()> {
    if let Some(before) = session.before {
        staff_sessions::delete(tx, &member.store_id, &before)?;
    }
    let row = StaffSession {
        token_hash: session.hash,
        staff: member.clone(),
        authenticated_at: occasion.now,
        expires_at: occasion.now.plus(session.lifetime),
    };
    staff_sessions::insert(tx, &row)?;
    trail::record_staff(tx, issuer_id, member, occasion);
    Ok(())
}
