//! Whether an agent may still check out. What the shopper or the merchant has taken back since a purchase was registered counts
//! for it too, until the store has used it; an elevation that has merely run out takes nothing back (decision 5).
//!
//! What the shopper takes back is the grant's, and part of the statements that approve and use. What the merchant lets a client
//! be is more than a statement can say, and is looked at in their transaction.

use mcp_resource::wire::purchase::Refusal;

use crate::domain::agent_policy::AgentPolicy;
use crate::domain::client::Client;
use crate::domain::evidence::{Check, Evidence};
use crate::domain::purchase::{Stage, Standing};
use crate::domain::store::Store;
use crate::domain::{Scope, ScopeSet};
use crate::storage::{DbConnection, StorageResult, agent_policies, approval_rules, clients};

use super::{Found, Refused};

/// With what the merchant lets its client do now as part of what it hangs on.
pub(super) fn judged(connection: &mut DbConnection, found: Found, store: &Store) -> StorageResult<Found> {
    if !is_open(&found) {
        return Ok(found);
    }
    let (policy, client) = decided(connection, &found)?;
    judged_by(connection, found, (&policy, client.as_ref()), store)
}

/// The same by what is known already of the merchant's decisions.
pub(super) fn judged_by(
    connection: &mut DbConnection,
    found: Found,
    decided: (&AgentPolicy, Option<&Client>),
    store: &Store,
) -> StorageResult<Found> {
    if !is_open(&found) || is_left(&found, decided, store) && is_ruled_still(connection, &found)? {
        return Ok(found);
    }
    Ok(Found { standing: Standing::Over, ..found })
}

/// It may still be approved or used.
fn is_open(found: &Found) -> bool {
    matches!(found.purchase.stage, Stage::Awaiting | Stage::Approved) && found.standing != Standing::Over
}

/// Whether the rule stands that said yes, if one did: taken back by whomever, it takes back what the store has not used.
fn is_ruled_still(connection: &mut DbConnection, found: &Found) -> StorageResult<bool> {
    let Some(rule_id) = &found.purchase.rule_id else { return Ok(true) };
    let rule = approval_rules::find(connection, &found.purchase.grant_id)?;
    Ok(rule.is_some_and(|rule| rule.id == *rule_id))
}

/// What the merchant has decided about agents, and about the purchase's own.
fn decided(connection: &mut DbConnection, found: &Found) -> StorageResult<(AgentPolicy, Option<Client>)> {
    let issuer_id = &found.purchase.issuer_id;
    Ok((
        agent_policies::find_classes(connection, issuer_id)?,
        clients::find(connection, issuer_id, &found.purchase.client_id)?,
    ))
}

/// Whether the merchant lets the purchase's client begin checkouts, and where it may not, be given links (H20).
pub(super) fn is_left(found: &Found, (policy, client): (&AgentPolicy, Option<&Client>), store: &Store) -> bool {
    let ceiling = policy.ceiling_at(client, &found.redirect_uri, store);
    if found.purchase.is_elevation {
        missing(found, policy, ceiling).is_none()
    } else {
        ceiling.contains(Scope::CheckoutInitiate)
    }
}

/// What the shopper's yes to one purchase stood on and was taken away since.
fn missing(found: &Found, policy: &AgentPolicy, ceiling: ScopeSet) -> Option<Evidence> {
    refuse_offer(policy, ceiling, found.scope.intersection(ceiling))
}

/// H20: only where the merchant allows it, to an agent whose class may begin checkouts and that fills carts already. What is
/// missing, if anything is.
pub(super) fn refuse_offer(policy: &AgentPolicy, ceiling: ScopeSet, allowed: ScopeSet) -> Option<Evidence> {
    if !policy.checkout_links {
        let expected = "a store that gives links to agents that may not begin checkouts";
        return Some(Check::PurchaseLinks.found(expected, "one that gives none"));
    }
    if !ceiling.contains(Scope::CheckoutInitiate) {
        let expected = "an agent whose class may begin checkouts";
        return Some(Check::PurchaseGrant.found(expected, ceiling.to_string()));
    }
    if !allowed.contains(Scope::CartWrite) {
        return Some(Check::PurchaseGrant.found("a grant that holds cart:write", allowed.to_string()));
    }
    None
}

/// Which of what the shopper's yes to one purchase stood on was taken away since (H20). `None` for every other purchase, and where
/// something else is over.
pub(super) fn taken_back(
    connection: &mut DbConnection,
    found: &Found,
    store: &Store,
) -> StorageResult<Option<Refused>> {
    if !found.purchase.is_elevation {
        return Ok(None);
    }
    let (policy, client) = decided(connection, found)?;
    let ceiling = policy.ceiling_at(client.as_ref(), &found.redirect_uri, store);
    Ok(missing(found, &policy, ceiling).map(|evidence| Refused::new(Refusal::GrantEnded, evidence)))
}
