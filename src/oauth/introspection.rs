//! Token introspection (RFC 7662), for resource servers and their own tokens only.

use mcp_resource::wire::AccessClaims;
use mcp_resource::wire::feed::Target;
use mcp_resource::wire::introspection::Introspection;

use super::error::Failure;
use crate::domain::resource::ResourceServer;
use crate::domain::restriction::Effect;
use crate::domain::{ConnectionId, IssuerId, Timestamp};
use crate::keys::{IssuerContext, verify};
use crate::storage::{Database, DbConnection, StorageResult, connections, restrictions, revoked_tokens};

const INACTIVE: Introspection = Introspection { active: false, paused: false, claims: None };

/// RFC 7662 §2.2: whatever is wrong with the token, the answer is `active: false` and no more.
pub async fn introspect(
    db: &Database,
    context: &IssuerContext,
    asker: &ResourceServer,
    token: &str,
    now: Timestamp,
) -> Result<Introspection, Failure> {
    let claims = verify(token, context.url(), &context.keyring, now);
    // RFC 7662 §4: a token of another audience is nobody's business.
    let Some(claims) = claims.filter(|claims| claims.aud == asker.resource) else { return Ok(INACTIVE) };
    let issuer_id = context.issuer.id.clone();
    Ok(db.read(move |connection| state_of(connection, &issuer_id, claims, now)).await?)
}

fn state_of(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    claims: AccessClaims,
    now: Timestamp,
) -> StorageResult<Introspection> {
    let Ok(id) = claims.connection_id.parse() else { return Ok(INACTIVE) };
    let found = connections::find_unrestricted(connection, issuer_id, ConnectionId(id))?;
    let Some(row) = found.filter(|row| row.is_live(now)) else { return Ok(INACTIVE) };
    if revoked_tokens::contains(connection, issuer_id, &claims.jti)? {
        return Ok(INACTIVE);
    }
    let targets = [
        Target::Issuer,
        Target::Client(claims.client_id.clone()),
        Target::Shopper(claims.sub.clone()),
        Target::Grant(claims.grant_id.clone()),
    ];
    let restricted = restrictions::list(connection, issuer_id)?;
    let paused = restricted
        .iter()
        .any(|row| row.restriction.effect == Effect::Paused && targets.contains(&row.restriction.target));
    // A narrowing since the token was minted counts at once.
    let claims = AccessClaims { scope: claims.scope.intersection(row.scope), ..claims };
    Ok(Introspection { active: true, paused, claims: Some(claims) })
}
