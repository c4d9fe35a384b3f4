//! One-time codes by e-mail: a way in for whoever has no password, and for whoever has forgotten it. A code travels back sealed,
//! with its hash, its address and its browser; only tries are counted on the server, by a row that the first try makes
//! (decision 2).
//!
//! Asking tells nothing: whether an address has an account is not even looked up. The right code confirms the address, so it
//! signs in to the account or makes one; one that it makes for whom a provider vouches for, but not for the address, is entered by
//! that provider as well (`upstream::Unproved`).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::agents;
use super::sessions::{self, How, NewSession};
use super::sign_up::{self, NewAccount};
use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::identity::UpstreamIdentity;
use crate::domain::shopper::Shopper;
use crate::domain::{IssuerId, Timestamp};
use crate::keys::{IssuerContext, NotOurs, SealError, Sealed, Secret, hash_secret, random};
use crate::storage::{StorageResult, Tx, identities, shopper_sessions, shoppers, uses};

/// How long a code works (NIST SP 800-63B-4 §3.1.3.1: ten minutes at most).
pub const LIFETIME: Duration = Duration::from_mins(10);
/// How often one may be mistyped.
pub const TRIES: i64 = 5;
/// Two groups of four: with the tries and the mails that there are, guessing an account takes centuries.
const DIGITS: usize = 8;
const CODES: u64 = 100_000_000;

/// What was sent, for the form that asks for it.
#[derive(Clone, Serialize, Deserialize)]
pub struct SentCode {
    /// Tries are counted under it.
    id: String,
    issuer_id: IssuerId,
    /// As [`crate::domain::email::normal`] writes it.
    pub email: String,
    code_hash: [u8; 32],
    browser_hash: [u8; 32],
    /// The sealed [`super::upstream::Unproved`] of who came from a provider.
    pub unproved: Option<String>,
    expires_at: Timestamp,
}

/// Neither the address nor the hash must reach a log.
impl std::fmt::Debug for SentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SentCode").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What became of a code that was typed.
#[derive(Debug)]
pub enum Typed {
    SignedIn,
    /// With the account, if there is one: for the trail, never for the answer.
    Wrong(Option<Shopper>),
    /// Used, or mistyped too often.
    Spent,
}

/// A code for this address and browser, as the mail shows it, and what the form carries.
///
/// # Errors
/// Only by a defect.
pub fn draw(
    context: &IssuerContext,
    whom: (&str, Option<&str>),
    browser_hash: [u8; 32],
    now: Timestamp,
) -> Result<(Secret<String>, String), SealError> {
    let id = Uuid::new_v4().simple().to_string();
    // What 64 bits are more than a multiple of all codes favours none by a part that anybody could use.
    let digits = format!("{:0width$}", u64::from_be_bytes(random::bytes()) % CODES, width = DIGITS);
    let sent = SentCode { code_hash: hash(&id, &digits), ..SentCode::unsent(context, id, whom, (browser_hash, now)) };
    let sealed = context.keys.seal(Sealed::SignInCode, &sent)?;
    let (first, second) = digits.split_at_checked(DIGITS / 2).unwrap_or((&digits, ""));
    Ok((Secret::new(format!("{first} {second}")), sealed))
}

/// What the form carries where no mail goes out. Nothing that anybody can type is right: a code that was drawn and not sent could
/// still be guessed, at a rate that no mailbox bounds.
///
/// # Errors
/// Only by a defect.
pub fn draw_unsent(
    context: &IssuerContext,
    whom: (&str, Option<&str>),
    browser_hash: [u8; 32],
    now: Timestamp,
) -> Result<String, SealError> {
    let id = Uuid::new_v4().simple().to_string();
    context.keys.seal(Sealed::SignInCode, &SentCode::unsent(context, id, whom, (browser_hash, now)))
}

/// The code is no secret of 256 bits, but its hash is only ever seen sealed.
fn hash(id: &str, digits: &str) -> [u8; 32] {
    *hash_secret(format!("{id}:{digits}").as_bytes()).as_bytes()
}

impl SentCode {
    /// With the hash of no code.
    fn unsent(
        context: &IssuerContext,
        id: String,
        (email, unproved): (&str, Option<&str>),
        (browser_hash, now): ([u8; 32], Timestamp),
    ) -> Self {
        Self {
            id,
            issuer_id: context.issuer.id.clone(),
            email: email.to_owned(),
            code_hash: random::bytes(),
            browser_hash,
            unproved: unproved.map(str::to_owned),
            expires_at: now.plus(LIFETIME),
        }
    }

