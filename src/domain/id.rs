//! Identifiers, a type each, so that one cannot stand for another.

use std::fmt;

use uuid::Uuid;

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

text_id! {
    StoreId,
    /// Of `[a-z0-9]` only: it is part of cookie names (design §5).
    IssuerId,
    /// `c1_...` for a registered public client, `cs_...` for one with a secret, or what the merchant chose.
    ClientId,
    ShopperId,
    StaffId,
    ResourceServerId,
    GrantId,
    /// A random UUID. No secret: whoever opens its page has to sign in (F10, F11).
    PurchaseId,
    /// Of one authorization request: approved at most once (decision 2).
    RequestId,
}

/// In every code and refresh token, as 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(pub Uuid);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
