//! Ending sessions: one, those of a grant, or by one row all of a client, a shopper or the issuer (decision 4).
//!
//! A not-before row is compared with a connection's creation, never with a token's `iat`: a refresh racing the revocation
//! may mint a later one. A consent after it makes a connection that the row does not cover.

use mcp_resource::wire::feed::{Event, Target};

use super::{Act, family};
use crate::domain::audit::{AuditKind, AuditSubject};
use crate::domain::connection::EndReason;
use crate::domain::restriction::end_of_grant;
use crate::domain::{ConnectionId, GrantId};
use crate::storage::{StorageResult, Tx, connections, console_sessions, grants, restrictions};

/// Ends one connection; false when the issuer has none of that id, or it was over already.
pub fn revoke_connection(tx: &mut Tx<'_>, act: &Act, id: ConnectionId) -> StorageResult<bool> {
    let Some(connection) = connections::find(tx, &act.issuer_id, id)? else { return Ok(false) };
    if !connections::end(tx, id, EndReason::RevokedByStaff, act.now)? {
        return Ok(false);
    }
    let subject = AuditSubject::of_connection(&connection);
    act.record(tx, AuditKind::ConnectionEnded, subject, EndReason::RevokedByStaff.as_str());
    tx.publish(act.issuer_id.as_str(), act.now, Event::ConnectionEnded { connection_id: id.to_string() });
    Ok(true)
}

/// Ends a grant and all its connections; false when the issuer has no live grant of that id.
pub fn revoke_grant(tx: &mut Tx<'_>, act: &Act, id: &GrantId) -> StorageResult<bool> {
    let Some(grant) = grants::find(tx, &act.issuer_id, id)? else { return Ok(false) };
    if !grants::end(tx, id, &act.actor(), act.now)? {
        return Ok(false);
    }
    // Refresh looks at restrictions only, so that it has one thing to check; the rows themselves are swept later.
    let target = Target::Grant(id.to_string());
    restrictions::shut_out_before(tx, &act.issuer_id, &target, end_of_grant(act.now), &act.actor())?;
    let subject = AuditSubject {
        client_id: Some(grant.client_id.to_string()),
        grant_id: Some(id.to_string()),
        ..AuditSubject::default()
    };
    act.record(tx, AuditKind::GrantRevoked, subject, "ok");
    tx.publish(act.issuer_id.as_str(), act.now, Event::GrantRevoked { grant_id: id.to_string() });
    Ok(true)
}

/// Whose sessions end, as the console names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    Client(String),
    /// By pseudonym: the console never shows the `sub`.
    Shopper(String),
    Everyone,
}

/// Ends every connection that exists now of a client, a shopper or the issuer, by one row. False when the issuer does not
/// know the shopper.
pub fn revoke_all(tx: &mut Tx<'_>, act: &Act, whose: &Whose) -> StorageResult<bool> {
    let (target, subject) = match whose {
        Whose::Client(id) => {
            (Target::Client(id.clone()), AuditSubject { client_id: Some(id.clone()), ..AuditSubject::default() })
        }
        Whose::Shopper(pseudonym) => {
            let Some(subject) = console_sessions::find_subject(tx, &act.issuer_id, pseudonym)? else {
                return Ok(false);
            };
            let about = AuditSubject { pseudonym: Some(pseudonym.clone()), ..AuditSubject::default() };
            (Target::Shopper(subject), about)
        }
        Whose::Everyone => (Target::Issuer, AuditSubject::default()),
    };
    for member in family::of(tx, &act.issuer_id, &target)? {
        restrictions::shut_out_before(tx, &act.issuer_id, &member.target, act.now, &act.actor())?;
        let event = Event::NotBefore { target: member.target, before: act.now.as_micros() };
        tx.publish(act.issuer_id.as_str(), act.now, event);
    }
    act.record(tx, AuditKind::RevokedMany, subject, "ok");
    Ok(true)
}

#[cfg(test)]
mod tests;
