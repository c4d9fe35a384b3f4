//! `/resource/feed`: the live feed of revocations (decision 4), one JSON line an event, over one long answer.
//!
//! A follower whose cursor is known goes on from there; any other first gets a snapshot of all that can still matter. A
//! heartbeat follows only a successful read, and names the position read.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use mcp_resource::wire::feed::{Cursor, Event, HEARTBEAT_INTERVAL, Line};
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use crate::domain::IssuerId;
use crate::merchant::feed_snapshot;
use crate::storage::{Database, StorageError, StorageResult, feed};
use crate::web::error::JsonError;
use crate::web::extract::{AuthenticatedResourceServer, CurrentIssuer};
use crate::web::state::AppState;

/// Events of other replicas are looked for this often; our own wake us.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
const LARGEST_READ: i64 = 500;

#[derive(Deserialize)]
pub struct From {
    cursor: Option<String>,
}

pub async fn get(
    request: HttpRequest,
    issuer: CurrentIssuer,
    _follower: AuthenticatedResourceServer,
    state: Data<AppState>,
    from: Option<Query<From>>,
) -> Result<HttpResponse, JsonError> {
    // A cursor that cannot be read is as good as none.
    let cursor = from.as_ref().and_then(|from| from.cursor.as_deref()).and_then(|text| text.parse::<Cursor>().ok());
    let mut follower = Follower {
        db: state.db.clone(),
        issuer_id: issuer.issuer.id.clone(),
        state: state.clone(),
        position: Cursor { position: 0, event_id: String::new() },
        last_line_at: Instant::now(),
    };
    let first = follower.begin(cursor).await.map_err(|fault| JsonError::unavailable(&request, &fault))?;
    let lines = stream::unfold((follower, Some(first)), |(mut follower, pending)| async move {
        let lines = match pending {
            Some(lines) => lines,
            None => follower.next().await?,
        };
        let chunk: Result<Bytes, actix_web::Error> = Ok(encode(&lines));
        Some((chunk, (follower, None)))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(lines))
}

struct Follower {
    db: Database,
    issuer_id: IssuerId,
    state: Data<AppState>,
    position: Cursor,
    last_line_at: Instant,
}

impl Follower {
    /// The first lines: nothing but a heartbeat for a known cursor, else a snapshot.
    async fn begin(&mut self, cursor: Option<Cursor>) -> StorageResult<Vec<Line>> {
        let (issuer_id, now) = (self.issuer_id.clone(), self.state.clock.now());
        // Not less than an hour, the default: tokens from before a shorter setting still live.
        let longest = self.state.lifetimes.access.max(self.state.lifetimes.checkout).max(Duration::from_hours(1));
        let (head, snapshot) = self
            .db
            .read(move |connection| {
                if let Some(cursor) = cursor
                    && feed::knows(connection, issuer_id.as_str(), &cursor)?
                {
                    return Ok::<_, StorageError>((cursor, None));
                }
                // The position first, then the rows: what happens between is replayed, and events are idempotent.
                let head = feed::head(connection, issuer_id.as_str())?;
                let events = feed_snapshot::events(connection, &issuer_id, now.minus(longest), now)?;
                Ok((head, Some(events)))
            })
            .await?;
        self.position = head.clone();
        let Some(events) = snapshot else { return Ok(vec![Line::Heartbeat { cursor: head }]) };
        let mut lines = vec![Line::SnapshotBegin];
        lines.extend(events.into_iter().map(|event| Line::Event { cursor: None, event }));
        lines.push(Line::SnapshotEnd { cursor: head });
        Ok(lines)
    }

    /// Waits for events, or until a heartbeat is due. `None` ends the feed: a database that cannot be read sends no
    /// heartbeat, and the follower sees silence (decision 4); a server that stops has told all it knows.
    async fn next(&mut self) -> Option<Vec<Line>> {
        let db = self.db.clone();
        loop {
            let wake = db.published().notified();
            let events = self.read().await.ok()?;
            if !events.is_empty() {
                self.last_line_at = Instant::now();
                let line = |(cursor, event)| Line::Event { cursor: Some(cursor), event };
                return Some(events.into_iter().map(line).collect());
            }
            if self.state.stopping.load(Ordering::Acquire) {
                return None;
            }
            if self.last_line_at.elapsed() >= HEARTBEAT_INTERVAL {
                self.last_line_at = Instant::now();
                return Some(vec![Line::Heartbeat { cursor: self.position.clone() }]);
            }
            // Either way we look again: a wake-up may have been for another issuer.
            drop(timeout(POLL_INTERVAL, wake).await);
        }
    }

    async fn read(&mut self) -> StorageResult<Vec<(Cursor, Event)>> {
        let (issuer_id, position) = (self.issuer_id.clone(), self.position.position);
        let events = self
            .db
            .read(move |connection| feed::list_after(connection, issuer_id.as_str(), position, LARGEST_READ))
            .await?;
        if let Some((cursor, _)) = events.last() {
            self.position = cursor.clone();
        }
        Ok(events)
    }
}

fn encode(lines: &[Line]) -> Bytes {
    let mut text = Vec::new();
    for line in lines {
        // A line is plain data; writing it into memory cannot fail.
        if serde_json::to_writer(&mut text, line).is_ok() {
            text.push(b'\n');
        }
    }
    Bytes::from(text)
}
