//! What the merchant lets agents be: one row an issuer, its host rules and its private-use redirect URIs.

use diesel::prelude::*;

use super::bytes::{duration, micros};
use super::schema::{agent_policies, host_rules, private_use_uris};
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::agent_policy::{AgentPolicy, HostRule};
use crate::domain::authentication::CheckoutProof;
use crate::domain::{IssuerId, Timestamp};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = agent_policies)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column")]
pub(super) struct PolicyRow {
    issuer_id: String,
    class_unverified: String,
    class_domain_verified: String,
    class_key_verified: String,
    class_approved: String,
    registration: String,
    checkout_links: bool,
    checkout_max_age: Option<i64>,
    checkout_passkey: bool,
    checkout_purchases: bool,
    approval_rules: bool,
    longest_elevation: Option<String>,
    revision: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = host_rules)]
struct HostRow {
    issuer_id: String,
    host: String,
    effect: String,
    created_by: String,
    created_at: i64,
}

/// The classes and who may register, without the rules about hosts and redirect URIs.
pub fn find_classes(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<AgentPolicy> {
    let row: Option<PolicyRow> = each!(connection, c => agent_policies::table
        .find(issuer_id.as_str())
        .select(PolicyRow::as_select())
        .first(c)
        .optional())?;
    row.map_or_else(|| Ok(AgentPolicy::default()), PolicyRow::policy)
}

/// The policy of an issuer; as it comes where the merchant has decided nothing.
pub fn find(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<AgentPolicy> {
    let decided = find_classes(connection, issuer_id)?;
    let hosts: Vec<HostRow> = each!(connection, c => host_rules::table
        .filter(host_rules::issuer_id.eq(issuer_id.as_str()))
        .order(host_rules::host)
        .select(HostRow::as_select())
        .load(c))?;
    let private_use_uris = each!(connection, c => private_use_uris::table
        .filter(private_use_uris::issuer_id.eq(issuer_id.as_str()))
        .order(private_use_uris::uri)
        .select(private_use_uris::uri)
        .load(c))?;
    let hosts = hosts.into_iter().map(TryInto::try_into).collect::<StorageResult<_>>()?;
    Ok(AgentPolicy { hosts, private_use_uris, ..decided })
}

/// Says that something was decided about the issuer's agents: every cache of it is old from the commit on. The row's lock also
/// puts decisions in an order.
pub fn touch(tx: &mut Tx<'_>, issuer_id: &IssuerId) -> StorageResult<()> {
    let row = PolicyRow::new(issuer_id, &AgentPolicy::default());
    each!(&mut **tx, c => diesel::insert_into(agent_policies::table)
        .values(&row)
        .on_conflict(agent_policies::issuer_id)
        .do_update()
        .set(agent_policies::revision.eq(agent_policies::revision + 1))
        .execute(c))?;
    Ok(())
}

/// Waits for whoever is deciding something about the issuer's agents, and keeps others waiting until the end of the transaction.
pub fn hold(tx: &mut Tx<'_>, issuer_id: &IssuerId) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(agent_policies::table.find(issuer_id.as_str()))
        .set(agent_policies::revision.eq(agent_policies::revision))
        .execute(c))?;
    Ok(())
}

/// Sets the classes, who may register, and what shoppers may allow. Call [`touch`] first.
pub fn set(tx: &mut Tx<'_>, issuer_id: &IssuerId, policy: &AgentPolicy) -> StorageResult<()> {
    let row = PolicyRow::new(issuer_id, policy);
    each!(&mut **tx, c => diesel::update(agent_policies::table.find(issuer_id.as_str()))
        .set((
            agent_policies::class_unverified.eq(&row.class_unverified),
            agent_policies::class_domain_verified.eq(&row.class_domain_verified),
            agent_policies::class_key_verified.eq(&row.class_key_verified),
            agent_policies::class_approved.eq(&row.class_approved),
            agent_policies::registration.eq(&row.registration),
            agent_policies::checkout_links.eq(row.checkout_links),
            agent_policies::approval_rules.eq(row.approval_rules),
            agent_policies::longest_elevation.eq(&row.longest_elevation),
        ))
        .execute(c))?;
    Ok(())
}

/// Sets what must be proved before an agent may check out. Call [`touch`] first.
pub fn set_checkout(tx: &mut Tx<'_>, issuer_id: &IssuerId, checkout: CheckoutProof) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(agent_policies::table.find(issuer_id.as_str()))
        .set((
            agent_policies::checkout_max_age.eq(checkout.max_age.map(micros)),
            agent_policies::checkout_passkey.eq(checkout.needs_passkey),
            agent_policies::checkout_purchases.eq(checkout.for_purchases),
        ))
        .execute(c))?;
    Ok(())
}

