//! The record of a tool call that a resource server sends to the authorization server (S1-42, S2-35).
//! Never a body, a token, an address or personal data (S2-36): the shopper is found by the connection.

use serde::{Deserialize, Serialize};

use super::ScopeSet;
use super::time::Timestamp;

/// One call of a tool, allowed or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// A UUID of version 7, made by the resource server: a batch sent twice is kept once. With its `reference_id`, which is
    /// sent again with it.
    pub id: String,
    pub at: Timestamp,
    /// The tool's name, or `-` when the call was refused before it was read.
    pub tool: String,
    /// The commerce platform behind the tool, such as `demo-store`.
    pub platform: String,
    /// HTTP-like status of the outcome: 200, 401, 403, 404, 409, 429, 503 ...
    pub status: u16,
    /// A word for the outcome, such as `ok`, `insufficient_scope`, `rate_limited`.
    pub outcome: String,
    pub latency_micros: u64,
    /// 0 reads, 1 writes a cart, 2 starts a checkout, 3 destructive (S2-09).
    pub risk: u8,
    /// Also in the error the caller got, when it got one.
    pub reference_id: String,
    pub token: Option<TokenReference>,
    pub required_scope: ScopeSet,
    /// Cart, checkout or order the call was about (C-9).
    pub object_id: Option<String>,
    /// Salted SHA-256 of the canonical arguments, base64url (C-9): tells equal calls, never what was in them.
    pub arguments_digest: Option<String>,
    /// Why, for a call that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// The check that a refused call failed, and both compared values: cut, without control characters, and never a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// One of [`CHECKS`], or one that a newer resource server knows.
    pub check: String,
    pub expected: String,
    pub presented: String,
}

/// The checks of a tool call.
pub const CHECKS: [&str; 19] = [
    "origin",
    "token_present",
    "token_single",
    "token_form",
    "token_key",
    "token_signature",
    "token_claims",
    "issuer",
    "audience",
    "token_expired",
    "token_time",
    "token_live",
    "agents_on",
    "scope",
    "sign_in",
    "call_rate",
    "call_concurrency",
    "calls_paused",
    "access_known",
];

/// Which token made the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenReference {
    pub jti: String,
    pub client_id: String,
    pub grant_id: String,
    pub connection_id: String,
}

/// Body of `POST {issuer}/resource/audit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCallBatch {
    pub calls: Vec<ToolCall>,
}
