//! A signed-in browser, never anything else. A shopper's is valid for one issuer, staff's for one store.

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
    /// When the shopper last proved who they are.
    pub authenticated_at: Timestamp,
    /// How.
    pub method: SignInMethod,
    pub expires_at: Timestamp,
}

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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSession {
    pub token_hash: TokenHash,
    pub staff: Staff,
    pub authenticated_at: Timestamp,
    pub expires_at: Timestamp,
}
