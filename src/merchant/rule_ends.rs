//! A shopper's rule by which an agent buys without asking ends with the agent's permission to check out: what the merchant takes
//! from an agent and gives back is a permission, and the agent asks again before each order. Without this, a rule that nobody
//! sees on any page while the class is low would buy again on the day that it is raised (decision 5).

use std::collections::BTreeMap;

use super::Act;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::{ClientId, GrantId, IssuerId, Scope};
use crate::storage::{StorageResult, Tx, agent_policies, approval_rules, audit, clients, issuers, stores};

/// Whether the agents of rules may check out, by grant, and by the client and the place that answers went to.
pub(super) type Standing = BTreeMap<(GrantId, String, String), bool>;

/// As it is now. To be asked before a decision, and by [`end_changed`] after it.
pub(super) fn standing(tx: &mut Tx<'_>, issuer_id: &IssuerId) -> StorageResult<Standing> {
    let ruled = approval_rules::list_buyers(tx, issuer_id)?;
    let issuer = issuers::list(tx)?.into_iter().find(|issuer| issuer.id == *issuer_id);
    let store = stores::list(tx)?.into_iter().find(|store| issuer.as_ref().is_some_and(|of| of.store_id == store.id));
    // Most issuers have no rule, and every one has a store.
    let Some(store) = store.filter(|_| !ruled.is_empty()) else { return Ok(Standing::new()) };
    let policy = agent_policies::find_classes(tx, issuer_id)?;
    let mut standing = Standing::new();
    for (grant_id, client_id, redirect_uri) in ruled {
        let client = clients::find(tx, issuer_id, &ClientId::new(client_id.as_str()))?;
        let ceiling = policy.ceiling_at(client.as_ref(), &redirect_uri, &store);
        standing.insert((grant_id, client_id, redirect_uri), ceiling.contains(Scope::CheckoutInitiate));
    }
    Ok(standing)
}

/// Ends the rules of those that may check out now and could not before, too: one that was set in the very moment in which a class
/// was lowered is not there when that moment is looked at.
pub(super) fn end_changed(tx: &mut Tx<'_>, act: &Act, before: &Standing) -> StorageResult<()> {
    let now = standing(tx, &act.issuer_id)?;
    let changed =
        |(key, may): &(&(GrantId, String, String), &bool)| before.get(*key).is_none_or(|before| before != *may);
    for ((grant_id, client_id, _), _) in now.iter().filter(changed) {
        let Some(rule) = approval_rules::find(tx, grant_id)? else { continue };
        approval_rules::remove(tx, grant_id)?;
        let (client_id, grant_id) = (Some(client_id.clone()), Some(grant_id.to_string()));
        let subject = AuditSubject { client_id, grant_id, ..AuditSubject::default() };
        let entry = act.entry(AuditKind::ApprovalRuleRemoved, subject);
        audit::record(tx, &act.issuer_id, &AuditEntry { object_id: Some(rule.id), ..entry });
    }
    Ok(())
}
