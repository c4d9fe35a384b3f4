//! How far an agent is trusted, as a badge: in words, never by colour alone.

use crate::domain::agent_policy::Trust;

/// The style of the badge and the key of its text.
pub const fn trust_badge(trust: &Trust) -> (&'static str, &'static str) {
    match trust {
        Trust::Unverified => ("unverified", "agent-unverified"),
        Trust::DomainVerified => ("verified", "agent-domain-verified"),
        Trust::KeyVerified => ("verified", "agent-key-verified"),
        Trust::Approved => ("confirmed", "agent-confirmed"),
    }
}
