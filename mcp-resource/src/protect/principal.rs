//! Who calls, proven by a verified token. Handlers find it in the request's extensions.

use std::sync::Arc;

use crate::wire::audit::TokenReference;
use crate::wire::{AccessClaims, ScopeSet};

/// SHA-256 of a token. The token itself goes no further than the verification.
pub type TokenDigest = [u8; 32];

/// The caller of a tool. `claims.scope` is what the connection may do *now*: narrowings are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub claims: Arc<AccessClaims>,
    pub token_digest: TokenDigest,
}

impl Principal {
    /// For the record of a tool call.
    pub fn token_reference(&self) -> TokenReference {
        token_reference(&self.claims)
    }

    /// B13: scopes of ours have no hierarchy, so holding is being in the set.
    pub fn holds(&self, required: ScopeSet) -> bool {
        self.claims.scope.is_superset(required)
    }
}

pub(crate) fn token_reference(claims: &AccessClaims) -> TokenReference {
    TokenReference {
        jti: claims.jti.clone(),
        client_id: claims.client_id.clone(),
        grant_id: claims.grant_id.clone(),
        connection_id: claims.connection_id.clone(),
    }
}
