//! A signed-in browser, never anything else. A shopper's is valid for one issuer, staff's for one store.

use std::time::Duration;

use super::Timestamp;
use super::client::words;
use super::device::Device;
use super::shopper::Shopper;
use super::staff::Staff;

/// SHA-256 of the cookie's secret, the only form in which it is kept.
pub type TokenHash = [u8; 32];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopperSession {
    pub token_hash: TokenHash,
    pub shopper: Shopper,
    /// When the shopper last proved who they are; [`UNKNOWN_AGE`] ago where nobody knows.
    pub authenticated_at: Timestamp,
    /// How.
    pub method: SignInMethod,
    pub expires_at: Timestamp,
}

/// A provider that does not say when may have let in whoever sits at the browser: such a sign-in is older than any age that is
/// asked for.
pub const UNKNOWN_AGE: Duration = Duration::from_hours(365 * 24);

words! {
    /// How a shopper has proved it when the session began.
    SignInMethod {
        Password = "password",
        /// By e-mail.
        Code = "code",
        Provider = "provider",
        Passkey = "passkey",
    }
}

/// A session in its owner's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    pub token_hash: TokenHash,
    pub method: SignInMethod,
    pub device: Device,
    pub created_at: Timestamp,
    pub authenticated_at: Timestamp,
    pub expires_at: Timestamp,
}

impl ListedSession {
    /// When its shopper last proved who they are, if anybody knows.
    pub fn proved_at(&self) -> Option<Timestamp> {
        (self.authenticated_at > self.created_at.minus(UNKNOWN_AGE)).then_some(self.authenticated_at)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSession {
    pub token_hash: TokenHash,
    pub staff: Staff,
    pub authenticated_at: Timestamp,
    pub expires_at: Timestamp,
}
