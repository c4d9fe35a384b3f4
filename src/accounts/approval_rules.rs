//! The shopper's rule that an agent may buy without asking: set after a fresh sign-in, taken back in one click and at once
//! (decision 5). [`crate::domain::approval_rule`] says how far it reaches.

use uuid::Uuid;

use super::agents::{card_of, own};
use super::trail::{self, Occasion};
use crate::domain::approval_rule::{ApprovalRule, highest};
use crate::domain::audit::AuditKind;
use crate::domain::authentication::Authentication;
use crate::domain::grant::Grant;
use crate::domain::shopper::Shopper;
use crate::domain::{GrantId, Money, Scope};
use crate::storage::approval_rules::ApprovedDestination;
use crate::storage::{DbConnection, StorageResult, Tx, agent_policies, approval_rules, grants, shoppers};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    Done,
    /// Above the ceilings beside it, in another currency than theirs, or without one for the month.
    AboveLimit,
    /// The shopper has no such live grant that may check out, or the merchant allows no rules.
    NotPossible,
    /// The merchant demands more of a sign-in than this by now.
    NeedsProof,
}

/// Lets the agent buy for up to `most` by itself, in the place of what it could before. `proof`: how the shopper is signed in.
pub fn set(
    tx: &mut Tx<'_>,
    (shopper, proof): (&Shopper, Authentication),
    id: &GrantId,
    most: Money,
    occasion: &Occasion,
) -> StorageResult<Set> {
    // Held, and read here: what the merchant decides ends the rules that stand, and is before this one or after it.
    agent_policies::hold(tx, &shopper.issuer_id)?;
    let policy = agent_policies::find_classes(tx, &shopper.issuer_id)?;
    if !policy.lets_rules() {
        return Ok(Set::NotPossible);
    }
    if policy.checkout.for_consent(occasion.now).unmet_by(proof).is_some() {
        return Ok(Set::NeedsProof);
    }
    let Some(grant) = own(tx, shopper, id)? else { return Ok(Set::NotPossible) };
    let Some(grant) = grants::hold(tx, &shopper.issuer_id, &grant.id)? else { return Ok(Set::NotPossible) };
    if !grant.scope.contains(Scope::CheckoutInitiate) {
        return Ok(Set::NotPossible);
    }
    let is_within = |highest: Money| highest.currency == most.currency && (1..=highest.amount).contains(&most.amount);
    if !highest(grant.limit).is_some_and(is_within) {
        return Ok(Set::AboveLimit);
    }
    let (id, currency) = (Uuid::new_v4().to_string(), most.currency);
    let rule = ApprovalRule { id, currency, most: most.amount, created_at: occasion.now };
    approval_rules::set(tx, &grant.id, &rule)?;
    trail::record_rule(tx, (AuditKind::ApprovalRuleSet, &rule.id), shopper, &grant, occasion)?;
    Ok(Set::Done)
}

/// How far what stands on one card may buy without asking: as far as any rule there reaches, since it is one agent to the shopper.
pub fn reach<'a>(card: impl IntoIterator<Item = &'a Grant>, rules: &[(GrantId, ApprovalRule)]) -> Option<Money> {
    let reach = |grant: &Grant| rules.iter().find(|(id, _)| *id == grant.id)?.1.reach(grant.limit);
    card.into_iter().filter_map(reach).max_by_key(|most| most.amount)
}

/// The grants of a card whose rules count for something.
pub fn ruled<'a>(card: impl IntoIterator<Item = &'a Grant>, rules: &[(GrantId, ApprovalRule)]) -> Vec<&'a str> {
    let counts = |grant: &&Grant| rules.iter().any(|(id, rule)| *id == grant.id && rule.reach(grant.limit).is_some());
    card.into_iter().filter(counts).map(|grant| grant.id.as_str()).collect()
}

/// How far the rules of a card reach, and where the shopper had things sent before that they cover, or that one would which is set
/// on `id` where there is none.
pub fn standing(
    connection: &mut DbConnection,
    card: &[Grant],
    id: &GrantId,
) -> StorageResult<(Option<Money>, Vec<ApprovedDestination>)> {
    let ids: Vec<&str> = card.iter().map(|one| one.id.as_str()).collect();
    let rules = approval_rules::list(connection, &ids)?;
    let reach = reach(card, &rules);
    let of = if reach.is_some() { ruled(card, &rules) } else { vec![id.as_str()] };
    Ok((reach, approval_rules::list_destinations(connection, &of)?))
}

/// Has the agent ask each time again, whatever stands on its card; false when the shopper has no such grant.
pub fn remove(tx: &mut Tx<'_>, shopper: &Shopper, id: &GrantId, occasion: &Occasion) -> StorageResult<bool> {
    shoppers::hold(tx, &shopper.id)?;
    let Some(grant) = own(tx, shopper, id)? else { return Ok(false) };
    for one in card_of(tx, grant)? {
        remove_of(tx, shopper, &one, occasion)?;
    }
    Ok(true)
}

/// The same of one grant.
pub(super) fn remove_of(tx: &mut Tx<'_>, shopper: &Shopper, grant: &Grant, occasion: &Occasion) -> StorageResult<()> {
    // Held: a purchase that is being registered is before it or after it.
    grants::hold_terms(tx, &grant.id)?;
    if let Some(rule) = approval_rules::find(tx, &grant.id)? {
        approval_rules::remove(tx, &grant.id)?;
        trail::record_rule(tx, (AuditKind::ApprovalRuleRemoved, &rule.id), shopper, grant, occasion)?;
    }
    Ok(())
}
