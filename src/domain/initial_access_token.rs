//! Initial access tokens (RFC 7591 §3): what allows to register where the store wants to see it. Only the hash is kept.

use super::Timestamp;

/// One token, without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialAccessToken {
    /// SHA-256 of it, which also names it.
    pub token_hash: [u8; 32],
    /// Whom the merchant made it for.
    pub note: String,
    /// `staff:<id>` or `operator`.
    pub created_by: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Registrations that it still allows; `None` is any number.
    pub uses_left: Option<u32>,
}

impl InitialAccessToken {
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|at| now < at) && self.uses_left != Some(0)
    }
}
