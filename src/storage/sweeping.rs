//! What the sweeper reads and removes: always a bounded number of rows, found by an index where the table is large.

use diesel::prelude::*;
use mcp_resource::wire::feed::Target;

use super::bytes::duration;
use super::schema::{
    audit_networks, connections, feed_events, purchases, revoked_tokens, shopper_sessions, shoppers, staff_sessions,
};
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::connection::EndReason;
use crate::domain::overdue::Unended;
use crate::domain::purchase::{Stage, UNSOLD};
use crate::domain::{IssuerId, Timestamp};

/// How far a pass over connections has come: the last row's creation and id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reached {
    pub at: i64,
    pub id: String,
}

/// Connections that a not-before row covers and that have not ended: at most `limit`, and where the next begin.
pub fn list_shut_out(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    (target, since): (&Target, Timestamp),
    after: &Reached,
    limit: i64,
) -> StorageResult<Vec<Reached>> {
    let shopper_id = match target {
        Target::Shopper(subject) => {
            let found: Option<String> = each!(connection, c => shoppers::table
                .filter(shoppers::subject.eq(subject))
                .select(shoppers::id)
                .first(c)
                .optional())?;
            // Without the account there is no index; its connections then end by their time.
            match found {
                Some(id) => Some(id),
                None => return Ok(Vec::new()),
            }
        }
        _ => None,
    };
    let rows: Vec<(i64, String)> = each!(connection, c => {
        let mut query = connections::table
            .filter(connections::issuer_id.eq(issuer_id.as_str()))
            .filter(connections::ended_at.is_null())
            .filter(connections::connected_at.le(since.as_micros()))
            .filter(connections::connected_at.ge(after.at))
            .filter(connections::connected_at.gt(after.at).or(connections::id.gt(&after.id)))
            .order((connections::connected_at.asc(), connections::id.asc()))
            .limit(limit)
            .select((connections::connected_at, connections::id))
            .into_boxed();
        query = match target {
            Target::Issuer => query,
            Target::Client(id) => query.filter(connections::client_id.eq(id)),
            Target::Shopper(_) => query.filter(connections::shopper_id.eq(shopper_id.unwrap_or_default())),
            Target::Grant(id) => query.filter(connections::grant_id.eq(id)),
        };
        query.load(c)
    })?;
    Ok(rows.into_iter().map(|(at, id)| Reached { at, id }).collect())
}

/// Ends those of `ids` that have not ended; returns how many.
pub fn end(tx: &mut Tx<'_>, ids: &[String], reason: EndReason, now: Timestamp) -> StorageResult<usize> {
    Ok(each!(&mut **tx, c => diesel::update(connections::table)
        .filter(connections::id.eq_any(ids))
        .filter(connections::ended_at.is_null())
        .set((connections::ended_at.eq(now.as_micros()), connections::end_reason.eq(reason.as_str())))
        .execute(c))?)
}

/// Ends those of `ids` whose last use still lies in this stretch of time; returns which, with their issuers.
pub fn end_used_within(
    tx: &mut Tx<'_>,
    ids: &[String],
    reason: EndReason,
    (used, now): (Stretch, Timestamp),
) -> StorageResult<Vec<(String, IssuerId)>> {
    let ended: Vec<(String, String)> = each!(&mut **tx, c => diesel::update(connections::table)
        .filter(connections::id.eq_any(ids))
        .filter(connections::ended_at.is_null())
        .filter(connections::last_used_at.ge(used.from.as_micros()))
        .filter(connections::last_used_at.le(used.until.as_micros()))
        .set((connections::ended_at.eq(now.as_micros()), connections::end_reason.eq(reason.as_str())))
        .returning((connections::id, connections::issuer_id))
        .get_results(c))?;
    Ok(ended.into_iter().map(|(id, issuer_id)| (id, IssuerId::new(issuer_id))).collect())
}

/// A stretch of time, with both its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// How many connections that have not ended got their newest token in this stretch of time.
pub fn count_used_within(connection: &mut DbConnection, used: Stretch, now: Timestamp) -> StorageResult<i64> {
    Ok(each!(connection, c => connections::table
        .filter(connections::ended_at.is_null())
        .filter(connections::expires_at.gt(now.as_micros()))
        .filter(connections::last_used_at.ge(used.from.as_micros()))
        .filter(connections::last_used_at.le(used.until.as_micros()))
        .count()
        .get_result(c))?)
}

/// The next `limit` of them in the order of their ids.
pub fn list_used_within(
    connection: &mut DbConnection,
    used: Stretch,
    now: Timestamp,
    (after_id, limit): (&str, i64),
) -> StorageResult<Vec<String>> {
    Ok(each!(connection, c => connections::table
        .filter(connections::id.gt(after_id))
        .filter(connections::ended_at.is_null())
        .filter(connections::expires_at.gt(now.as_micros()))
        .filter(connections::last_used_at.ge(used.from.as_micros()))
        .filter(connections::last_used_at.le(used.until.as_micros()))
        .order(connections::id.asc())
        .limit(limit)
        .select(connections::id)
        .load(c))?)
}

