//! Who came from a provider that vouches for no address, while they prove one by a mailed code: sealed, bound to the browser,
//! and no row until the code is typed (decision 2). The right code makes the account and keeps who they are elsewhere beside it.
//! Where the address has an account, the code signs in to that, and nothing is joined: its owner links the provider.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::domain::identity::UpstreamIdentity;
use crate::domain::{IssuerId, Timestamp};
use crate::keys::{IssuerContext, NotOurs, SealError, Sealed};

/// Long enough to find the mail, and for a second code.
const LIFETIME: Duration = Duration::from_mins(30);

#[derive(Clone, Serialize, Deserialize)]
pub struct Unproved {
    issuer_id: IssuerId,
    pub identity: UpstreamIdentity,
    browser_hash: [u8; 32],
    expires_at: Timestamp,
}

/// Who somebody is elsewhere must not reach a log.
impl std::fmt::Debug for Unproved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unproved").field("provider", &self.identity.provider).finish_non_exhaustive()
    }
}

impl Unproved {
    pub fn new(context: &IssuerContext, identity: UpstreamIdentity, browser_hash: [u8; 32], now: Timestamp) -> Self {
        Self { issuer_id: context.issuer.id.clone(), identity, browser_hash, expires_at: now.plus(LIFETIME) }
    }

    /// # Errors
    /// Only by a defect.
    pub fn seal(&self, context: &IssuerContext) -> Result<String, SealError> {
        context.keys.seal(Sealed::Unproved, self)
    }

    /// `None` for what is not ours, of another issuer or browser, or too old.
    pub fn open(context: &IssuerContext, text: &str, browser_hash: &[u8; 32], now: Timestamp) -> Option<Self> {
        let opened: Result<Self, NotOurs> = context.keys.unseal(Sealed::Unproved, text);
        let opened = opened.ok().filter(|opened| opened.issuer_id == context.issuer.id && now < opened.expires_at)?;
        bool::from(opened.browser_hash.ct_eq(browser_hash)).then_some(opened)
    }
}
