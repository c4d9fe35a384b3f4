//! One row that ends, holds or shuts out many connections at once (decision 4).

use mcp_resource::wire::feed::Target;

use super::Timestamp;
use super::client::words;
use super::connection::Connection;

words! {
    Effect {
        /// Connections made at or before `since` have ended.
        NotBefore = "not_before",
        /// Tool calls answer 503; refresh goes on.
        Paused = "paused",
        /// The same by the shopper, of a grant: neither side lifts what the other has set.
        PausedByShopper = "paused_by_shopper",
        /// Tokens minted at or before `since` may hold less now: each is introspected until it has expired.
        Narrowed = "narrowed",
        /// The MCP access switch of the environment is off: 401, `invalid_grant`, no new grants (S1-23).
        Off = "off",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    pub effect: Effect,
    pub target: Target,
    /// For [`Effect::NotBefore`], what a connection's `connected_at` is compared with; else when it began.
    pub since: Timestamp,
}

impl Restriction {
    /// Whether it has ended this connection (decision 4): compared with the connection's creation, never with a token's.
    pub fn shuts_out(&self, connection: &Connection) -> bool {
        let is_meant = match &self.target {
            Target::Issuer => true,
            Target::Client(id) => id == connection.client_id.as_str(),
            Target::Shopper(subject) => *subject == connection.subject,
            Target::Grant(id) => id == connection.grant_id.as_str(),
        };
        is_meant && self.effect == Effect::NotBefore && self.since >= connection.connected_at
    }
}

/// Up to when a grant that ends now shuts its connections out: a little into the future, since a consent that waited for the
/// grant's row carries a time of its own. Grants are never revived, so nothing that comes later is of this one.
pub fn end_of_grant(now: Timestamp) -> Timestamp {
    now.plus(std::time::Duration::from_mins(1))
}

/// Up to when tokens may still be minted by what a server had cached of a decision that is made now: caches believe what they
/// hold for half a minute, and clocks differ a little.
pub fn end_of_doubt(now: Timestamp) -> Timestamp {
    now.plus(std::time::Duration::from_mins(1))
}

/// How a target is written in two columns. An issuer-wide one has an empty id.
pub fn target_columns(target: &Target) -> (&'static str, &str) {
    match target {
        Target::Issuer => ("issuer", ""),
        Target::Client(id) => ("client", id),
        Target::Shopper(subject) => ("shopper", subject),
        Target::Grant(id) => ("grant", id),
    }
}

pub fn target_from_columns(kind: &str, id: &str) -> Option<Target> {
    match kind {
        "issuer" => Some(Target::Issuer),
        "client" => Some(Target::Client(id.to_owned())),
        "shopper" => Some(Target::Shopper(id.to_owned())),
        "grant" => Some(Target::Grant(id.to_owned())),
        _ => None,
    }
}
