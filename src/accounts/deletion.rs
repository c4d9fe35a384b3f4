//! Deleting a shopper's account, at the shopper's own word or at that of the operator whom they asked. In one transaction
//! everything that can act ends, what names the person goes, and the way from the account to its pseudonym is destroyed: the trail
//! stays and leads to nobody.
//!
//! What the law wants kept, orders and what was agreed to, hangs on an id that is no longer anybody's until its time is over
//! (`merchant::sweeper`). An order that is being placed is finished. The same address can sign up again, as somebody new.

use mcp_resource::wire::feed::{Event, Target};

use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::restriction::{Effect, end_of_grant};
use crate::domain::shopper::Shopper;
use crate::storage::{StorageResult, Tx, erasure, restrictions};

/// False when it was deleted before. `by`: `shopper`, `operator`.
pub fn delete(tx: &mut Tx<'_>, shopper: &Shopper, (by, occasion): (&str, &Occasion)) -> StorageResult<bool> {
    let (issuer_id, now) = (&shopper.issuer_id, occasion.now);
    if !erasure::begin(tx, &shopper.id)? {
        return Ok(false);
    }
    // While it still has a pseudonym.
    trail::record_by(tx, AuditKind::AccountDeleted, shopper, (by, occasion))?;
    erasure::forget_purchases(tx, &shopper.id, now)?;
    for grant_id in erasure::end_grants(tx, &shopper.id, now)? {
        // What has ended is not held any more.
        let target = Target::Grant(grant_id.to_string());
        restrictions::lift(tx, issuer_id, Effect::PausedByShopper, &target)?;
    }
    let target = Target::Shopper(shopper.subject.clone());
    restrictions::lift(tx, issuer_id, Effect::Paused, &target)?;
    // Decision 4: one row and one event for all of it. It is forgotten with the last token that it could be about.
    let before = end_of_grant(now);
    restrictions::shut_out_before(tx, issuer_id, &target, before, by)?;
    tx.publish(issuer_id.as_str(), now, Event::NotBefore { target, before: before.as_micros() });
    erasure::finish(tx, shopper, now)?;
    Ok(true)
}
