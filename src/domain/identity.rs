//! How a shopper signs in: by a password, or by a passkey, or by another OpenID provider that vouches for
//! them. A shopper can have several.

use serde::{Deserialize, Serialize};

use super::client::words;
use super::{ShopperId, Timestamp};

words! {
    IdentityKind {
        Password = "password",
        Provider = "provider",
        Passkey = "passkey",
    }
}

/// Who somebody is elsewhere. OpenID Connect Core §5.7: issuer and subject together, and nothing else, identify a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamIdentity {
    /// The provider's id in the configuration.
    pub provider: String,
    pub issuer: String,
    pub subject: String,
}

/// What a provider has said about who came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    pub identity: UpstreamIdentity,
    /// As [`super::email::normal`] writes it, and only where the provider vouches for it (`email_verified`).
    pub email: Option<String>,
    /// When the person proved it there, where the provider says so.
    pub proved_at: Option<Timestamp>,
}

/// One way in, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: String,
    pub shopper_id: ShopperId,
    pub kind: IdentityKind,
    /// The provider's id; empty for other kinds.
    pub provider: String,
    /// What its owner calls a passkey; empty for other kinds.
    pub label: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}
