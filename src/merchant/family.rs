//! Whom a decision about a client reaches: the client and everything that was merged into it. Connections keep the client id
//! that they authenticate with, and tokens carry it, so whatever holds or ends a client is written for each of its ids.
//!
//! The one place: pausing, revoking, quarantining and classing all ask here.

use mcp_resource::wire::feed::Target;

use crate::domain::{ClientId, IssuerId};
use crate::storage::{StorageResult, Tx, agent_policies, client_decisions, clients};

/// One whom it reaches.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) target: Target,
    /// By itself, or with what it was merged into.
    pub(super) is_quarantined: bool,
}

/// The target itself first. Decisions about one issuer's clients wait for each other here, so that none misses what is being
/// merged at the same time.
pub(super) fn of(tx: &mut Tx<'_>, issuer_id: &IssuerId, target: &Target) -> StorageResult<Vec<Member>> {
    let Target::Client(id) = target else {
        return Ok(vec![Member { target: target.clone(), is_quarantined: false }]);
    };
    agent_policies::touch(tx, issuer_id)?;
    let client = clients::find(tx, issuer_id, &ClientId::new(id.as_str()))?;
    let is_quarantined = client.is_some_and(|client| client.is_quarantined());
    let merged = client_decisions::list_merged(tx, issuer_id, id)?.into_iter();
    let merged = merged.map(|(id, own)| Member { target: Target::Client(id), is_quarantined: own || is_quarantined });
    Ok([Member { target: target.clone(), is_quarantined }].into_iter().chain(merged).collect())
}

/// The same, as targets only.
pub(super) fn targets(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &ClientId) -> StorageResult<Vec<Target>> {
    let members = of(tx, issuer_id, &Target::Client(id.to_string()))?;
    Ok(members.into_iter().map(|member| member.target).collect())
}
