//! The answer of `/introspect` (RFC 7662 §2.2) as the resource crate reads it.

use serde::{Deserialize, Serialize};

use super::AccessClaims;

/// RFC 7662 §2.2: `active` decides; the claims are there only for a token that is live and of the asker's resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introspection {
    pub active: bool,
    /// Present when the token is live but its grant, client or store is paused: tool calls answer 503 (decision 4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<AccessClaims>,
}
