//! What the merchant decides about one client: its class, whether the store vouches for it, and putting it on hold. Nothing
//! of it ever happens by itself, since one client id can stand for a million installations.

use mcp_resource::wire::feed::Target;

use super::{Act, family, pauses, rule_ends};
use crate::domain::ClientId;
use crate::domain::audit::{AuditKind, AuditSubject};
use crate::domain::client::AgentClass;
use crate::storage::{StorageResult, Tx, agent_policies, client_decisions, clients};

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 200;

/// Why, in the merchant's words; may be empty.
#[derive(Debug, Clone, Default)]
pub struct Reason(String);

impl Reason {
    /// One line, without what turns it around or breaks it.
    pub fn new(text: &str) -> Self {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words: Vec<&str> = line.split_whitespace().collect();
        Self(words.join(" ").chars().take(LONGEST_REASON).collect())
    }

    /// What was done, and why if that was said.
    fn after(&self, what: &str) -> String {
        if self.0.is_empty() { what.to_owned() } else { format!("{what}: {}", self.0) }
    }
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// `None`: the policy decides by how far the client is trusted.
    Class(Option<AgentClass>),
    Approve,
    Disapprove,
    /// No new authorizations, and its tool calls are held. Nothing ends.
    Quarantine,
    Release,
}

/// Decides; false when the issuer has no such client, or it stood so already.
pub fn decide(tx: &mut Tx<'_>, act: &Act, id: &ClientId, decision: Decision, reason: &Reason) -> StorageResult<bool> {
    agent_policies::touch(tx, &act.issuer_id)?;
    let Some(client) = clients::find(tx, &act.issuer_id, id)? else { return Ok(false) };
    let may_narrow = matches!(decision, Decision::Class(_) | Decision::Approve | Decision::Disapprove);
    let rules = if may_narrow { Some(rule_ends::standing(tx, &act.issuer_id)?) } else { None };
    let (issuer, target) = (&act.issuer_id, Target::Client(id.to_string()));
    let (has_changed, kind, outcome) = match decision {
        Decision::Class(class) => {
            let changed = client.class != class && client_decisions::set_class(tx, issuer, id, class)?;
            (changed, AuditKind::ClientClassed, class.map_or("by policy", AgentClass::as_str))
        }
        Decision::Approve => {
            (client_decisions::set_approved(tx, issuer, id, Some(act.now))?, AuditKind::ClientApproved, "ok")
        }
        Decision::Disapprove => {
            (client_decisions::set_approved(tx, issuer, id, None)?, AuditKind::ClientDisapproved, "ok")
        }
        Decision::Quarantine => {
            let changed = client_decisions::set_quarantined(tx, issuer, id, Some(act.now))?;
            if changed {
                pauses::hold(tx, act, &target)?;
            }
            (changed, AuditKind::ClientQuarantined, "ok")
        }
        Decision::Release => {
            let changed = client_decisions::set_quarantined(tx, issuer, id, None)?;
            if changed {
                pauses::let_go(tx, act, &target)?;
            }
            (changed, AuditKind::ClientReleased, "ok")
        }
    };
    if has_changed {
        if let Some(rules) = &rules {
            let reached = family::targets(tx, issuer, id)?;
            act.narrow(tx, reached)?;
            rule_ends::end_changed(tx, act, rules)?;
        }
        act.record(tx, kind, AuditSubject::of_client(id), &reason.after(outcome));
    }
    Ok(has_changed)
}
