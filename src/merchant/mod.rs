//! What the store's staff do: watch agent sessions, end them, hold them, read the trail. Every change is one transaction
//! with its audit entry and, where resource servers must know, its event on the feed (decision 4).

pub mod agents;
pub mod feed_snapshot;
pub mod numbering;
pub mod pauses;
pub mod provisioning;
pub mod revocation;
pub mod secret_versions;
pub mod sessions;
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
use crate::storage::{Tx, audit};
use crate::telemetry::ReferenceId;

/// Who does something, where and when: what every change needs for the trail.
#[derive(Debug, Clone)]
pub struct Act {
    pub issuer_id: IssuerId,
    pub staff_id: StaffId,
    pub now: Timestamp,
    pub reference_id: ReferenceId,
    pub network: Network,
}

impl Act {
    /// `staff:<id>`.
    pub fn actor(&self) -> String {
        format!("staff:{}", self.staff_id)
    }

    fn record(&self, tx: &mut Tx<'_>, kind: AuditKind, subject: AuditSubject, outcome: &str) {
        let entry = AuditEntry::new(kind, self.now, self.reference_id, subject);
        let entry = AuditEntry {
            outcome: outcome.to_owned(),
            actor: Some(self.actor()),
            network: Some(self.network.clone()),
            ..entry
        };
        audit::record(tx, &self.issuer_id, &entry);
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
