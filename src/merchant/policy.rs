//! What the merchant lets agents be, as a whole: the class of each tier, who may register, and which hosts are let in.

use mcp_resource::wire::feed::Target;

use super::revocation::{Whose, revoke_all};
use super::{Act, rule_ends};
use crate::domain::agent_policy::{AgentPolicy, HostEffect, HostRule};
use crate::domain::audit::{AuditKind, AuditSubject};
use crate::domain::authentication::CheckoutProof;
use crate::domain::elevation::Elevation;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::storage::console_sessions;
use crate::storage::{DbConnection, StorageResult, Tx, agent_policies, approval_rules, client_listing, clients};

/// So many clients are named in one statement.
const AT_ONCE: usize = 1000;

/// Sets the classes, who may register, and how long checkouts may be begun; false when all of it stood so already.
pub fn set(tx: &mut Tx<'_>, act: &Act, wanted: &AgentPolicy) -> StorageResult<bool> {
    agent_policies::touch(tx, &act.issuer_id)?;
    let known = agent_policies::find_classes(tx, &act.issuer_id)?;
    let classes =
        |policy: &AgentPolicy| [policy.unverified, policy.domain_verified, policy.key_verified, policy.approved];
    let has_new_classes = classes(&known) != classes(wanted);
    let rest = |policy: &AgentPolicy| {
        (policy.registration, policy.checkout_links, policy.approval_rules, policy.longest_elevation)
    };
    if !has_new_classes && rest(&known) == rest(wanted) {
        return Ok(false);
    }
    let rules = if has_new_classes { Some(rule_ends::standing(tx, &act.issuer_id)?) } else { None };
    agent_policies::set(tx, &act.issuer_id, wanted)?;
    // What shoppers allowed under it does not come back with it, nor what was being set while it went.
    if known.approval_rules != wanted.approval_rules {
        approval_rules::remove_all(tx, &act.issuer_id)?;
    }
    if let Some(rules) = &rules {
        act.narrow(tx, vec![Target::Issuer])?;
        rule_ends::end_changed(tx, act, rules)?;
    }
    let [unverified, domain, key, approved] = classes(wanted);
    let (registration, links) = (wanted.registration, if wanted.checkout_links { "given" } else { "not given" });
    let rules = if wanted.approval_rules { "allowed" } else { "off" };
    let longest = wanted.longest_elevation.map_or("as the installation says", Elevation::as_str);
    let outcome = format!(
        "unverified {unverified}, domain {domain}, key {key}, approved {approved}; registration {registration}; \
         checkout links {links}; rules {rules}; checkouts {longest}"
    );
    act.record(tx, AuditKind::PolicyChanged, AuditSubject::default(), &outcome);
    Ok(true)
}

/// Sets what must be proved before an agent may check out; false when it stood so already. What agents hold already stays.
pub fn set_checkout(tx: &mut Tx<'_>, act: &Act, wanted: CheckoutProof) -> StorageResult<bool> {
    agent_policies::touch(tx, &act.issuer_id)?;
    if agent_policies::find_classes(tx, &act.issuer_id)?.checkout == wanted {
        return Ok(false);
    }
    agent_policies::set_checkout(tx, &act.issuer_id, wanted)?;
    // A rule was set with what was demanded then, and proves no sign-in itself.
    approval_rules::remove_all(tx, &act.issuer_id)?;
    let age = wanted.max_age.map_or_else(|| "of any age".to_owned(), |age| format!("of {} s at most", age.as_secs()));
    let way = if wanted.needs_passkey { "with a passkey" } else { "of any kind" };
    let purchases = if wanted.for_purchases { ", each purchase too" } else { "" };
    let outcome = format!("checkout: a sign-in {way}, {age}{purchases}");
    act.record(tx, AuditKind::PolicyChanged, AuditSubject::default(), &outcome);
    Ok(true)
}

/// Lets a host in or keeps it out, as `admission::rule_host` writes it. What agents there hold already is not touched.
pub fn put_rule(tx: &mut Tx<'_>, act: &Act, host: &str, effect: HostEffect) -> StorageResult<()> {
    agent_policies::touch(tx, &act.issuer_id)?;
    let rule = HostRule { host: host.to_owned(), effect, created_by: act.actor(), created_at: act.now };
    agent_policies::put_rule(tx, &act.issuer_id, &rule)?;
    act.record(tx, AuditKind::HostRuled, AuditSubject::default(), &format!("{effect} {host}"));
    Ok(())
}

/// False when there was no rule about it.
pub fn remove_rule(tx: &mut Tx<'_>, act: &Act, host: &str) -> StorageResult<bool> {
    agent_policies::touch(tx, &act.issuer_id)?;
    let was_there = agent_policies::remove_rule(tx, &act.issuer_id, host)?;
    if was_there {
        act.record(tx, AuditKind::HostRuled, AuditSubject::default(), &format!("removed {host}"));
    }
    Ok(was_there)
}

/// Agents that name a host which is kept out and still have live sessions, and how many sessions those are.
pub fn denied(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    now: Timestamp,
) -> StorageResult<(Vec<ClientId>, i64)> {
    let policy = agent_policies::find(connection, issuer_id)?;
    let mut denied = Vec::new();
    for client in client_listing::list_in_use(connection, issuer_id)? {
        // What it was merged into decides too.
        let whole = if client.merged_into.is_some() { clients::find(connection, issuer_id, &client.id)? } else { None };
        let client = whole.unwrap_or(client);
        if policy.denies(&client) {
            denied.push(client.id);
        }
    }
    let (mut live, mut sessions) = (Vec::new(), 0);
    for some in denied.chunks(AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(ClientId::as_str).collect();
        for (id, count) in console_sessions::count_live_by_client(connection, issuer_id, &ids, now)? {
            live.push(ClientId::new(id));
            sessions += count;
        }
    }
    Ok((live, sessions))
}

/// Ends the sessions of all of them: the merchant was asked, with their number. How many agents there were.
pub fn end_denied(tx: &mut Tx<'_>, act: &Act, now: Timestamp) -> StorageResult<usize> {
    let (denied, _) = denied(tx, &act.issuer_id, now)?;
    for id in &denied {
        revoke_all(tx, act, &Whose::Client(id.to_string()))?;
    }
    Ok(denied.len())
}
