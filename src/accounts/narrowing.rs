//! What a shopper takes back from a connected agent without ending it: a lower ceiling, one permission less, a pause. It counts
//! at once, for every connection of the grant (decision 4). Nothing here ever gives: for more, the agent asks again.
//!
//! The shopper's pause and the merchant's are two rows: neither side lifts what the other has set.

use mcp_resource::wire::feed::{Event, Target};

use super::agents::{card_of, held, own};
use super::approval_rules;
use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::grant::Grant;
use crate::domain::restriction::{Effect, Restriction};
use crate::domain::shopper::Shopper;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{GrantId, Scope, ScopeSet};
use crate::storage::grants::{Terms, hold, set_terms};
use crate::storage::{StorageResult, Tx, connections, narrowing, restrictions, shoppers};

/// What is left to the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub scope: ScopeSet,
    /// A ceiling beside the one that stands: in each component the lower counts.
    pub limit: Option<SpendingLimit>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowed {
    Done,
    /// It had no more than that.
    Unchanged,
    /// No permission would be left, which is to disconnect.
    NothingLeft,
    /// The shopper has no such live grant.
    NotFound,
}

/// Leaves the agent no more than `left`.
pub fn narrow(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    id: &GrantId,
    left: Left,
    occasion: &Occasion,
) -> StorageResult<Narrowed> {
    shoppers::hold(tx, &shopper.id)?;
    let Some(grant) = own(tx, shopper, id)? else { return Ok(Narrowed::NotFound) };
    let Some(grant) = hold(tx, &shopper.issuer_id, &grant.id)? else { return Ok(Narrowed::NotFound) };
    // What stands on the same card is one agent to the shopper.
    let card = card_of(tx, grant)?;
    if held(&card).intersection(left.scope).is_empty() {
        return Ok(Narrowed::NothingLeft);
    }
    let mut has_changed = false;
    for one in card {
        if let Some(one) = hold(tx, &shopper.issuer_id, &one.id)? {
            has_changed |= narrow_one(tx, shopper, &one, left, occasion)?;
        }
    }
    Ok(if has_changed { Narrowed::Done } else { Narrowed::Unchanged })
}

/// Its row is held.
fn narrow_one(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    grant: &Grant,
    left: Left,
    occasion: &Occasion,
) -> StorageResult<bool> {
    let terms = Terms {
        scope: grant.scope.intersection(left.scope),
        limit: SpendingLimit::lower_of(grant.limit, left.limit),
        client_digest: grant.client_digest,
    };
    if terms.scope == grant.scope && terms.limit == grant.limit {
        return Ok(false);
    }
    set_terms(tx, &grant.id, &terms)?;
    // Checkout that comes back by a new consent comes back without it.
    if !terms.scope.contains(Scope::CheckoutInitiate) {
        approval_rules::remove_of(tx, shopper, grant, occasion)?;
    }
    narrowing::set_limit(tx, &grant.id, terms.limit)?;
    // To stay connected permits nothing, and is ended by disconnecting.
    keep(tx, &grant.id, left.scope.with(Scope::OfflineAccess))?;
    restrictions::narrow(tx, &shopper.issuer_id, target(grant), occasion.now, "shopper")?;
    trail::record_grant(
        tx,
        AuditKind::GrantNarrowed,
        shopper,
        &Grant { scope: terms.scope, ..grant.clone() },
        occasion,
    )?;
    Ok(true)
}

/// Leaves the grant's connections no more than this; whether one had more.
pub(super) fn keep(tx: &mut Tx<'_>, grant_id: &GrantId, scope: ScopeSet) -> StorageResult<bool> {
    let mut had_more = false;
    for connection in connections::list_of_grants(tx, &[grant_id.as_str()])? {
        let scope = connection.scope.intersection(scope);
        if scope != connection.scope {
            narrowing::set_scope(tx, connection.id, scope)?;
            had_more = true;
        }
    }
    Ok(had_more)
}

/// Holds the agent's tool calls until the shopper resumes them; false when the shopper has no such live grant.
pub fn pause(tx: &mut Tx<'_>, shopper: &Shopper, id: &GrantId, occasion: &Occasion) -> StorageResult<bool> {
    for_each(tx, shopper, id, |tx, grant| {
        let restriction = Restriction { effect: Effect::PausedByShopper, target: target(grant), since: occasion.now };
        if restrictions::set(tx, &shopper.issuer_id, &restriction, "shopper")? {
            trail::record_grant(tx, AuditKind::Paused, shopper, grant, occasion)?;
            let event = Event::PausedByShopper { grant_id: grant.id.to_string() };
            tx.publish(shopper.issuer_id.as_str(), occasion.now, event);
        }
        Ok(())
    })
}

/// Lets it go on, unless the merchant holds it too; false when the shopper has no such live grant.
pub fn resume(tx: &mut Tx<'_>, shopper: &Shopper, id: &GrantId, occasion: &Occasion) -> StorageResult<bool> {
    for_each(tx, shopper, id, |tx, grant| {
        if restrictions::lift(tx, &shopper.issuer_id, Effect::PausedByShopper, &target(grant))? {
            trail::record_grant(tx, AuditKind::Resumed, shopper, grant, occasion)?;
            let event = Event::ResumedByShopper { grant_id: grant.id.to_string() };
            tx.publish(shopper.issuer_id.as_str(), occasion.now, event);
        }
        Ok(())
    })
}

/// The grant and those that stand on its card.
fn for_each(
    tx: &mut Tx<'_>,
    shopper: &Shopper,
    id: &GrantId,
    mut act: impl FnMut(&mut Tx<'_>, &Grant) -> StorageResult<()>,
) -> StorageResult<bool> {
    let grant = own(tx, shopper, id)?.filter(|grant| grant.ended_at.is_none());
    let Some(grant) = grant else { return Ok(false) };
    for one in card_of(tx, grant)? {
        act(tx, &one)?;
    }
    Ok(true)
}

fn target(grant: &Grant) -> Target {
    Target::Grant(grant.id.to_string())
}

#[cfg(test)]
mod tests;
