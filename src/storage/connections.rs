//! Connections: one row each, moved from generation to generation by one conditional statement (decision 1).

use diesel::dsl::case_when;
use diesel::prelude::*;

use super::cached::cached;
use super::restrictions::unrestricted;
use super::schema::connections;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::connection::{Connection, EndReason};
use crate::domain::network::Network;
use crate::domain::pkce::CodeChallenge;
use crate::domain::{ClientId, ConnectionId, IssuerId, RequestId, ShopperId, Timestamp};
use row::ConnectionRow;

mod row;

/// What is stored of a connection beside its state.
pub struct Approval<'a> {
    pub request_id: &'a RequestId,
    pub seed_hash: [u8; 32],
    /// Of the ticks and the answer: a second post of the same form gets the same redirect (decision 2).
    pub decision_digest: [u8; 32],
}

/// Inserts at generation 0. A unique violation means that the request was approved before.
pub fn insert(tx: &mut Tx<'_>, connection: &Connection, approval: &Approval<'_>) -> StorageResult<()> {
    let row = ConnectionRow::new(connection, approval);
    each!(&mut **tx, c => diesel::insert_into(connections::table).values(&row).execute(c))?;
    Ok(())
}

/// What is presented with a code.
pub struct CodePresented<'a> {
    pub id: ConnectionId,
    pub seed_hash: [u8; 32],
    pub client_id: &'a ClientId,
    pub challenge: &'a CodeChallenge,
    /// OAuth 2.1 §4.1.3 leaves it out; who sends it must send the same (A5).
    pub redirect_uri: Option<&'a str>,
    pub resource: Option<&'a str>,
    /// The client has signed for this request: so it must from then on.
    pub by_key: bool,
    pub network: &'a Network,
}

