//! Token introspection (RFC 7662), for resource servers and clients, and their own tokens only.

use mcp_resource::wire::AccessClaims;
use mcp_resource::wire::introspection::Introspection;

use super::error::Failure;
use crate::domain::authorization_details;
use crate::domain::{ClientId, ConnectionId, Scope, Timestamp};
use crate::keys::{IssuerContext, verify};
use crate::storage::introspection;
use crate::storage::{Database, StorageError};

const INACTIVE: Introspection = Introspection { active: false, paused: false, claims: None };

/// Who wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// The resource server with this resource.
    Resource(String),
    /// A client that has proved itself.
    Client(ClientId),
}

impl Asker {
    /// RFC 7662 §4: a token of somebody else is nobody's business.
    fn may_know(&self, claims: &AccessClaims) -> bool {
        match self {
            Self::Resource(resource) => claims.aud == *resource,
            Self::Client(id) => claims.client_id == id.as_str(),
        }
    }
}

/// RFC 7662 §2.2: whatever is wrong with the token, the answer is `active: false` and no more.
pub async fn introspect(
    db: &Database,
    context: &IssuerContext,
    asker: &Asker,
    token: &str,
    now: Timestamp,
) -> Result<Introspection, Failure> {
    let claims = verify(token, context.url(), &context.keyring, now);
    let Some(claims) = claims.filter(|claims| asker.may_know(claims)) else { return Ok(INACTIVE) };
    let Ok(id) = claims.connection_id.parse() else { return Ok(INACTIVE) };
    let (issuer_id, jti, store) = (context.issuer.id.clone(), claims.jti.clone(), context.store.clone());
    let found: Result<_, StorageError> = db
        .read(move |connection| {
            let active = introspection::find_active(connection, &issuer_id, (ConnectionId(id), &jti), now)?;
            Ok(active.map(|active| (active.allowed(&store), active)))
        })
        .await;
    let Some((allowed, active)) = found? else { return Ok(INACTIVE) };
    // A narrowing since the token was minted counts at once.
    let scope = claims.scope.intersection(allowed);
    // RFC 9396 §9.2: so does a ceiling that the shopper has lowered.
    let limit = active.limit.filter(|_| scope.contains(Scope::CheckoutInitiate));
    let authorization_details =
        limit.map_or_else(Vec::new, |limit| authorization_details::of(limit, &claims.aud, active.elevated_until));
    let claims = AccessClaims { scope, authorization_details, ..claims };
    Ok(Introspection { active: true, paused: active.is_paused, claims: Some(claims) })
}
