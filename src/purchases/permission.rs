//! Whether an agent may still check out. What the shopper or the merchant has taken back since a purchase was registered counts
//! for it too, until the store has used it; an elevation that has merely run out takes nothing back (decision 5).
//!
//! What the shopper takes back is the grant's, and part of the statements that approve and use. What the merchant lets a client
//! be is more than a statement can say, and is looked at in their transaction.

use crate::domain::Scope;
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::client::Client;
use crate::domain::purchase::{Stage, Standing};
use crate::domain::store::Store;
use crate::storage::{DbConnection, StorageResult, agent_policies, approval_rules, clients};

use super::Found;

/// With what the merchant lets its client do now as part of what it hangs on.
pub(super) fn judged(connection: &mut DbConnection, found: Found, store: &Store) -> StorageResult<Found> {
    let is_open = matches!(found.purchase.stage, Stage::Awaiting | Stage::Approved) && found.standing != Standing::Over;
    if !is_open {
        return Ok(found);
    }
    let (issuer_id, client_id) = (&found.purchase.issuer_id, &found.purchase.client_id);
    let policy = agent_policies::find_classes(connection, issuer_id)?;
    let client = clients::find(connection, issuer_id, client_id)?;
    if is_left(&found, (&policy, client.as_ref()), store) && is_ruled_still(connection, &found)? {
        return Ok(found);
    }
    Ok(Found { standing: Standing::Over, ..found })
}

/// Whether the rule stands that said yes, if one did: taken back by whomever, it takes back what the store has not used.
fn is_ruled_still(connection: &mut DbConnection, found: &Found) -> StorageResult<bool> {
    let Some(rule_id) = &found.purchase.rule_id else { return Ok(true) };
    let rule = approval_rules::find(connection, &found.purchase.grant_id)?;
    Ok(rule.is_some_and(|rule| rule.id == *rule_id))
}

/// Whether the merchant lets the purchase's client begin checkouts.
pub(super) fn is_left(found: &Found, (policy, client): (&AgentPolicy, Option<&Client>), store: &Store) -> bool {
    policy.ceiling_at(client, &found.redirect_uri, store).contains(Scope::CheckoutInitiate)
}
