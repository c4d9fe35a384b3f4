//! One-time codes by e-mail: a way in for whoever has no password, and for whoever has forgotten it. A code travels back sealed,
//! with its hash, its address and its browser; only tries are counted on the server, by a row that the first try makes
//! (decision 2).
//!
//! Asking tells nothing: whether an address has an account is not even looked up. The right code confirms the address, so it
//! signs in to the account or makes one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::sessions::{self, How, NewSession};
use super::sign_up::{self, NewAccount};
use super::trail::{self, Occasion};
use crate::domain::shopper::Shopper;
use crate::domain::{IssuerId, Timestamp};
use crate::keys::{IssuerContext, NotOurs, SealError, Sealed, Secret, hash_secret, random};
use crate::storage::{StorageResult, Tx, shoppers, uses};

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
    Wrong,
    /// Used, or mistyped too often.
    Spent,
}

/// A code for this address and browser, as the mail shows it, and what the form carries.
///
/// # Errors
/// Only by a defect.
pub fn draw(
    context: &IssuerContext,
    email: &str,
    browser_hash: [u8; 32],
    now: Timestamp,
) -> Result<(Secret<String>, String), SealError> {
    // What 64 bits are more than a multiple of all codes favours none by a part that anybody could use.
    let digits = format!("{:0width$}", u64::from_be_bytes(random::bytes()) % CODES, width = DIGITS);
    let id = Uuid::new_v4().simple().to_string();
    let sent = SentCode {
        code_hash: hash(&id, &digits),
        id,
        issuer_id: context.issuer.id.clone(),
        email: email.to_owned(),
        browser_hash,
        expires_at: now.plus(LIFETIME),
    };
    let sealed = context.keys.seal(Sealed::SignInCode, &sent)?;
    let (first, second) = digits.split_at_checked(DIGITS / 2).unwrap_or((&digits, ""));
    Ok((Secret::new(format!("{first} {second}")), sealed))
}

/// The code is no secret of 256 bits, but its hash is only ever seen sealed.
fn hash(id: &str, digits: &str) -> [u8; 32] {
    *hash_secret(format!("{id}:{digits}").as_bytes()).as_bytes()
}

impl SentCode {
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
/// there is none.
pub fn take(
    tx: &mut Tx<'_>,
    (sent, typed): (&SentCode, &str),
    session: (NewSession, How),
    occasion: &Occasion,
) -> StorageResult<Typed> {
    if !uses::count(tx, &sent.issuer_id, &sent.id, TRIES, sent.expires_at)? {
        return Ok(Typed::Spent);
    }
    let known = shoppers::find_by_email(tx, &sent.issuer_id, &sent.email)?;
    if !sent.is(typed) {
        if let Some(shopper) = known {
            trail::record_wrong_code(tx, &shopper, occasion)?;
        }
        return Ok(Typed::Wrong);
    }
    uses::exhaust(tx, &sent.issuer_id, &sent.id, TRIES)?;
    let Some(shopper) = known.map_or_else(|| make(tx, sent, occasion), |known| Ok(Some(known)))? else {
        return Ok(Typed::Spent);
    };
    sessions::begin(tx, &shopper, session, occasion)?;
    Ok(Typed::SignedIn)
}

/// `None` if another made it in this moment.
fn make(tx: &mut Tx<'_>, sent: &SentCode, occasion: &Occasion) -> StorageResult<Option<Shopper>> {
    let account = NewAccount::without_password(&sent.issuer_id, &sent.email, occasion.now);
    Ok(sign_up::create(tx, &account, occasion)?.then_some(account.shopper))
}
