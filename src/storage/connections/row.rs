//! The row of a connection, and the connection in it.

use diesel::prelude::*;

use super::Approval;
use crate::domain::authentication::Authentication;
use crate::domain::connection::{Connection, GraceWindow};
use crate::domain::pkce::CodeChallenge;
use crate::domain::{ClientId, ConnectionId, GrantId, IssuerId, ShopperId, Timestamp};
use crate::storage::bytes::{duration, micros};
use crate::storage::schema::connections;
use crate::storage::{StorageError, limit_columns};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = connections, treat_none_as_default_value = false)]
pub(super) struct ConnectionRow {
    pub(super) id: String,
    issuer_id: String,
    grant_id: String,
    client_id: String,
    shopper_id: String,
    subject: String,
    pseudonym: String,
    resource: String,
    scope: String,
    generation: i64,
    seed_hash: Vec<u8>,
    request_id: String,
    pub(super) decision_digest: Vec<u8>,
    code_challenge: String,
    redirect_uri: String,
    code_expires_at: i64,
    refreshable: bool,
    proved_by_key: bool,
    connected_at: i64,
    authenticated_at: i64,
    acr: String,
    elevated_until: i64,
    limit_currency: Option<String>,
    limit_per_order: Option<i64>,
    limit_per_month: Option<i64>,
    expires_at: i64,
    last_used_at: i64,
    idle_limit: i64,
    last_network: String,
    window_began_at: i64,
    window_generation: i64,
    earlier_window_began_at: i64,
    earlier_window_generation: i64,
    grace_replays: i64,
    window_replays: i64,
    ended_at: Option<i64>,
    end_reason: Option<String>,
}

impl ConnectionRow {
    pub(super) fn new(connection: &Connection, approval: &Approval<'_>) -> Self {
        let (limit_currency, limit_per_order, limit_per_month) = limit_columns::columns(connection.limit);
        Self {
            id: connection.id.to_string(),
            issuer_id: connection.issuer_id.to_string(),
            grant_id: connection.grant_id.to_string(),
            client_id: connection.client_id.to_string(),
            shopper_id: connection.shopper_id.to_string(),
            subject: connection.subject.clone(),
            pseudonym: connection.pseudonym.clone(),
            resource: connection.resource.clone(),
            scope: connection.scope.to_string(),
            generation: connection.generation,
            seed_hash: approval.seed_hash.to_vec(),
            request_id: approval.request_id.to_string(),
            decision_digest: approval.decision_digest.to_vec(),
            code_challenge: connection.code_challenge.as_str().to_owned(),
            redirect_uri: connection.redirect_uri.clone(),
            code_expires_at: connection.code_expires_at.as_micros(),
            refreshable: connection.refreshable,
            proved_by_key: connection.proved_by_key,
            connected_at: connection.connected_at.as_micros(),
            authenticated_at: connection.authentication.at.as_micros(),
            acr: connection.authentication.class.to_string(),
            elevated_until: connection.elevated_until.as_micros(),
            limit_currency,
            limit_per_order,
            limit_per_month,
            expires_at: connection.expires_at.as_micros(),
            last_used_at: connection.last_used_at.as_micros(),
            idle_limit: micros(connection.idle_limit),
            last_network: connection.last_network.clone(),
            window_began_at: 0,
            window_generation: 0,
            earlier_window_began_at: 0,
            earlier_window_generation: 0,
            grace_replays: 0,
            window_replays: 0,
            ended_at: None,
            end_reason: None,
        }
    }
}

impl TryFrom<ConnectionRow> for Connection {
    type Error = StorageError;

    fn try_from(row: ConnectionRow) -> Result<Self, StorageError> {
        let wrong = |column| StorageError::inconsistent("connections", row.id.as_str(), column);
        let ended = match (row.ended_at, &row.end_reason) {
            (None, None) => None,
            (Some(at), Some(reason)) => {
                let reason = reason.parse().ok().ok_or_else(|| wrong("end_reason"))?;
                Some((Timestamp::from_micros(at), reason))
            }
            _ => return Err(wrong("ended_at")),
        };
        let limit = (row.limit_currency.clone(), row.limit_per_order, row.limit_per_month);
        let limit = limit_columns::read(limit).map_err(wrong)?;
        let window = |began_at, generation| GraceWindow { began_at: Timestamp::from_micros(began_at), generation };
        Ok(Self {
            id: ConnectionId(row.id.parse().ok().ok_or_else(|| wrong("id"))?),
            scope: row.scope.parse().ok().ok_or_else(|| wrong("scope"))?,
            code_challenge: CodeChallenge::stored(&row.code_challenge).ok().ok_or_else(|| wrong("code_challenge"))?,
            ended,
            issuer_id: IssuerId::new(row.issuer_id),
            grant_id: GrantId::new(row.grant_id),
            client_id: ClientId::new(row.client_id),
            shopper_id: ShopperId::new(row.shopper_id),
            subject: row.subject,
            pseudonym: row.pseudonym,
            resource: row.resource,
            generation: row.generation,
            redirect_uri: row.redirect_uri,
            code_expires_at: Timestamp::from_micros(row.code_expires_at),
            refreshable: row.refreshable,
            proved_by_key: row.proved_by_key,
            connected_at: Timestamp::from_micros(row.connected_at),
            authentication: Authentication {
                at: Timestamp::from_micros(row.authenticated_at),
                class: row.acr.parse().ok().ok_or_else(|| wrong("acr"))?,
            },
            elevated_until: Timestamp::from_micros(row.elevated_until),
            limit,
            expires_at: Timestamp::from_micros(row.expires_at),
            last_used_at: Timestamp::from_micros(row.last_used_at),
            idle_limit: duration(row.idle_limit),
            last_network: row.last_network,
            window: window(row.window_began_at, row.window_generation),
            earlier_window: window(row.earlier_window_began_at, row.earlier_window_generation),
            grace_replays: row.grace_replays,
            window_replays: row.window_replays,
        })
    }
}
