//! Agents that may not ask for purchases any more, since three were declined in a row, until the shopper lets them.

use super::ledger::agent_of;
use crate::domain::GrantId;
use crate::domain::audit::{AuditKind, AuditSubject, Occasion};
use crate::domain::shopper::Shopper;
use crate::storage::{DbConnection, StorageResult, Tx, audit, grants, purchase_declines, shoppers};

/// Those of the grants whose agents may not ask.
pub fn list_silenced(connection: &mut DbConnection, grant_ids: &[&str]) -> StorageResult<Vec<String>> {
    purchase_declines::list_silenced(connection, grant_ids)
}

/// Whether this agent may not, whichever of its grants was declined.
pub fn is_silenced(connection: &mut DbConnection, agent: &[GrantId]) -> StorageResult<bool> {
    purchase_declines::is_silenced(connection, agent)
}

/// Lets the agent of a grant ask again, all that is merged into one; false when the shopper has no such grant. Twice is as good as
/// once.
pub fn allow(tx: &mut Tx<'_>, shopper: &Shopper, grant_id: &GrantId, occasion: &Occasion) -> StorageResult<bool> {
    let found = grants::find(tx, &shopper.issuer_id, grant_id)?;
    let Some(grant) = found.filter(|grant| grant.shopper_id == shopper.id) else { return Ok(false) };
    // Who counts an answer holds them too: nobody waits in a circle for several counts.
    shoppers::hold(tx, &shopper.id)?;
    let agent = agent_of(tx, grant_id)?;
    if purchase_declines::forget(tx, &agent)? {
        let subject = AuditSubject {
            client_id: Some(grant.client_id.to_string()),
            grant_id: Some(grant.id.to_string()),
            pseudonym: shoppers::pseudonym_of(tx, &shopper.id)?,
            ..AuditSubject::default()
        };
        let entry = occasion.entry(AuditKind::PurchasesAllowed, subject, "shopper".to_owned());
        audit::record(tx, &shopper.issuer_id, &entry);
    }
    Ok(true)
}
