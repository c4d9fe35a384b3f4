//! The record of every tool call, sent to the authorization server behind the call's back (S1-42, S2-09).
//!
//! [`Recorder::record`] only queues. A task sends batches, tries again while the server is away, and beyond the bound
//! drops the oldest. Whoever is refused in a loop cannot push out the record of real calls: refusals queue apart.

mod queue;
mod sender;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::wire::audit::ToolCall;
use queue::Queue;
pub(crate) use sender::Sender;

/// `tool` of a call that was refused before it was read.
pub const UNREAD: &str = "-";

/// Takes records without ever waiting. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Recorder {
    queue: Arc<Queue>,
    salt: [u8; 32],
}

impl Default for Recorder {
    fn default() -> Self {
        let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
        let mut salt = Sha256::new();
        salt.update(one.as_bytes());
        salt.update(other.as_bytes());
        Self { queue: Arc::default(), salt: salt.finalize().into() }
    }
}

impl Recorder {
    /// Queues one record; when the queue is full the oldest gives way.
    pub fn record(&self, call: ToolCall) {
        self.queue.push(call);
    }

    /// Salted SHA-256 of canonical arguments, base64url: equal calls of one process can be told, what was in them
    /// cannot (C-9). The salt is random and never leaves the process.
    pub fn arguments_digest(&self, arguments: &serde_json::Value) -> String {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        // Every JSON value that was parsed has a canonical form; a number beyond I-JSON digests as nothing.
        hash.update(serde_json_canonicalizer::to_vec(arguments).unwrap_or_default());
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }

    /// How many records were dropped because the authorization server was away for too long.
    pub fn dropped(&self) -> u64 {
        self.queue.dropped()
    }

    pub(crate) fn queue(&self) -> Arc<Queue> {
        Arc::clone(&self.queue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_arguments_have_one_digest_within_a_process_and_another_in_the_next() {
        let recorder = Recorder::default();
        let digest = recorder.arguments_digest(&json!({"query": "lamp", "limit": 5}));
        assert_eq!(digest, recorder.clone().arguments_digest(&json!({"limit": 5, "query": "lamp"})));
        assert_ne!(digest, recorder.arguments_digest(&json!({"limit": 6, "query": "lamp"})));
        assert_ne!(digest, Recorder::default().arguments_digest(&json!({"query": "lamp", "limit": 5})));
    }
}