/// Adds a rule about a host, in the place of the one that there was.
pub fn put_rule(tx: &mut Tx<'_>, issuer_id: &IssuerId, rule: &HostRule) -> StorageResult<()> {
    remove_rule(tx, issuer_id, &rule.host)?;
    let row = HostRow {
        issuer_id: issuer_id.to_string(),
        host: rule.host.clone(),
        effect: rule.effect.to_string(),
        created_by: rule.created_by.clone(),
        created_at: rule.created_at.as_micros(),
    };
    each!(&mut **tx, c => diesel::insert_into(host_rules::table).values(&row).execute(c))?;
    Ok(())
}

/// False when there was none.
pub fn remove_rule(tx: &mut Tx<'_>, issuer_id: &IssuerId, host: &str) -> StorageResult<bool> {
    let removed = each!(&mut **tx, c => diesel::delete(host_rules::table.find((issuer_id.as_str(), host))).execute(c))?;
    Ok(removed == 1)
}

impl PolicyRow {
    fn new(issuer_id: &IssuerId, policy: &AgentPolicy) -> Self {
        Self {
            issuer_id: issuer_id.to_string(),
            class_unverified: policy.unverified.to_string(),
            class_domain_verified: policy.domain_verified.to_string(),
            class_key_verified: policy.key_verified.to_string(),
            class_approved: policy.approved.to_string(),
            registration: policy.registration.to_string(),
            checkout_links: policy.checkout_links,
            checkout_max_age: policy.checkout.max_age.map(micros),
            checkout_passkey: policy.checkout.needs_passkey,
            checkout_purchases: policy.checkout.for_purchases,
            approval_rules: policy.approval_rules,
            longest_elevation: policy.longest_elevation.map(|longest| longest.as_str().to_owned()),
            revision: 1,
        }
    }

    pub(super) fn policy(self) -> StorageResult<AgentPolicy> {
        let wrong = |column| StorageError::inconsistent("agent_policies", self.issuer_id.as_str(), column);
        let longest = self.longest_elevation.as_deref();
        Ok(AgentPolicy {
            unverified: self.class_unverified.parse().ok().ok_or_else(|| wrong("class_unverified"))?,
            domain_verified: self.class_domain_verified.parse().ok().ok_or_else(|| wrong("class_domain_verified"))?,
            key_verified: self.class_key_verified.parse().ok().ok_or_else(|| wrong("class_key_verified"))?,
            approved: self.class_approved.parse().ok().ok_or_else(|| wrong("class_approved"))?,
            registration: self.registration.parse().ok().ok_or_else(|| wrong("registration"))?,
            checkout_links: self.checkout_links,
            checkout: CheckoutProof {
                max_age: self.checkout_max_age.map(duration),
                needs_passkey: self.checkout_passkey,
                for_purchases: self.checkout_purchases,
            },
            approval_rules: self.approval_rules,
            longest_elevation: longest.map(str::parse).transpose().ok().ok_or_else(|| wrong("longest_elevation"))?,
            revision: self.revision,
            ..AgentPolicy::default()
        })
    }
}

impl TryFrom<HostRow> for HostRule {
    type Error = StorageError;

    fn try_from(row: HostRow) -> StorageResult<Self> {
        let wrong = |column| StorageError::inconsistent("host_rules", row.host.as_str(), column);
        Ok(Self {
            effect: row.effect.parse().ok().ok_or_else(|| wrong("effect"))?,
            created_by: row.created_by,
            created_at: Timestamp::from_micros(row.created_at),
            host: row.host,
        })
    }
}
