//! What travels through the browser to the provider and back, as `state`: sealed, bound to the browser, used once, and good
//! for ten minutes. Nothing is stored until somebody comes back (decision 2).

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::domain::authentication::ProofStep;
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::session::TokenHash;
use crate::domain::{IssuerId, Timestamp};
use crate::keys::{IssuerContext, Sealed};

/// As long as an authorization request lives, whose shopper this may be.
pub const LIFETIME: std::time::Duration = std::time::Duration::from_mins(10);

#[derive(Clone, Serialize, Deserialize)]
pub struct UpstreamState {
    /// Counted when it is used.
    pub id: String,
    pub issuer_id: IssuerId,
    pub provider: String,
    /// SHA-256 of the browser cookie.
    pub browser_hash: [u8; 32],
    pub nonce: String,
    /// RFC 7636 §4.1.
    pub code_verifier: String,
    /// Opened, so that it is not encrypted twice: addresses have an end.
    pub request: Option<AuthorizationRequest>,
    /// The page of ours to go on to, if there is no such request.
    pub to: Option<String>,
    /// On the way to what demands a passkey, or to another account.
    pub step: Option<ProofStep>,
    /// The provider was asked to ask the person again.
    pub has_asked: bool,
    pub purpose: Purpose,
    pub expires_at: Timestamp,
}

/// What coming back is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    SignIn,
    /// Signed in already, and to prove it again.
    Again,
    /// To add it to the account of this session.
    Link {
        session_hash: TokenHash,
    },
}

/// Nonce and verifier must not reach a log.
impl std::fmt::Debug for UpstreamState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpstreamState")
            .field("id", &self.id)
            .field("issuer_id", &self.issuer_id)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// Why what came back cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotGood {
    /// Not sealed here, for another issuer, or for another provider (RFC 9700 §4.4).
    NotOurs,
    OtherBrowser,
    Expired,
}

impl UpstreamState {
    pub fn began_at(&self) -> Timestamp {
        self.expires_at.minus(LIFETIME)
    }

    /// The state, if it is ours, from this browser and still good.
    pub fn open(
        context: &IssuerContext,
        text: &str,
        (provider, browser_hash): (&str, &[u8; 32]),
        now: Timestamp,
    ) -> Result<Self, NotGood> {
        let state: Self = context
            .keys
            .unseal(Sealed::UpstreamState, text)
            .map_err(|_not_ours: crate::keys::NotOurs| NotGood::NotOurs)?;
        if state.issuer_id != context.issuer.id || state.provider != provider {
            return Err(NotGood::NotOurs);
        }
        // Decision 2: whoever is sent somebody else's return address ends here.
        if !bool::from(state.browser_hash.ct_eq(browser_hash)) {
            return Err(NotGood::OtherBrowser);
        }
        if now < state.expires_at { Ok(state) } else { Err(NotGood::Expired) }
    }
}
