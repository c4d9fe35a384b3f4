//! What the merchant lets agents be: one row an issuer, its host rules and its private-use redirect URIs.

use diesel::prelude::*;

use super::schema::{agent_policies, host_rules, private_use_uris};
use super::{DbConnection, StorageError, StorageResult, each};
use crate::domain::agent_policy::{AgentPolicy, HostRule};
use crate::domain::{IssuerId, Timestamp};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = agent_policies)]
struct PolicyRow {
    issuer_id: String,
    class_unverified: String,
    class_domain_verified: String,
    class_key_verified: String,
    class_approved: String,
    registration: String,
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

/// The policy of an issuer; as it comes where the merchant has decided nothing.
pub fn find(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<AgentPolicy> {
    let row: Option<PolicyRow> = each!(connection, c => agent_policies::table
        .find(issuer_id.as_str())
        .select(PolicyRow::as_select())
        .first(c)
        .optional())?;
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
    let decided = row.map_or_else(|| Ok(AgentPolicy::default()), PolicyRow::policy)?;
    let hosts = hosts.into_iter().map(TryInto::try_into).collect::<StorageResult<_>>()?;
    Ok(AgentPolicy { hosts, private_use_uris, ..decided })
}

impl PolicyRow {
    fn policy(self) -> StorageResult<AgentPolicy> {
        let wrong = |column| StorageError::inconsistent("agent_policies", self.issuer_id.as_str(), column);
        Ok(AgentPolicy {
            unverified: self.class_unverified.parse().ok().ok_or_else(|| wrong("class_unverified"))?,
            domain_verified: self.class_domain_verified.parse().ok().ok_or_else(|| wrong("class_domain_verified"))?,
            key_verified: self.class_key_verified.parse().ok().ok_or_else(|| wrong("class_key_verified"))?,
            approved: self.class_approved.parse().ok().ok_or_else(|| wrong("class_approved"))?,
            registration: self.registration.parse().ok().ok_or_else(|| wrong("registration"))?,
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
