//! Token introspection (RFC 7662), for resource servers and clients, and their own tokens only.

use mcp_resource::wire::AccessClaims;
use mcp_resource::wire::introspection::Introspection;

use super::error::Failure;
use crate::domain::agent_policy::Trust;
use crate::domain::store::Store;
use crate::domain::{ClientId, ConnectionId, ScopeSet, Timestamp};
use crate::keys::{IssuerContext, verify};
use crate::storage::introspection::{self, Active};
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
            Ok(active.map(|active| (active.scope.intersection(ceiling(&active, &store)), active.is_paused)))
        })
        .await;
    let Some((scope, paused)) = found? else { return Ok(INACTIVE) };
    // A narrowing since the token was minted counts at once.
    let claims = AccessClaims { scope: claims.scope.intersection(scope), ..claims };
    Ok(Introspection { active: true, paused, claims: Some(claims) })
}

/// What the merchant lets the client hold now.
fn ceiling(active: &Active, store: &Store) -> ScopeSet {
    active.client.as_ref().map_or_else(
        // Of one that has gone nothing is known.
        || active.policy.class_of(Trust::Unverified).ceiling(store),
        |client| active.policy.ceilings(client, store).at(&active.redirect_uri),
    )
}
