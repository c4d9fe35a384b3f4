//! The upload of tool calls by a resource server (S1-42, S2-35): each is kept once, and only for sessions with that server.
//! Calls without a token are anonymous: they go to the ring of refusals, which is bounded (decision 2).

use mcp_resource::wire::audit::ToolCall;
use uuid::Uuid;

use crate::domain::resource::ResourceServer;
use crate::domain::{IssuerId, Timestamp};
use crate::storage::refusals::{self, Refusal};
use crate::storage::{StorageResult, Tx, tool_calls};

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
    let mut anonymous = 0_usize;
    let mut known = Vec::new();
    let ids: Vec<&str> =
        calls.iter().filter_map(|call| call.token.as_ref()).map(|token| token.connection_id.as_str()).collect();
    let callers = tool_calls::find_callers(tx, &upload.issuer_id, &upload.server.resource, &ids)?;
    for call in calls.into_iter().filter(is_in_form) {
        match &call.token {
            None => {
                refusals::record(tx, &upload.issuer_id, &refusal(&call, upload), upload.refusals_kept)?;
                anonymous = anonymous.saturating_add(1);
            }
            Some(token) => {
                if let Some(caller) = callers.get(&token.connection_id).cloned() {
                    known.push((call, caller));
                }
            }
        }
    }
    let kept = tool_calls::insert(tx, &upload.issuer_id, &known, upload.now)?.saturating_add(anonymous);
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

fn refusal(call: &ToolCall, upload: &Upload) -> Refusal {
    Refusal {
        at: call.at.min(upload.now),
        reference_id: call.reference_id.clone(),
        endpoint: upload.server.resource.clone(),
        error: call.outcome.clone(),
        reason: format!("{} {}", call.tool, call.status),
        client_id: None,
        evidence: None,
    }
}

#[cfg(test)]
mod tests;
