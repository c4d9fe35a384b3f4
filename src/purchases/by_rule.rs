//! A purchase that the shopper's rule approves at once, in the transaction that registers it: reserved like any other yes, and
//! never above a ceiling. Without a rule nothing here approves anything.
//!
//! The shopper is asked all the same where the merchant does not allow rules, where nothing or to an address that they have not
//! approved by hand is sent, where their last answer was a no, and where no mail would tell them.

use mcp_resource::wire::purchase::ShipTo;

use super::decide::reserve;
use super::{Caller, Found};
use crate::domain::GrantId;
use crate::domain::approval_rule::ApprovalRule;
use crate::domain::purchase::{Purchase, Stage};
use crate::keys::IssuerKeys;
use crate::storage::{StorageResult, Tx, agent_policies, approval_rules, grants, purchase_declines, purchases};

/// What is kept of an address, and looked for: of this grant only, and under each version of the secret.
pub(super) fn destinations(keys: &IssuerKeys, grant_id: &GrantId, ship_to: Option<&ShipTo>) -> Vec<[u8; 32]> {
    let Some(to) = ship_to else { return Vec::new() };
    let parts = [
        grant_id.as_str(),
        &to.name,
        &to.line1,
        to.line2.as_deref().unwrap_or_default(),
        &to.postal_code,
        &to.city,
        &to.country,
    ];
    keys.destinations(&parts.map(str::as_bytes))
}

/// Approves what was just registered, if the shopper's rule does; its id then.
pub(super) fn approve(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (found, agent): (&mut Found, &[GrantId]),
) -> StorageResult<Option<String>> {
    let now = caller.occasion.now;
    let Some(rule) = rule(tx, caller, (&found.purchase, agent))? else { return Ok(None) };
    let expires_at = found.purchase.usable_until(now);
    let approved = tx.attempt(|tx| {
        if !purchases::approve_by_rule(tx, &found.purchase, (&rule.id, expires_at), now)? {
            return Ok(Err(()));
        }
        Ok(reserve(tx, &found.purchase, now)?.map_err(drop))
    });
    if approved?.is_err() {
        return Ok(None);
    }
    let purchase = &mut found.purchase;
    (purchase.stage, purchase.decided_at, purchase.expires_at) = (Stage::Approved, Some(now), expires_at);
    purchase.rule_id = Some(rule.id.clone());
    Ok(Some(rule.id))
}

/// The rule that covers it.
fn rule(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (purchase, agent): (&Purchase, &[GrantId]),
) -> StorageResult<Option<ApprovalRule>> {
    // H20: what is a consent of its own is the shopper's to give.
    if purchase.is_elevation || !agent_policies::find_classes(tx, &caller.issuer.id)?.lets_rules() {
        return Ok(None);
    }
    // Held: a rule that is being taken back is waited for, and a ceiling that is being lowered.
    let Some(grant) = grants::hold(tx, &caller.issuer.id, &purchase.grant_id)? else { return Ok(None) };
    let rule = approval_rules::find(tx, &grant.id)?;
    let Some(rule) = rule.filter(|rule| rule.covers(purchase.document.total, grant.limit)) else { return Ok(None) };
    let digests = destinations(&caller.keys, &grant.id, purchase.document.ship_to.as_ref());
    let is_known = approval_rules::is_destination(tx, &grant.id, &digests)?;
    Ok((is_known && !purchase_declines::has_any(tx, agent)?).then_some(rule))
}