/// Redeems a code: generation 0 becomes 1, once. `None` when nothing matched.
pub fn redeem(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    code: &CodePresented<'_>,
    now: Timestamp,
) -> StorageResult<Option<Connection>> {
    let (id, at) = (code.id.to_string(), now.as_micros());
    let row: Option<ConnectionRow> = each!(&mut **tx, c => cached!(diesel::update(connections::table.find(id))
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::generation.eq(0))
        .filter(connections::seed_hash.eq(code.seed_hash.as_slice()))
        .filter(connections::client_id.eq(code.client_id.as_str()))
        .filter(connections::code_challenge.eq(code.challenge.as_str()))
        .filter(connections::redirect_uri.eq(code.redirect_uri.unwrap_or_default())
            .or(code.redirect_uri.is_none().into_sql::<diesel::sql_types::Bool>()))
        .filter(connections::resource.eq(code.resource.unwrap_or_default())
            .or(code.resource.is_none().into_sql::<diesel::sql_types::Bool>()))
        .filter(connections::ended_at.is_null())
        .filter(connections::code_expires_at.gt(at))
        .filter(unrestricted!(issuer_id.as_str()))
        .set((
            connections::generation.eq(1),
            connections::proved_by_key.eq(code.by_key),
            connections::last_used_at.eq(at),
            connections::last_network.eq(code.network.as_str()),
        ))
        .returning(ConnectionRow::as_returning()))
        .get_result(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// What is presented with a refresh token.
pub struct RefreshPresented<'a> {
    pub id: ConnectionId,
    pub generation: i64,
    pub seed_hash: [u8; 32],
    pub client_id: &'a ClientId,
    pub resource: Option<&'a str>,
    /// The client has signed for this request.
    pub by_key: bool,
    pub network: &'a Network,
}

/// Moves the row from the presented generation to the next, once. A rotation later than the grace after the current window
/// began opens a new one. `None` when nothing matched.
pub fn rotate(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    token: &RefreshPresented<'_>,
    now: Timestamp,
    grace: std::time::Duration,
) -> StorageResult<Option<Connection>> {
    let (id, at) = (token.id.to_string(), now.as_micros());
    let window_is_over = now.minus(grace).as_micros();
    let row: Option<ConnectionRow> = each!(&mut **tx, c => cached!(diesel::update(connections::table.find(id))
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::generation.eq(token.generation))
        .filter(connections::seed_hash.eq(token.seed_hash.as_slice()))
        .filter(connections::client_id.eq(token.client_id.as_str()))
        .filter(connections::resource.eq(token.resource.unwrap_or_default())
            .or(token.resource.is_none().into_sql::<diesel::sql_types::Bool>()))
        // What was redeemed with a key never goes on without one.
        .filter(connections::proved_by_key.eq(false).or(token.by_key.into_sql::<diesel::sql_types::Bool>()))
        .filter(connections::refreshable.eq(true))
        .filter(connections::ended_at.is_null())
        .filter(connections::expires_at.gt(at))
        .filter((connections::last_used_at + connections::idle_limit).gt(at))
        .filter(unrestricted!(issuer_id.as_str()))
        .set((
            connections::generation.eq(connections::generation + 1),
            connections::last_used_at.eq(at),
            connections::last_network.eq(token.network.as_str()),
            connections::earlier_window_began_at.eq(
                case_when(connections::window_began_at.lt(window_is_over), connections::window_began_at)
                    .otherwise(connections::earlier_window_began_at)),
            connections::earlier_window_generation.eq(
                case_when(connections::window_began_at.lt(window_is_over), connections::window_generation)
                    .otherwise(connections::earlier_window_generation)),
            connections::window_generation.eq(
                case_when(connections::window_began_at.lt(window_is_over), connections::generation)
                    .otherwise(connections::window_generation)),
            connections::window_replays.eq(
                case_when(connections::window_began_at.lt(window_is_over), 0.into_sql::<diesel::sql_types::BigInt>())
                    .otherwise(connections::window_replays)),
            connections::window_began_at.eq(
                case_when(connections::window_began_at.lt(window_is_over), at.into_sql::<diesel::sql_types::BigInt>())
                    .otherwise(connections::window_began_at)),
        ))
        .returning(ConnectionRow::as_returning()))
        .get_result(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Counts an answer under grace; the row as it is then.
pub fn count_replay(tx: &mut Tx<'_>, id: ConnectionId, now: Timestamp) -> StorageResult<Option<Connection>> {
    let row: Option<ConnectionRow> = each!(&mut **tx, c => cached!(diesel::update(connections::table.find(id.to_string()))
        .filter(connections::ended_at.is_null())
        .set((
            connections::grace_replays.eq(connections::grace_replays + 1),
            connections::window_replays.eq(connections::window_replays + 1),
            connections::last_used_at.eq(now.as_micros()),
        ))
        .returning(ConnectionRow::as_returning()))
        .get_result(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Ends a live connection; false when it was over already.
pub fn end(tx: &mut Tx<'_>, id: ConnectionId, reason: EndReason, now: Timestamp) -> StorageResult<bool> {
    let ended: Option<i64> = each!(&mut **tx, c => cached!(diesel::update(connections::table.find(id.to_string()))
        .filter(connections::ended_at.is_null())
        .set((connections::ended_at.eq(now.as_micros()), connections::end_reason.eq(reason.as_str())))
        .returning(connections::generation))
        .get_result(c)
        .optional())?;
    Ok(ended.is_some())
}

/// Ends a live connection for the client that it belongs to. Its grant and its pseudonym, for the trail; `None` when it was
/// over already or nothing matched.
pub fn end_by_client(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    id: ConnectionId,
    (seed_hash, client_id): (&[u8; 32], &ClientId),
    now: Timestamp,
) -> StorageResult<Option<(String, String)>> {
    let id = id.to_string();
    Ok(each!(&mut **tx, c => cached!(diesel::update(connections::table.find(&id))
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::seed_hash.eq(seed_hash.as_slice()))
        .filter(connections::client_id.eq(client_id.as_str()))
        .filter(connections::ended_at.is_null())
        .set((
            connections::ended_at.eq(now.as_micros()),
            connections::end_reason.eq(EndReason::RevokedByClient.as_str()),
        ))
        .returning((connections::grant_id, connections::pseudonym)))
        .get_result(c)
        .optional())?)
}

/// The row with this id and seed, of this issuer.
pub fn find_with_seed(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    id: ConnectionId,
    seed_hash: &[u8; 32],
) -> StorageResult<Option<Connection>> {
    let row: Option<ConnectionRow> = each!(connection, c => connections::table
        .find(id.to_string())
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::seed_hash.eq(seed_hash.as_slice()))
        .select(ConnectionRow::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

pub fn find(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    id: ConnectionId,
) -> StorageResult<Option<Connection>> {
    let row: Option<ConnectionRow> = each!(connection, c => connections::table
        .find(id.to_string())
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .select(ConnectionRow::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// The connection that answered this authorization request, with the digest of the decision.
pub fn find_by_request(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    request_id: &RequestId,
) -> StorageResult<Option<(Connection, Vec<u8>)>> {
    let row: Option<ConnectionRow> = each!(connection, c => connections::table
        .filter(connections::request_id.eq(request_id.as_str()))
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .select(ConnectionRow::as_select())
        .first(c)
        .optional())?;
    let Some(row) = row else { return Ok(None) };
    let digest = row.decision_digest.clone();
    Ok(Some((row.try_into()?, digest)))
}

/// All connections of these grants that have not ended, newest first.
pub fn list_of_grants(connection: &mut DbConnection, grant_ids: &[&str]) -> StorageResult<Vec<Connection>> {
    let rows: Vec<ConnectionRow> = each!(connection, c => connections::table
        .filter(connections::grant_id.eq_any(grant_ids))
        .filter(connections::ended_at.is_null())
        .order((connections::connected_at.desc(), connections::id.desc()))
        .select(ConnectionRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// All of a shopper's, ended or not, newest first.
pub fn list_of_shopper(
    connection: &mut DbConnection,
    shopper_id: &ShopperId,
    limit: i64,
) -> StorageResult<Vec<Connection>> {
    let rows: Vec<ConnectionRow> = each!(connection, c => connections::table
        .filter(connections::shopper_id.eq(shopper_id.as_str()))
        .order((connections::connected_at.desc(), connections::id.desc()))
        .limit(limit)
        .select(ConnectionRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The connection, if nothing shuts it out: the check that refresh makes inside its own statement.
pub fn find_unrestricted(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    id: ConnectionId,
) -> StorageResult<Option<Connection>> {
    let row: Option<ConnectionRow> = each!(connection, c => connections::table
        .find(id.to_string())
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(unrestricted!(issuer_id.as_str()))
        .select(ConnectionRow::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Ids of connections that ended at or after `since`: for the feed's snapshot.
pub fn list_ended_since(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    since: Timestamp,
) -> StorageResult<Vec<String>> {
    Ok(each!(connection, c => connections::table
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::ended_at.ge(since.as_micros()))
        .select(connections::id)
        .load(c))?)
}
