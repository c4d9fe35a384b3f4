//! The record of every tool call, sent to the authorization server behind the call's back (S1-42).

use crate::wire::audit::ToolCall;

/// Takes records without ever waiting. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Recorder {}

impl Recorder {
    /// Queues one record; when the queue is full the oldest gives way.
    pub fn record(&self, _call: ToolCall) {}

    /// Salted SHA-256 of canonical arguments, base64url: equal calls of one process are told apart from others,
    /// what was in them is never told (C-9).
    pub fn arguments_digest(&self, _arguments: &serde_json::Value) -> String {
        String::new()
    }
}
