//! A token that we minted and the database does not know yet: it went back in time (decision 1). Nothing is revoked; whoever
//! runs the server is called, by the log, by the trail, and by the console.
//!
//! Only a token with a right MAC comes here, and it is its holder who says how often: one alarm a minute and issuer, however
//! many tokens, holders and replicas there are.

use std::time::Duration;

use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::evidence::Check;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::keys::PresentedToken;
use crate::oauth::error::OAuthError;
use crate::storage::{StorageResult, Tx, audit, issuers};
use crate::telemetry::ReferenceId;

use super::invalid_grant;

const ALARM_INTERVAL: Duration = Duration::from_mins(1);

/// Raises the alarm and refuses the token that this client has presented.
pub(super) fn refuse(
    tx: &mut Tx<'_>,
    (issuer_id, client_id): (&IssuerId, &ClientId),
    token: &PresentedToken,
    (now, reference): (Timestamp, ReferenceId),
) -> StorageResult<OAuthError> {
    let PresentedToken { connection_id, generation, .. } = token;
    if issuers::note_went_back(tx, issuer_id, (now.minus(ALARM_INTERVAL), now))? {
        tracing::error!(
            alarm = "database_went_back",
            issuer = %issuer_id,
            connection = %connection_id,
            generation,
            "a token is newer than the database: was an older copy restored?"
        );
        let connection_id = Some(connection_id.to_string());
        let subject = AuditSubject { connection_id, ..AuditSubject::of_client(client_id) };
        let entry = AuditEntry::new(AuditKind::DatabaseWentBack, now, reference, subject);
        let entry = AuditEntry { outcome: "invalid_grant".to_owned(), risk: 3, ..entry };
        audit::record(tx, issuer_id, &entry);
    }
    let evidence = Check::DatabaseCurrent
        .found(format!("generation {generation} or later in the database"), "an earlier one, or no connection");
    Ok(invalid_grant(evidence, format!("connection {connection_id} is behind this token")))
}
