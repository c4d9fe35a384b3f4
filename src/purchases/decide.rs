//! The shopper's answer to a purchase, once (F21); and more time to think (WCAG 2.2.1). Only the same shopper's counts:
//! whoever else opens the page learns nothing and changes nothing (F11).

use super::trail::{self, Actor};
use super::{Decision, Found};
use crate::domain::PurchaseId;
use crate::domain::audit::{AuditKind, Occasion};
use crate::domain::shopper::Shopper;
use crate::storage::{DbConnection, StorageResult, Tx, purchase_declines, purchases};

/// Whose purchase it is.
#[derive(Debug, Clone)]
pub enum Own {
    Theirs(Box<Found>),
    /// Somebody else's.
    Another,
    Nobodys,
}

pub fn find(connection: &mut DbConnection, shopper: &Shopper, id: &PurchaseId) -> StorageResult<Own> {
    Ok(match purchases::find(connection, &shopper.issuer_id, id)? {
        Some(found) if found.purchase.shopper_id == shopper.id => Own::Theirs(Box::new(found)),
        Some(_) => Own::Another,
        None => Own::Nobodys,
    })
}

/// What an answer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    Done,
    /// It was decided before, its time is over, or agents are held: the page says which.
    NotAnyMore,
    /// None of this shopper's.
    NotTheirs,
}

pub fn decide(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    id: &PurchaseId,
    (decision, occasion): (Decision, &Occasion),
) -> StorageResult<Answered> {
    let Own::Theirs(found) = find(tx, shopper, id)? else { return Ok(Answered::NotTheirs) };
    if !purchases::decide(tx, &found.purchase, &shopper.id, decision, occasion.now)? {
        return Ok(Answered::NotAnyMore);
    }
    let grant_id = &found.purchase.grant_id;
    let (kind, outcome) = match decision {
        Decision::Approve => {
            purchase_declines::restart(tx, grant_id)?;
            (AuditKind::PurchaseApproved, "ok")
        }
        Decision::Decline => {
            let has_silenced = purchase_declines::count(tx, grant_id, occasion.now)?;
            (AuditKind::PurchaseDeclined, if has_silenced { "silenced" } else { "ok" })
        }
    };
    trail::record(tx, kind, &found, (Actor::Shopper, occasion), outcome);
    Ok(Answered::Done)
}

pub fn extend(tx: &mut Tx<'_>, shopper: &Shopper, id: &PurchaseId, occasion: &Occasion) -> StorageResult<Answered> {
    let Own::Theirs(found) = find(tx, shopper, id)? else { return Ok(Answered::NotTheirs) };
    let is_extended = purchases::extend(tx, &found.purchase, &shopper.id, occasion.now)?;
    Ok(if is_extended { Answered::Done } else { Answered::NotAnyMore })
}
