//! The shopper's answer to a purchase, once (F21); and more time to think (WCAG 2.2.1). Only the same shopper's counts:
//! whoever else opens the page learns nothing and changes nothing (F11).

use super::permission::judged;
use super::trail::{self, Actor};
use super::{Decision, Found, ledger, standing};
use crate::domain::audit::{AuditKind, Occasion};
use crate::domain::ledger::{Reservation, Reserving};
use crate::domain::purchase::{Purchase, Standing};
use crate::domain::shopper::Shopper;
use crate::domain::store::Store;
use crate::domain::{PurchaseId, Timestamp};
use crate::storage::consent_receipts::Shown;
use crate::storage::{
    DbConnection, StorageResult, Tx, approval_rules, consent_receipts, grants, purchase_declines, purchases, shoppers,
};

/// Whose purchase it is.
#[derive(Debug, Clone)]
pub enum Own {
    Theirs(Box<Found>),
    /// Somebody else's.
    Another,
    Nobodys,
}

pub fn find(connection: &mut DbConnection, shopper: &Shopper, id: &PurchaseId, store: &Store) -> StorageResult<Own> {
    Ok(match purchases::find(connection, &shopper.issuer_id, id)? {
        Some(found) if found.purchase.shopper_id == shopper.id => {
            Own::Theirs(Box::new(judged(connection, found, store)?))
        }
        Some(_) => Own::Another,
        None => Own::Nobodys,
    })
}

/// The page that is answered: what a consent is recorded with.
#[derive(Debug, Clone)]
pub struct Page {
    pub store: Store,
    /// See `Locale::consent_text_version`.
    pub text_version: &'static str,
    pub locale: &'static str,
}

/// What an answer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    Done,
    /// It was decided before, its time is over, or agents are held: the page says which.
    NotAnyMore,
    /// Above what the shopper lets this agent spend: nothing was decided.
    OverLimit,
    /// None of this shopper's.
    NotTheirs,
}

pub fn decide(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    id: &PurchaseId,
    (decision, occasion): (Decision, &Occasion),
    page: &Page,
) -> StorageResult<Answered> {
    // One answer after the other: what counts is counted over all grants that are one agent.
    shoppers::hold(tx, &shopper.id)?;
    let Own::Theirs(found) = find(tx, shopper, id, &page.store)? else { return Ok(Answered::NotTheirs) };
    let is_over = found.standing == Standing::Over;
    if decision == Decision::Approve
        && (is_over || !standing::may_be_approved(tx, &found, (&page.store, occasion.now))?)
    {
        return Ok(Answered::NotAnyMore);
    }
    let answered = tx.attempt(|tx| {
        if !purchases::decide(tx, &found.purchase, &shopper.id, decision, occasion.now)? {
            return Ok(Err(Answered::NotAnyMore));
        }
        match decision {
            Decision::Approve => reserve(tx, &found.purchase, occasion.now),
            Decision::Decline => Ok(Ok(())),
        }
    });
    if let Err(answered) = answered? {
        return Ok(answered);
    }
    let grant_id = &found.purchase.grant_id;
    let agent = ledger::agent_of(tx, grant_id)?;
    let (kind, outcome) = match decision {
        Decision::Approve => {
            purchase_declines::restart(tx, &agent)?;
            // Only what was approved by hand makes an address one that a rule may send to.
            if let Some(digest) = &found.purchase.destination {
                approval_rules::remember_destination(tx, grant_id, digest, occasion.now)?;
            }
            (AuditKind::PurchaseApproved, "ok")
        }
        Decision::Decline => {
            let has_silenced = purchase_declines::count(tx, &agent, occasion.now)?;
            (AuditKind::PurchaseDeclined, if has_silenced { "silenced" } else { "ok" })
        }
    };
    trail::record(tx, kind, &found, (Actor::Shopper, occasion), outcome);
    if decision == Decision::Approve && found.purchase.is_elevation {
        consented(tx, &found, page, occasion)?;
    }
    Ok(Answered::Done)
}

/// The shopper's own ceiling holds for the shopper's yes as well: who wants more raises it first.
pub(super) fn reserve(tx: &mut Tx<'_>, purchase: &Purchase, now: Timestamp) -> StorageResult<Result<(), Answered>> {
    let reservation = Reservation {
        grant_id: purchase.grant_id.clone(),
        purchase_id: purchase.id.to_string(),
        amount: purchase.document.total,
        at: now,
        until: purchase.usable_until(now),
    };
    Ok(match ledger::reserve(tx, &reservation)? {
        Reserving::Reserved => Ok(()),
        Reserving::OverLimit(_) => Err(Answered::OverLimit),
    })
}

/// H20: a front-channel consent to this one purchase, with its receipt, logged as an elevation (C-4). What the grant and its
/// tokens may do stays as it is.
fn consented(tx: &mut Tx<'_>, found: &Found, page: &Page, occasion: &Occasion) -> StorageResult<()> {
    let purchase = &found.purchase;
    let limit = grants::find(tx, &purchase.issuer_id, &purchase.grant_id)?.and_then(|grant| grant.limit);
    let shown = Shown { text_version: page.text_version, locale: page.locale, is_bundled: false };
    let time = (occasion.now, purchase.usable_until(occasion.now));
    consent_receipts::insert_for_purchase(tx, found, (limit, time), &shown)?;
    trail::record_elevation(tx, found, occasion);
    Ok(())
}

pub fn extend(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    id: &PurchaseId,
    (store, occasion): (&Store, &Occasion),
) -> StorageResult<Answered> {
    let Own::Theirs(found) = find(tx, shopper, id, store)? else { return Ok(Answered::NotTheirs) };
    let is_extended = purchases::extend(tx, &found.purchase, &shopper.id, occasion.now)?;
    Ok(if is_extended { Answered::Done } else { Answered::NotAnyMore })
}
