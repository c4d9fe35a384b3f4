//! The standing permission one shopper gave one client for one resource.

use super::spending_limit::SpendingLimit;
use super::wording::Wordings;
use super::{ClientId, GrantId, IssuerId, ScopeSet, ShopperId, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    pub issuer_id: IssuerId,
    pub shopper_id: ShopperId,
    pub client_id: ClientId,
    pub resource: String,
    /// What consents have given it and nobody has taken back: the most that a connection of it holds.
    pub scope: ScopeSet,
    /// What of a described client its last consent relied on (D18).
    pub client_digest: Option<[u8; 32]>,
    /// How what it holds was asked for.
    pub wordings: Wordings,
    /// The shopper's ceiling. It counts for all connections together.
    pub limit: Option<SpendingLimit>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// Whether a request asks for anything that the shopper has not decided on yet (decision 3): what the grant has never held,
/// beyond the browse set, and checkout always.
pub fn new_permissions(requested: ScopeSet, held: ScopeSet) -> ScopeSet {
    let always_new = ScopeSet::of(&[super::Scope::CheckoutInitiate]);
    requested.difference(ScopeSet::BROWSE).without(super::Scope::OfflineAccess).difference(held.difference(always_new))
}
