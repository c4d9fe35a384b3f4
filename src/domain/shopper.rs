//! A resource owner. Belongs to one issuer: a sandbox shopper is not a live one.

use super::{IssuerId, ShopperId, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shopper {
    pub id: ShopperId,
    pub issuer_id: IssuerId,
    /// The `sub` of tokens: opaque, one for this issuer only.
    pub subject: String,
    /// As [`super::email::normal`] writes it.
    pub email: String,
    pub created_at: Timestamp,
    /// When its owner proved the address here. `None`: only a provider vouches for it so far.
    pub confirmed_at: Option<Timestamp>,
}
