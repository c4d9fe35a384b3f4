//! The live feed of revocations (design, decision 4): newline-delimited JSON, one [`Line`] a line.
//!
//! A follower sends its last cursor (`GET .../feed?cursor=...`). If the cursor is still known, lines go on from there; if not,
//! or without one, the feed opens with a snapshot between [`Line::SnapshotBegin`] and [`Line::SnapshotEnd`].
//! Events are idempotent. A heartbeat every 2 s says that the feed is alive; after 5 s of silence it is stale.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ScopeSet;

pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(2);
pub const STALE_AFTER: Duration = Duration::from_secs(5);

/// A position in the feed and the random id of the event there. A database set back in time has another id, or none,
/// at that position, so a follower notices.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub position: i64,
    pub event_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is a position and an event id with a dot between")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.position, self.event_id)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (position, event_id) = text.split_once('.').ok_or(InvalidCursor)?;
        let position = position.parse().map_err(|_not_a_number| InvalidCursor)?;
        Ok(Self { position, event_id: event_id.to_owned() })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// One line of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// Everything known so far is to be forgotten: what follows is all that can still matter.
    SnapshotBegin,
    /// The snapshot is complete; `cursor` is the position it was read at. Events since then follow.
    SnapshotEnd { cursor: Cursor },
    /// `cursor` is absent inside a snapshot.
    Event {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<Cursor>,
        event: Event,
    },
    /// Sent only after a successful read of the database; names the position read.
    Heartbeat { cursor: Cursor },
}

/// What a not-before row or a pause is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Target {
    Issuer,
    Client(String),
    /// The `sub` of the shopper.
    Shopper(String),
    Grant(String),
}

/// What happened. `kind` names the type; one that is unknown here is kept as [`Event::Unknown`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// All connections of the grant have ended.
    GrantRevoked {
        grant_id: String,
    },
    ConnectionEnded {
        connection_id: String,
    },
    /// One access token is dead before its time.
    TokenRevoked {
        jti: String,
    },
    /// Connections of the target that were made at or before `before` (microseconds) have ended.
    NotBefore {
        target: Target,
        before: i64,
    },
    /// Tool calls of the target are held: 503 with a readable body, tokens go on being refreshed.
    Paused {
        target: Target,
    },
    Resumed {
        target: Target,
    },
    /// As [`Event::Paused`], by the shopper: the two are told apart, since neither lifts the other.
    PausedByShopper {
        grant_id: String,
    },
    ResumedByShopper {
        grant_id: String,
    },
    /// The MCP access switch of the environment: off is 401 `invalid_token`.
    AccessSwitched {
        on: bool,
    },
    /// Tokens of the connection hold at most these scopes from now on.
    Narrowed {
        connection_id: String,
        scope: ScopeSet,
    },
    /// The merchant lets agents of the target hold less, or has said who decides for them: ask about each of its tokens that was
    /// minted at or before `before` (microseconds).
    RightsChanged {
        target: Target,
        before: i64,
    },
    /// The issuer's key set has changed: fetch it again.
    KeysChanged,
    /// An event of a newer server, with its members: whatever grant, connection or token one of them names is to be
    /// introspected from now on.
    #[serde(untagged)]
    Unknown(serde_json::Map<String, serde_json::Value>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_of_a_newer_server_keeps_what_it_names() {
        let line: Line = serde_json::from_value(json!({
            "line": "event", "cursor": "7.abc", "event": {"kind": "frozen_solid", "grant_id": "g1"}
        }))
        .unwrap();
        let Line::Event { cursor: Some(cursor), event: Event::Unknown(members) } = line else { panic!("{line:?}") };
        assert_eq!(cursor.position, 7);
        assert_eq!(members["grant_id"], "g1");
    }

    #[test]
    fn lines_are_read_back_as_they_were_written() {
        for event in [
            Event::GrantRevoked { grant_id: "g".into() },
            Event::NotBefore { target: Target::Client("c1_x".into()), before: 5 },
            Event::Paused { target: Target::Issuer },
            Event::Narrowed { connection_id: "c".into(), scope: ScopeSet::BROWSE },
            Event::RightsChanged { target: Target::Client("c1_x".into()), before: 5 },
            Event::PausedByShopper { grant_id: "g".into() },
            Event::AccessSwitched { on: false },
            Event::KeysChanged,
        ] {
            let line = Line::Event { cursor: None, event };
            let text = serde_json::to_string(&line).unwrap();
            assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line, "{text}");
        }
    }
}
