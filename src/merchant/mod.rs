//! What the store's staff do: watch agent sessions, end them, hold them, read the trail. Every change is one transaction
//! with its audit entry and, where resource servers must know, its event on the feed (decision 4).

pub mod agents;
pub mod client_decisions;
pub mod clients_by_hand;
mod family;
pub mod feed_snapshot;
pub mod merging;
pub mod numbering;
pub mod pauses;
pub mod policy;
pub mod private_use;
pub mod provisioning;
pub mod registration_tokens;
pub mod revocation;
mod rule_ends;
pub mod secret_versions;
pub mod sessions;
pub mod staff_members;
pub mod sweeper;
#[cfg(test)]
pub(crate) mod testing;
pub mod tool_calls;
pub mod trail;
pub mod why;

use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::connection::EndReason;
use crate::domain::network::Network;
use crate::domain::{IssuerId, StaffId, Timestamp};
use crate::storage::{StorageResult, Tx, audit, restrictions};
use crate::telemetry::ReferenceId;
use mcp_resource::wire::feed::Target;

/// Who does something, where and when: what every change needs for the trail.
#[derive(Debug, Clone)]
pub struct Act {
    pub issuer_id: IssuerId,
    pub by: Actor,
    pub now: Timestamp,
    pub reference_id: ReferenceId,
    /// Where from; nowhere, at the command line.
    pub network: Option<Network>,
}

/// A member of staff at the console, or whoever may run commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Staff(StaffId),
    Operator,
}

impl Act {
    /// At the command line.
    pub fn of_operator(issuer_id: IssuerId, now: Timestamp) -> Self {
        Self { issuer_id, by: Actor::Operator, now, reference_id: ReferenceId::generate(), network: None }
    }

    /// `staff:<id>` or `operator`.
    pub fn actor(&self) -> String {
        match &self.by {
            Actor::Staff(id) => format!("staff:{id}"),
            Actor::Operator => "operator".to_owned(),
        }
    }

    /// Says that what was decided about the issuer's agents is another from now on. Tokens that the target has already may hold
    /// less, which only this server knows: resource servers ask about each until it has expired (decision 4).
    fn narrow(&self, tx: &mut Tx<'_>, targets: Vec<Target>) -> StorageResult<()> {
        targets
            .into_iter()
            .try_for_each(|target| restrictions::narrow(tx, &self.issuer_id, target, self.now, &self.actor()))
    }

    fn record(&self, tx: &mut Tx<'_>, kind: AuditKind, subject: AuditSubject, outcome: &str) {
        let entry = self.entry(kind, subject);
        audit::record(tx, &self.issuer_id, &AuditEntry { outcome: outcome.to_owned(), ..entry });
    }

    /// About somebody who works for the store.
    fn record_staff(&self, tx: &mut Tx<'_>, kind: AuditKind, member: &StaffId) {
        let entry = self.entry(kind, AuditSubject::default());
        audit::record(tx, &self.issuer_id, &AuditEntry { object_id: Some(member.to_string()), ..entry });
    }

    fn entry(&self, kind: AuditKind, subject: AuditSubject) -> AuditEntry {
        let entry = AuditEntry::new(kind, self.now, self.reference_id, subject);
        AuditEntry { actor: Some(self.actor()), network: self.network.clone(), ..entry }
    }
}

/// The end of a connection that nobody asked for at a page or an endpoint. `actor`: `system`, `operator`.
fn record_end(
    tx: &mut Tx<'_>,
    (connection_id, issuer_id): &(String, IssuerId),
    reason: EndReason,
    (actor, now): (&str, Timestamp),
) {
    let subject = AuditSubject { connection_id: Some(connection_id.clone()), ..AuditSubject::default() };
    let entry = AuditEntry::new(AuditKind::ConnectionEnded, now, ReferenceId::generate(), subject);
    audit::record(tx, issuer_id, &AuditEntry { outcome: reason.to_string(), actor: Some(actor.to_owned()), ..entry });
}
