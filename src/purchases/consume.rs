//! The resource server uses an approved purchase, once, and is answered alike when it asks again: its network or its process
//! may have failed between (F23, B42).

use mcp_resource::wire::purchase::Refusal;

use super::permission::{judged, taken_back};
use super::trail::{self, Actor};
use super::{Caller, Found, Refused, ledger};
use crate::domain::PurchaseId;
use crate::domain::audit::AuditKind;
use crate::domain::purchase::Standing;
use crate::storage::purchases::{self, Presented};
use crate::storage::{DbConnection, StorageResult, Tx};

/// A purchase of the caller's.
pub fn find(connection: &mut DbConnection, caller: &Caller, id: &PurchaseId) -> StorageResult<Result<Found, Refused>> {
    let found = purchases::find(connection, &caller.issuer.id, id)?;
    let own = found.filter(|found| found.purchase.resource == caller.resource);
    let own = own.map(|found| judged(connection, found, &caller.store)).transpose()?;
    Ok(own.ok_or_else(|| Refused::unknown(format!("purchase {id}"))))
}

/// Its row let it go, but its reservation had expired.
struct Swept;

/// `digest` is the resource server's, over what it is about to sell.
pub fn consume(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &PurchaseId,
    (checkout_id, digest): (&str, &[u8]),
) -> StorageResult<Result<Found, Refused>> {
    let now = caller.occasion.now;
    let presented = Presented { issuer_id: &caller.issuer.id, resource: &caller.resource, id, checkout_id };
    let consumed = tx.attempt(|tx| {
        // As it stands before it is used: afterwards nothing that is taken back counts.
        let is_left = find(tx, caller, id)?.is_ok_and(|found| found.standing != Standing::Over);
        if !is_left || !purchases::consume(tx, presented, digest, now)? {
            return Ok(Ok(false));
        }
        // What has just been swept, by a clock ahead of this one, is over.
        Ok(if ledger::consume(tx, id.as_str())? { Ok(true) } else { Err(Swept) })
    });
    let consumed = consumed?;
    let found = match find(tx, caller, id)? {
        Ok(found) => found,
        Err(refused) => return Ok(Err(refused)),
    };
    let is_first = match consumed {
        Ok(is_first) => is_first,
        Err(Swept) => {
            return Ok(Err(Refused::of_state(Refusal::Expired, &found, ("approved, in time, and not used", now))));
        }
    };
    if is_first {
        let by = (Actor::Resource(&caller.resource), &caller.occasion);
        trail::record(tx, AuditKind::PurchaseConsumed, &found, by, "ok");
        return Ok(Ok(found));
    }
    let Some(refusal) = found.purchase.refuse_consume((checkout_id, digest), found.standing, now) else {
        return Ok(Ok(found));
    };
    // H20: who reads why is told what of it was taken away.
    let taken = if refusal == Refusal::GrantEnded { taken_back(tx, &found, &caller.store)? } else { None };
    Ok(Err(taken.unwrap_or_else(|| Refused::of_state(refusal, &found, ("approved, in time, and not used", now)))))
}
