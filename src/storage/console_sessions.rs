//! The console's list of connections, newest first, a page at a time by key: (`connected_at`, `id`) of the last row seen.
//!
//! The index `connections_by_issuer` gives the order, so the first page costs the same however many rows there are. Those
//! that a later one of their grant took over from (decision 3) are left out there and read for the grants of the page.

use std::time::Duration;

use diesel::dsl::{count_star, exists, max, not};
use diesel::prelude::*;
use uuid::Uuid;

use super::bytes::duration;
use super::schema::{connections, restrictions};
use super::{DbConnection, StorageError, StorageResult, each};
use crate::domain::connection::EndReason;
use crate::domain::restriction::Effect;
use crate::domain::session_state::SessionState;
use crate::domain::{ClientId, ConnectionId, GrantId, IssuerId, ScopeSet, Timestamp};

/// One connection as the console needs it.
#[derive(Debug, Clone)]
pub struct ListedConnection {
    pub id: ConnectionId,
    pub grant_id: GrantId,
    pub client_id: ClientId,
    pub redirect_uri: String,
    pub subject: String,
    pub pseudonym: String,
    pub scope: ScopeSet,
    pub is_redeemed: bool,
    pub code_expires_at: Timestamp,
    pub connected_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_used_at: Timestamp,
    pub idle_limit: Duration,
    pub grace_replays: i64,
    pub ended: Option<EndReason>,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub at: Timestamp,
    pub id: Uuid,
}

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    First,
    OlderThan(Key),
    NewerThan(Key),
}

/// What a list is narrowed to.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Any of these clients; with an empty list, none.
    pub clients: Option<Vec<String>>,
    pub pseudonym: Option<String>,
    /// With a state, every connection in it is a row of its own; without one, superseded ones are left out.
    pub state: Option<SessionState>,
    pub now: Timestamp,
}

type Row =
    ((String, String, String, String), (String, String, String, i64), (i64, i64, i64, i64), (i64, i64, Option<String>));

/// A restriction of this effect covers the connection. Only inside [`each!`].
macro_rules! covered {
    ($issuer_id:expr, $condition:expr) => {
        exists(
            restrictions::table.filter(restrictions::issuer_id.eq($issuer_id)).filter($condition).filter(
                restrictions::target_kind
                    .eq("issuer")
                    .or(restrictions::target_kind.eq("client").and(restrictions::target_id.eq(connections::client_id)))
                    .or(restrictions::target_kind.eq("shopper").and(restrictions::target_id.eq(connections::subject)))
                    .or(restrictions::target_kind.eq("grant").and(restrictions::target_id.eq(connections::grant_id))),
            ),
        )
    };
}

/// The row itself has not ended, and its time is not over. Only inside [`each!`].
macro_rules! alive {
    ($now:expr) => {
        connections::ended_at
            .is_null()
            .and(connections::expires_at.gt($now.as_micros()))
            .and((connections::last_used_at + connections::idle_limit).gt($now.as_micros()))
            .and(connections::generation.gt(0).or(connections::code_expires_at.gt($now.as_micros())))
    };
}

/// A not-before row covers the connection. Only inside [`each!`].
macro_rules! shut_out {
    ($issuer_id:expr) => {
        covered!(
            $issuer_id,
            restrictions::effect.eq(Effect::NotBefore.as_str()).and(restrictions::since.ge(connections::connected_at))
        )
    };
    ($issuer_id:expr, not by shopper) => {
        covered!(
            $issuer_id,
            restrictions::effect
                .eq(Effect::NotBefore.as_str())
                .and(restrictions::since.ge(connections::connected_at))
                .and(restrictions::created_by.ne("shopper"))
        )
    };
}

macro_rules! held {
    ($issuer_id:expr) => {
        covered!(
            $issuer_id,
            restrictions::effect.eq_any([Effect::Paused, Effect::PausedByShopper, Effect::Off].map(Effect::as_str))
        )
    };
}

/// It has not ended, and nobody has used it since a later one of its grant began that has not ended either (decision 3): the
/// same as [`crate::domain::overdue::Unended::is_superseded`], among connections that live. Only inside [`each!`].
macro_rules! superseded {
    () => {{
        let later = diesel::alias!(connections as later);
        connections::ended_at.is_null().and(exists(
            later
                .filter(later.field(connections::grant_id).eq(connections::grant_id))
                .filter(later.field(connections::connected_at).gt(connections::connected_at))
                .filter(later.field(connections::connected_at).ge(connections::last_used_at))
                .filter(later.field(connections::generation).gt(0))
                // Set together with `ended_at`, which SQLite would look up in the index of ends instead of the grant's.
                .filter(later.field(connections::end_reason).is_null()),
        ))
    }};
}

