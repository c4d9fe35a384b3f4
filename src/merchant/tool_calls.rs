//! The upload of tool calls by a resource server (S1-42, S2-35): each is kept once, and only for sessions with that server.
//! What was refused goes, with its evidence, to the ring of refusals, which is bounded (decision 2): that of callers whom
//! nobody knows only there, that of a known session into the trail as well.

use mcp_resource::wire::audit::ToolCall;
use uuid::Uuid;

use crate::domain::evidence::Shown;
use crate::domain::resource::ResourceServer;
use crate::domain::{IssuerId, Timestamp};
use crate::storage::refusals::{self, KeptEvidence, Refusal};
use crate::storage::tool_calls::{self, Caller};
use crate::storage::{StorageResult, Tx};

/// Calls in one batch.
pub const MOST_CALLS: usize = 500;
/// Of any text in a call; tool names are the longest that are meant.
const LONGEST_TEXT: usize = 128;

/// Where the calls were made, when they arrive, and how many refusals an issuer keeps.
#[derive(Debug, Clone)]
pub struct Upload {
    pub issuer_id: IssuerId,
    pub server: ResourceServer,
    pub now: Timestamp,
    pub refusals_kept: i64,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Received {
    /// Kept now.
    pub kept: usize,
    /// There already, of no session with this server, or not in their form.
    pub ignored: usize,
}

pub fn receive(tx: &mut Tx<'_>, upload: &Upload, calls: Vec<ToolCall>) -> StorageResult<Received> {
    let sent = calls.len();
    let mut only_in_ring = 0_usize;
    let mut known = Vec::new();
    let ids: Vec<&str> =
        calls.iter().filter_map(|call| call.token.as_ref()).map(|token| token.connection_id.as_str()).collect();
    let callers = tool_calls::find_callers(tx, &upload.issuer_id, &upload.server.resource, &ids)?;
    for call in calls.into_iter().filter(is_in_form) {
        let caller = call.token.as_ref().and_then(|token| callers.get(&token.connection_id)).cloned();
        let is_refusal = call.token.is_none() || call.evidence.is_some();
        if is_refusal && keep_refusal(tx, upload, &call, caller.as_ref())? && caller.is_none() {
            only_in_ring = only_in_ring.saturating_add(1);
        }
        known.extend(caller.map(|caller| (call, caller)));
    }
    let kept = tool_calls::insert(tx, &upload.issuer_id, &known, upload.now)?.saturating_add(only_in_ring);
    Ok(Received { kept, ignored: sent.saturating_sub(kept) })
}

/// A UUID, so that ids of servers cannot collide on purpose with anything else, and short words.
fn is_in_form(call: &ToolCall) -> bool {
    let texts = [Some(&call.tool), Some(&call.platform), Some(&call.outcome), Some(&call.reference_id)];
    let more = [call.object_id.as_ref(), call.arguments_digest.as_ref(), call.token.as_ref().map(|token| &token.jti)];
    let is_short = |text: &String| text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control);
    Uuid::parse_str(&call.id).is_ok_and(|id| id.hyphenated().to_string() == call.id)
        && texts.into_iter().chain(more).flatten().all(is_short)
}

/// Whether it is new: a batch sent twice is kept once.
fn keep_refusal(tx: &mut Tx<'_>, upload: &Upload, call: &ToolCall, caller: Option<&Caller>) -> StorageResult<bool> {
    if refusals::is_there(tx, &upload.issuer_id, &call.reference_id)? {
        return Ok(false);
    }
    refusals::record(tx, &upload.issuer_id, &refusal(call, caller, upload), upload.refusals_kept)?;
    Ok(true)
}

/// The values come from a resource server, which may be an older or a foreign one: they are cleaned like our own.
fn refusal(call: &ToolCall, caller: Option<&Caller>, upload: &Upload) -> Refusal {
    let shown = |text: &str| Shown::from(text).to_string();
    let named = call.token.as_ref().map(|token| shown(&token.client_id));
    Refusal {
        at: call.at.min(upload.now),
        reference_id: call.reference_id.clone(),
        endpoint: upload.server.resource.clone(),
        error: call.outcome.clone(),
        reason: format!("{} {}", call.tool, call.status),
        client_id: caller.map(|caller| caller.client_id.clone()).or(named),
        evidence: call.evidence.as_ref().map(|evidence| KeptEvidence {
            check: shown(&evidence.check),
            expected: shown(&evidence.expected),
            presented: shown(&evidence.presented),
        }),
    }
}

#[cfg(test)]
mod tests;
