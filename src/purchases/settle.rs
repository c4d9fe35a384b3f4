//! The resource server says what became of a purchase that it has used: an order, or nothing. Repeatable, one way.

use super::consume::find;
use super::trail::{self, Actor};
use super::{Caller, Found, Refused, ledger};
use crate::domain::PurchaseId;
use crate::domain::audit::AuditKind;
use crate::domain::purchase::validate_id;
use crate::storage::purchases::{self, Presented};
use crate::storage::{StorageResult, Tx};

/// `order_id` is `None` when no order will come of it.
pub fn settle(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &PurchaseId,
    (checkout_id, order_id): (&str, Option<&str>),
) -> StorageResult<Result<Found, Refused>> {
    if let Some(invalid) = order_id.and_then(|order_id| validate_id("order_id", order_id).err()) {
        return Ok(Err(Refused::invalid(invalid)));
    }
    let now = caller.occasion.now;
    let presented = Presented { issuer_id: &caller.issuer.id, resource: &caller.resource, id, checkout_id };
    let is_first = purchases::settle(tx, presented, order_id, now)?;
    let found = match find(tx, caller, id)? {
        Ok(found) => found,
        Err(refused) => return Ok(Err(refused)),
    };
    if is_first {
        match order_id {
            Some(order_id) => ledger::commit(tx, id.as_str(), order_id)?,
            None => ledger::release(tx, id.as_str())?,
        };
        let kind = if order_id.is_some() { AuditKind::PurchaseCompleted } else { AuditKind::PurchaseReleased };
        trail::record(tx, kind, &found, (Actor::Resource(&caller.resource), &caller.occasion), "ok");
        return Ok(Ok(found));
    }
    Ok(match found.purchase.refuse_settle(checkout_id, order_id) {
        None => Ok(found),
        Some(refusal) => Err(Refused::of_state(refusal, &found, ("consumed, and not settled otherwise", now))),
    })
}
