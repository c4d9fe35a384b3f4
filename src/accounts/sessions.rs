//! Sessions begin with a fresh secret at every sign-in, whatever the browser brought: what an attacker has planted
//! there is worth nothing (fixation).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::Duration;

use super::sign_in::RightFor;
use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::device::Device;
use crate::domain::session::{ShopperSession, SignInMethod, StaffSession, TokenHash};
use crate::domain::shopper::Shopper;
use crate::domain::staff::Staff;
use crate::domain::{IssuerId, Timestamp};
use crate::keys::{Secret, hash_secret, random};
use crate::storage::{StorageError, StorageResult, Tx, shopper_sessions, shoppers, staff, staff_sessions};

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

/// How a shopper has proved it.
#[derive(Debug, Clone, Copy)]
pub struct How {
    pub method: SignInMethod,
    pub device: Device,
    /// When, if that was not here and now.
    pub proved_at: Option<Timestamp>,
}

/// Signs the shopper in.
pub fn begin(tx: &mut Tx<'_>, shopper: &Shopper, session: (NewSession, How), occasion: &Occasion) -> StorageResult<()> {
    hold(tx, shopper)?;
    begin_held(tx, shopper, session, occasion)
}

fn hold(tx: &mut Tx<'_>, shopper: &Shopper) -> StorageResult<()> {
    if shoppers::hold(tx, &shopper.id)? {
        return Ok(());
    }
    // Deleted since it was looked up: whoever tries again finds no account.
    Err(StorageError::Unavailable("the account has just been deleted".to_owned()))
}

fn begin_held(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    (session, how): (NewSession, How),
    occasion: &Occasion,
) -> StorageResult<()> {
    if let Some(before) = session.before {
        shopper_sessions::delete(tx, &shopper.issuer_id, &before)?;
    }
    let row = ShopperSession {
        token_hash: session.hash,
        shopper: shopper.clone(),
        authenticated_at: how.proved_at.unwrap_or(occasion.now),
        method: how.method,
        expires_at: occasion.now.plus(session.lifetime),
    };
    shopper_sessions::insert(tx, &row, how.device, occasion.now)?;
    trail::record(tx, AuditKind::SignedIn, shopper, occasion)
}

/// The same by a password; false, and nothing begins, when it is no longer the shopper's.
pub fn begin_by_password(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    right_for: &RightFor,
    session: (NewSession, How),
    occasion: &Occasion,
) -> StorageResult<bool> {
    hold(tx, shopper)?;
    if !right_for.is(shoppers::find_password(tx, &shopper.id)?.as_deref()) {
        trail::record_failure(tx, shopper, occasion)?;
        return Ok(false);
    }
    begin_held(tx, shopper, session, occasion)?;
    Ok(true)
}

/// Names a session in a form: what the database holds is not shown.
pub fn public_id(token_hash: &TokenHash) -> String {
    let digest = hash_secret(&[b"session:", token_hash.as_slice()].concat());
    URL_SAFE_NO_PAD.encode(digest.as_bytes())
}

/// Signs the shopper's browser with this id out; one that is gone already is as well.
pub fn end(tx: &mut Tx<'_>, shopper: &Shopper, id: &str, occasion: &Occasion) -> StorageResult<()> {
    let own = shopper_sessions::list_of(tx, &shopper.id, occasion.now, shopper_sessions::MOST_LISTED)?;
    let Some(session) = own.iter().find(|session| public_id(&session.token_hash) == id) else { return Ok(()) };
    shopper_sessions::delete(tx, &shopper.issuer_id, &session.token_hash)?;
    trail::record(tx, AuditKind::SignedOutElsewhere, shopper, occasion)
}

/// Signs all of the shopper's browsers out.
pub fn end_all(tx: &mut Tx<'_>, shopper: &Shopper, occasion: &Occasion) -> StorageResult<()> {
    shopper_sessions::delete_all_of(tx, &shopper.id)?;
    trail::record(tx, AuditKind::SignedOutEverywhere, shopper, occasion)
}

/// Signs a merchant user in, at the console of `issuer_id`; false, and nothing begins, when the password is no longer theirs.
pub fn begin_staff(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    (member, right_for): (&Staff, &RightFor),
    session: NewSession,
    occasion: &Occasion,
) -> StorageResult<bool> {
    if !right_for.is(staff::hold_password(tx, &member.id)?.as_deref()) {
        trail::record_staff_failure(tx, issuer_id, member, occasion);
        return Ok(false);
    }
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
    Ok(true)
}
