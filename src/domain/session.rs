//! A signed-in browser, never anything else. A shopper's is valid for one issuer, staff's for one store.

use super::Timestamp;
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
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSession {
    pub token_hash: TokenHash,
    pub staff: Staff,
    pub authenticated_at: Timestamp,
    pub expires_at: Timestamp,
}
