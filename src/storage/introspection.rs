//! What introspection asks of the database: one statement for one token.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::cached::cached;
use super::restrictions::{aims_at_it, unrestricted};
use super::schema::{connections, restrictions, revoked_tokens};
use super::{DbConnection, StorageError, StorageResult, each};
use crate::domain::restriction::Effect;
use crate::domain::{ClientId, ConnectionId, IssuerId, ScopeSet, Timestamp};

/// What is known of the connection of a token that is live.
pub struct Active {
    pub scope: ScopeSet,
    pub client_id: ClientId,
    pub redirect_uri: String,
    /// Its tool calls are held.
    pub is_paused: bool,
}

/// `None` unless the connection is live, nothing shuts it out and the token was not revoked alone.
pub fn find_active(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    (id, jti): (ConnectionId, &str),
    now: Timestamp,
) -> StorageResult<Option<Active>> {
    let id = id.to_string();
    let row: Option<(String, String, String, bool)> = each!(connection, c => cached!(connections::table
        .find(&id)
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::ended_at.is_null())
        .filter(connections::expires_at.gt(now.as_micros()))
        .filter(unrestricted!(issuer_id.as_str()))
        .filter(not(exists(revoked_tokens::table.find((issuer_id.as_str(), jti)))))
        .select((
            connections::scope,
            connections::client_id,
            connections::redirect_uri,
            exists(restrictions::table
                .filter(restrictions::issuer_id.eq(issuer_id.as_str()))
                .filter(restrictions::effect.eq(Effect::Paused.as_str()))
                .filter(aims_at_it!())),
        )))
        .get_result(c)
        .optional())?;
    let Some((scope, client_id, redirect_uri, is_paused)) = row else { return Ok(None) };
    let scope = scope.parse().ok().ok_or_else(|| StorageError::inconsistent("connections", id, "scope"))?;
    Ok(Some(Active { scope, client_id: ClientId::new(client_id), redirect_uri, is_paused }))
}
