//! The feed of revocations: events numbered by one counter row per issuer (decision 4).

use diesel::prelude::*;
use mcp_resource::wire::Timestamp;
use mcp_resource::wire::feed::{Cursor, Event};
use uuid::Uuid;

use super::audit::in_groups;
use super::cached::cached;
use super::schema::feed_events;
use super::{DbConnection, StorageError, StorageResult, each};

/// One event at a position that [`super::at_end`] took for it.
#[derive(Insertable)]
#[diesel(table_name = feed_events, treat_none_as_default_value = false)]
pub(super) struct NewEvent {
    issuer_id: String,
    position: i64,
    event_id: String,
    at: i64,
    body: String,
}

impl NewEvent {
    pub(super) fn new((issuer_id, position): (String, i64), now: Timestamp, event: &Event) -> StorageResult<Self> {
        let body = serde_json::to_string(event)
            .map_err(|_no_json| StorageError::inconsistent("feed_events", issuer_id.as_str(), "body"))?;
        let event_id = Uuid::new_v4().simple().to_string();
        Ok(Self { issuer_id, position, event_id, at: now.as_micros(), body })
    }
}

pub(super) fn insert(connection: &mut DbConnection, events: Vec<NewEvent>) -> StorageResult<()> {
    let (groups, rest) = in_groups(events);
    for rows in groups {
        each!(&mut *connection, c => diesel::insert_into(feed_events::table).values(rows).execute(c))?;
    }
    for row in rest {
        each!(&mut *connection, c => cached!(diesel::insert_into(feed_events::table).values(row)).run(c))?;
    }
    Ok(())
}

/// The newest position of the issuer, with the id of the event there. Position 0 has an empty id: nothing has happened yet.
pub fn head(connection: &mut DbConnection, issuer_id: &str) -> StorageResult<Cursor> {
    let newest: Option<(i64, String)> = each!(connection, c => feed_events::table
        .filter(feed_events::issuer_id.eq(issuer_id))
        .order(feed_events::position.desc())
        .select((feed_events::position, feed_events::event_id))
        .first(c)
        .optional())?;
    let (position, event_id) = newest.unwrap_or_default();
    Ok(Cursor { position, event_id })
}

/// Whether the event of that id is at that position: false after a database was set back in time.
pub fn knows(connection: &mut DbConnection, issuer_id: &str, cursor: &Cursor) -> StorageResult<bool> {
    if cursor.position == 0 {
        return Ok(cursor.event_id.is_empty());
    }
    let found: Option<String> = each!(connection, c => feed_events::table
        .find((issuer_id, cursor.position))
        .select(feed_events::event_id)
        .first(c)
        .optional())?;
    Ok(found.is_some_and(|event_id| event_id == cursor.event_id))
}

/// Up to `limit` events after `position`, oldest first.
pub fn list_after(
    connection: &mut DbConnection,
    issuer_id: &str,
    position: i64,
    limit: i64,
) -> StorageResult<Vec<(Cursor, Event)>> {
    let rows: Vec<(i64, String, String)> = each!(connection, c => feed_events::table
        .filter(feed_events::issuer_id.eq(issuer_id))
        .filter(feed_events::position.gt(position))
        .order(feed_events::position.asc())
        .limit(limit)
        .select((feed_events::position, feed_events::event_id, feed_events::body))
        .load(c))?;
    rows.into_iter()
        .map(|(position, event_id, body)| {
            let event = serde_json::from_str(&body)
                .map_err(|_not_json| StorageError::inconsistent("feed_events", position.to_string(), "body"))?;
            Ok((Cursor { position, event_id }, event))
        })
        .collect()
}