/// What of a connection is listed. Only inside [`each!`].
macro_rules! listed {
    () => {
        connections::table.select((
            (connections::id, connections::grant_id, connections::client_id, connections::redirect_uri),
            (connections::subject, connections::pseudonym, connections::scope, connections::generation),
            (connections::code_expires_at, connections::connected_at, connections::expires_at, connections::idle_limit),
            (connections::last_used_at, connections::grace_replays, connections::end_reason),
        ))
    };
}

/// Narrows to those in a state: the same decision as [`SessionState::of`], as the test of this file checks.
macro_rules! in_state {
    ($query:expr, $state:expr, $issuer_id:expr, $time:expr) => {
        match $state {
            SessionState::Live => {
                $query.filter(alive!($time)).filter(not(shut_out!($issuer_id))).filter(not(held!($issuer_id)))
            }
            SessionState::Paused => {
                $query.filter(alive!($time)).filter(not(shut_out!($issuer_id))).filter(held!($issuer_id))
            }
            SessionState::Revoked => $query.filter(
                connections::end_reason
                    .eq_any([EndReason::RevokedByStaff.as_str(), EndReason::SecretRetired.as_str()])
                    .or(connections::ended_at.is_null().and(shut_out!($issuer_id, not by shopper))),
            ),
            SessionState::Disconnected => $query.filter(
                connections::end_reason.eq(EndReason::RevokedByShopper.as_str()).or(connections::ended_at
                    .is_null()
                    .and(shut_out!($issuer_id))
                    .and(not(shut_out!($issuer_id, not by shopper)))),
            ),
            SessionState::Left => $query.filter(connections::end_reason.eq(EndReason::RevokedByClient.as_str())),
            SessionState::Reused => $query.filter(
                connections::end_reason.eq_any([EndReason::RefreshReused.as_str(), EndReason::CodeReused.as_str()]),
            ),
            SessionState::Expired => $query.filter(
                connections::end_reason
                    .eq_any([EndReason::Superseded, EndReason::NeverUsed, EndReason::Expired].map(EndReason::as_str))
                    .or(connections::ended_at.is_null().and(not(alive!($time))).and(not(shut_out!($issuer_id)))),
            ),
        }
    };
}

/// The query of one page; a macro, since it belongs to one backend.
macro_rules! page_query {
    ($issuer:expr, $filter:expr, $page:expr, $limit:expr) => {{
        let mut query = listed!().filter(connections::issuer_id.eq($issuer)).limit(i64::from($limit) + 1).into_boxed();
        if let Some(clients) = &$filter.clients {
            query = query.filter(connections::client_id.eq_any(clients));
        }
        if let Some(pseudonym) = &$filter.pseudonym {
            query = query.filter(connections::pseudonym.eq(pseudonym));
        }
        query = match $filter.state {
            Some(state) => in_state!(query, state, $issuer, $filter.now),
            None => query.filter(not(superseded!())),
        };
        // The first condition is implied by the second, but only it can be looked up in the index.
        match $page {
            Page::First => query.order((connections::connected_at.desc(), connections::id.desc())),
            Page::OlderThan(Key { at, id }) => query
                .filter(connections::connected_at.le(at.as_micros()))
                .filter(connections::connected_at.lt(at.as_micros()).or(connections::id.lt(id.to_string())))
                .order((connections::connected_at.desc(), connections::id.desc())),
            Page::NewerThan(Key { at, id }) => query
                .filter(connections::connected_at.ge(at.as_micros()))
                .filter(connections::connected_at.gt(at.as_micros()).or(connections::id.gt(id.to_string())))
                .order((connections::connected_at.asc(), connections::id.asc())),
        }
    }};
}

/// One page, newest first, and whether there are more in its direction.
pub fn list(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    filter: &Filter,
    page: Page,
    limit: u16,
) -> StorageResult<(Vec<ListedConnection>, bool)> {
    let issuer = issuer_id.as_str();
    let mut rows: Vec<Row> = each!(connection, c => page_query!(issuer, filter, page, limit).load(c))?;
    let has_more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    if matches!(page, Page::NewerThan(_)) {
        rows.reverse();
    }
    let rows = rows.into_iter().map(TryInto::try_into).collect::<StorageResult<_>>()?;
    Ok((rows, has_more))
}