/// The next `limit` connections in the order of their ids, ended or not, and of those that have not ended what decides
/// whether they are overdue. The last id is where the next begin; `None` when there are no more.
pub fn list_unended(
    connection: &mut DbConnection,
    after_id: &str,
    limit: i64,
) -> StorageResult<(Vec<Unended>, Option<String>)> {
    type Row = ((String, String, String), (i64, i64, i64, i64, i64, i64), Option<i64>);
    let rows: Vec<Row> = each!(connection, c => connections::table
        .filter(connections::id.gt(after_id))
        .order(connections::id.asc())
        .limit(limit)
        .select((
            (connections::id, connections::issuer_id, connections::grant_id),
            (
                connections::generation,
                connections::code_expires_at,
                connections::connected_at,
                connections::expires_at,
                connections::last_used_at,
                connections::idle_limit,
            ),
            connections::ended_at,
        ))
        .load(c))?;
    let last = rows.last().map(|((id, ..), ..)| id.clone());
    let unended = rows.into_iter().filter(|(_, _, ended_at)| ended_at.is_none());
    let unended =
        unended.map(|((id, issuer_id, grant_id), (generation, code, connected, expires, used, idle), _)| Unended {
            id,
            issuer_id: IssuerId::new(issuer_id),
            grant_id,
            is_redeemed: generation > 0,
            code_expires_at: Timestamp::from_micros(code),
            connected_at: Timestamp::from_micros(connected),
            expires_at: Timestamp::from_micros(expires),
            last_used_at: Timestamp::from_micros(used),
            idle_limit: duration(idle),
        });
    Ok((unended.collect(), last))
}

/// When the newest connection of each grant was made, for those that a refresh token came out of.
pub fn newest_of_grants(connection: &mut DbConnection, grant_ids: &[&str]) -> StorageResult<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, Option<i64>)> = each!(connection, c => connections::table
        .filter(connections::grant_id.eq_any(grant_ids))
        .filter(connections::generation.gt(0))
        .group_by(connections::grant_id)
        .select((connections::grant_id, diesel::dsl::max(connections::connected_at)))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(id, at)| Some((id, Timestamp::from_micros(at?)))).collect())
}

/// Removes up to `limit` browser sessions of each kind that have expired.
pub fn delete_expired_sessions(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> StorageResult<usize> {
    let now = now.as_micros();
    let shoppers: Vec<Vec<u8>> = each!(&mut **tx, c => shopper_sessions::table
        .filter(shopper_sessions::expires_at.le(now))
        .limit(limit)
        .select(shopper_sessions::token_hash)
        .load(c))?;
    let staff: Vec<Vec<u8>> = each!(&mut **tx, c => staff_sessions::table
        .filter(staff_sessions::expires_at.le(now))
        .limit(limit)
        .select(staff_sessions::token_hash)
        .load(c))?;
    let deleted = each!(&mut **tx, c => {
        let shoppers = diesel::delete(shopper_sessions::table)
            .filter(shopper_sessions::token_hash.eq_any(&shoppers))
            .execute(c)?;
        let staff = diesel::delete(staff_sessions::table)
            .filter(staff_sessions::token_hash.eq_any(&staff))
            .execute(c)?;
        Ok::<_, StorageError>(shoppers.saturating_add(staff))
    })?;
    Ok(deleted)
}

/// Removes up to `limit` of the issuer's oldest events from before `before`; never the newest, which tells followers where
/// they are.
pub fn delete_events(tx: &mut Tx<'_>, issuer_id: &IssuerId, before: Timestamp, limit: i64) -> StorageResult<usize> {
    let issuer = issuer_id.as_str();
    let oldest: Vec<(i64, i64)> = each!(&mut **tx, c => feed_events::table
        .filter(feed_events::issuer_id.eq(issuer))
        .order(feed_events::position.asc())
        .limit(limit.saturating_add(1))
        .select((feed_events::position, feed_events::at))
        .load(c))?;
    // The last that was read may be the newest of all.
    let old = oldest.iter().rev().skip(1).find(|(_, at)| *at < before.as_micros());
    let Some((position, _)) = old else { return Ok(0) };
    Ok(each!(&mut **tx, c => diesel::delete(feed_events::table)
        .filter(feed_events::issuer_id.eq(issuer))
        .filter(feed_events::position.le(position))
        .execute(c))?)
}

/// Removes up to `limit` revoked tokens that expired before `before`.
pub fn delete_revoked_tokens(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> StorageResult<usize> {
    let expired: Vec<(String, String)> = each!(&mut **tx, c => revoked_tokens::table
        .filter(revoked_tokens::expires_at.lt(before.as_micros()))
        .limit(limit)
        .select((revoked_tokens::issuer_id, revoked_tokens::jti))
        .load(c))?;
    for key in &expired {
        each!(&mut **tx, c => diesel::delete(revoked_tokens::table.find((&key.0, &key.1))).execute(c))?;
    }
    Ok(expired.len())
}

/// Removes up to `limit` networks of callers from before `before`.
pub fn delete_networks(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> StorageResult<usize> {
    let old: Vec<i64> = each!(&mut **tx, c => audit_networks::table
        .filter(audit_networks::at.lt(before.as_micros()))
        .order(audit_networks::at.asc())
        .limit(limit)
        .select(audit_networks::at)
        .load(c))?;
    let Some(last) = old.last() else { return Ok(0) };
    Ok(each!(&mut **tx, c => diesel::delete(audit_networks::table)
        .filter(audit_networks::at.le(last))
        .execute(c))?)
}

/// Removes up to `limit` of the issuer's purchases from before `before` that no order came of.
pub fn delete_unsold(tx: &mut Tx<'_>, issuer_id: &IssuerId, before: Timestamp, limit: i64) -> StorageResult<usize> {
    let ids: Vec<String> = each!(&mut **tx, c => purchases::table
        .filter(purchases::issuer_id.eq(issuer_id.as_str()))
        .filter(purchases::created_at.lt(before.as_micros()))
        .filter(purchases::stage.eq_any(UNSOLD.map(Stage::as_str)))
        .order(purchases::created_at.asc())
        .limit(limit)
        .select(purchases::id)
        .load(c))?;
    Ok(each!(&mut **tx, c => diesel::delete(purchases::table)
        .filter(purchases::id.eq_any(&ids))
        .execute(c))?)
}