    /// What was sent, if it is ours, for this browser, and still good.
    pub fn open(context: &IssuerContext, text: &str, browser_hash: &[u8; 32], now: Timestamp) -> Option<Self> {
        let sent: Result<Self, NotOurs> = context.keys.unseal(Sealed::SignInCode, text);
        let sent = sent.ok().filter(|sent| sent.issuer_id == context.issuer.id && now < sent.expires_at)?;
        bool::from(sent.browser_hash.ct_eq(browser_hash)).then_some(sent)
    }

    fn is(&self, typed: &str) -> bool {
        // People type what they see: with or without the gap.
        let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(DIGITS + 1).collect();
        bool::from(hash(&self.id, &digits).ct_eq(&self.code_hash))
    }
}

/// Takes the code, or counts the try. A right one is used up, and signs in to the account of its address, which is made if
/// there is none, with `unproved` beside it as a way in. `here` is who is signed in in this browser.
///
/// A wrong one costs the same work whether there is an account or not: what the trail keeps of it is written later.
pub fn take(
    tx: &mut Tx<'_>,
    (sent, typed, unproved): (&SentCode, &str, Option<&UpstreamIdentity>),
    here: Option<&Shopper>,
    session: (NewSession, How),
    occasion: &Occasion,
) -> StorageResult<Typed> {
    if !uses::count(tx, &sent.issuer_id, &sent.id, TRIES, sent.expires_at)? {
        return Ok(Typed::Spent);
    }
    let known = shoppers::find_by_email(tx, &sent.issuer_id, &sent.email)?;
    if !sent.is(typed) {
        return Ok(Typed::Wrong(known));
    }
    uses::exhaust(tx, &sent.issuer_id, &sent.id, TRIES)?;
    let Some(shopper) = known.map_or_else(|| make(tx, (sent, unproved), occasion), |known| Ok(Some(known)))? else {
        return Ok(Typed::Spent);
    };
    confirm(tx, &shopper, here, occasion)?;
    sessions::begin(tx, &shopper, session, occasion)?;
    Ok(Typed::SignedIn)
}

/// `None` if another made it in this moment.
fn make(
    tx: &mut Tx<'_>,
    (sent, unproved): (&SentCode, Option<&UpstreamIdentity>),
    occasion: &Occasion,
) -> StorageResult<Option<Shopper>> {
    let account = NewAccount::confirmed(&sent.issuer_id, &sent.email, occasion.now);
    if !sign_up::create(tx, &account, occasion)? {
        return Ok(None);
    }
    // Only with an account that nobody had before this code: an address alone joins nothing. It may be somebody's by now, whose it
    // stays.
    if let Some(identity) = unproved {
        identities::insert_upstream(tx, &account.shopper, identity, occasion.now)?;
    }
    Ok(Some(account.shopper))
}

/// The owner of the address has come. An account that was made on a provider's word may be somebody else's who has had that
/// word wrongly, or before the owner had the address, and waits there (account pre-hijacking). So when its owner first proves
/// the address, nothing that was there before stays able to come in: ways to sign in, browsers, agents. The account itself is
/// the owner's from now on: an address has one, and the alternative, to refuse the code, would leave its owner outside.
///
/// Who is signed in to that very account here has both, the way in and the mailbox: nothing has to go.
fn confirm(tx: &mut Tx<'_>, shopper: &Shopper, here: Option<&Shopper>, occasion: &Occasion) -> StorageResult<()> {
    if shopper.confirmed_at.is_some() {
        return Ok(());
    }
    // What a session that goes now has under way is done before this, and goes as well, or after it, and finds no session
    // (`shopper_sessions::stands`).
    shoppers::hold(tx, &shopper.id)?;
    if here.is_none_or(|here| here.id != shopper.id) {
        // First the ways in: who comes in by one at this moment waits for its row, or began a session that goes next.
        identities::delete_all_of(tx, &shopper.id)?;
        shopper_sessions::delete_all_of(tx, &shopper.id)?;
        agents::disconnect_all(tx, shopper, occasion)?;
        trail::record(tx, AuditKind::IdentityRemoved, shopper, occasion)?;
    }
    shoppers::confirm(tx, &shopper.id, occasion.now)
}

#[cfg(test)]
mod tests;