/// When the newest connection of each grant was made, of those that are in use and have not ended.
pub fn newest_in_use(connection: &mut DbConnection, grant_ids: &[&str]) -> StorageResult<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, Option<i64>)> = each!(connection, c => connections::table
        .filter(connections::grant_id.eq_any(grant_ids))
        .filter(connections::generation.gt(0))
        .filter(connections::ended_at.is_null())
        .group_by(connections::grant_id)
        .select((connections::grant_id, max(connections::connected_at)))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(id, at)| Some((id, Timestamp::from_micros(at?)))).collect())
}

/// The superseded connections of these grants, newest first, at most `limit`.
pub fn list_superseded(
    connection: &mut DbConnection,
    grant_ids: &[&str],
    limit: u16,
) -> StorageResult<Vec<ListedConnection>> {
    let rows: Vec<Row> = each!(connection, c => listed!()
        .filter(connections::grant_id.eq_any(grant_ids))
        .filter(superseded!())
        .order((connections::connected_at.desc(), connections::id.desc()))
        .limit(i64::from(limit))
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// How many connections of each client could still be used, whether they are paused or not.
pub fn count_live_by_client(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    client_ids: &[&str],
    now: Timestamp,
) -> StorageResult<Vec<(String, i64)>> {
    let issuer = issuer_id.as_str();
    Ok(each!(connection, c => connections::table
        .filter(connections::issuer_id.eq(issuer))
        .filter(connections::client_id.eq_any(client_ids))
        .filter(alive!(now))
        .filter(not(shut_out!(issuer)))
        .group_by(connections::client_id)
        .select((connections::client_id, count_star()))
        .load(c))?)
}

/// How many connections of the issuer could still be used.
pub fn count_live(connection: &mut DbConnection, issuer_id: &IssuerId, now: Timestamp) -> StorageResult<i64> {
    let issuer = issuer_id.as_str();
    Ok(each!(connection, c => connections::table
        .filter(connections::issuer_id.eq(issuer))
        .filter(alive!(now))
        .filter(not(shut_out!(issuer)))
        .select(count_star())
        .get_result(c))?)
}

/// How many connections of a shopper could still be used.
pub fn count_live_of_pseudonym(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    pseudonym: &str,
    now: Timestamp,
) -> StorageResult<i64> {
    let issuer = issuer_id.as_str();
    Ok(each!(connection, c => connections::table
        .filter(connections::issuer_id.eq(issuer))
        .filter(connections::pseudonym.eq(pseudonym))
        .filter(alive!(now))
        .filter(not(shut_out!(issuer)))
        .select(count_star())
        .get_result(c))?)
}

/// The `sub` behind a pseudonym, as its connections say.
pub fn find_subject(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    pseudonym: &str,
) -> StorageResult<Option<String>> {
    Ok(each!(connection, c => connections::table
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::pseudonym.eq(pseudonym))
        // Of a deleted account there is none, and nothing left to end.
        .filter(connections::subject.ne(""))
        .select(connections::subject)
        .first(c)
        .optional())?)
}

impl TryFrom<Row> for ListedConnection {
    type Error = StorageError;

    fn try_from(row: Row) -> StorageResult<Self> {
        let (names, shopper, times, state) = row;
        let (id, grant_id, client_id, redirect_uri) = names;
        let (subject, pseudonym, scope, generation) = shopper;
        let (code_expires_at, connected_at, expires_at, idle_limit) = times;
        let (last_used_at, grace_replays, end_reason) = state;
        let wrong = |column| StorageError::inconsistent("connections", id.as_str(), column);
        let ended: Option<Result<EndReason, _>> = end_reason.map(|reason| reason.parse());
        Ok(Self {
            id: ConnectionId(id.parse().ok().ok_or_else(|| wrong("id"))?),
            scope: scope.parse().ok().ok_or_else(|| wrong("scope"))?,
            ended: ended.transpose().ok().ok_or_else(|| wrong("end_reason"))?,
            grant_id: GrantId::new(grant_id),
            client_id: ClientId::new(client_id),
            redirect_uri,
            subject,
            pseudonym,
            is_redeemed: generation > 0,
            code_expires_at: Timestamp::from_micros(code_expires_at),
            connected_at: Timestamp::from_micros(connected_at),
            expires_at: Timestamp::from_micros(expires_at),
            last_used_at: Timestamp::from_micros(last_used_at),
            idle_limit: duration(idle_limit),
            grace_replays,
        })
    }
}

#[cfg(test)]
mod tests;
