//! What use cases leave for the end of the transaction: events of the feed, and entries of the trail.
//!
//! A position of the feed must be taken by the last statements of a transaction: the row lock on its counter makes commit
//! order the order (decision 4). On SQLite this is the end of the writer's batch, which takes the positions and the
//! numbers of the entries for many use cases at once; on PostgreSQL entries stay unnumbered until after the commit
//! (decision 6). It fails for all of a batch or for none, so nothing that a caller chose may make it fail.

use std::collections::BTreeMap;

use diesel::prelude::*;
use mcp_resource::wire::Timestamp;
use mcp_resource::wire::feed::Event;

use super::audit::NewAuditRow;
use super::cached::cached;
use super::feed::NewEvent;
use super::schema::issuers;
use super::{DbConnection, StorageResult, audit, each, feed};

#[derive(Default)]
pub(super) struct AtEnd {
    events: Vec<(String, Timestamp, Event)>,
    entries: Vec<(NewAuditRow, Option<String>)>,
}

/// How many positions and numbers an issuer needs; then the last that were taken.
#[derive(Clone, Copy, Default)]
struct Counters {
    events: i64,
    entries: i64,
}

impl AtEnd {
    pub(super) fn publish(&mut self, issuer_id: &str, now: Timestamp, event: Event) {
        self.events.push((issuer_id.to_owned(), now, event));
    }

    /// `network` is the caller's, kept beside the entry.
    pub(super) fn record(&mut self, row: NewAuditRow, network: Option<String>) {
        self.entries.push((row, network));
    }

    pub(super) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Takes over what a use case that succeeded has left.
    pub(super) fn absorb(&mut self, mut other: Self) {
        self.events.append(&mut other.events);
        self.entries.append(&mut other.entries);
    }

    pub(super) fn write(mut self, connection: &mut DbConnection) -> StorageResult<()> {
        let numbers_entries = matches!(connection, DbConnection::Sqlite(_));
        if !numbers_entries {
            audit::write(connection, std::mem::take(&mut self.entries))?;
        }
        let mut counters = self.needed(numbers_entries);
        for (issuer_id, counter) in &mut counters {
            *counter = take(connection, issuer_id, *counter)?;
        }
        if numbers_entries {
            for (row, _) in &mut self.entries {
                row.sequence = counters.get_mut(&row.issuer_id).map(|counter| next(&mut counter.entries));
            }
            audit::write(connection, std::mem::take(&mut self.entries))?;
        }
        let mut events = Vec::with_capacity(self.events.len());
        for (issuer_id, now, event) in self.events {
            let position = counters.get_mut(&issuer_id).map_or(0, |counter| next(&mut counter.events));
            events.push(NewEvent::new((issuer_id, position), now, &event)?);
        }
        feed::insert(connection, events)
    }

    fn needed(&self, numbers_entries: bool) -> BTreeMap<String, Counters> {
        let mut needed: BTreeMap<String, Counters> = BTreeMap::new();
        for (issuer_id, ..) in &self.events {
            let counter = needed.entry(issuer_id.clone()).or_default();
            counter.events = counter.events.saturating_add(1);
        }
        for (row, _) in self.entries.iter().filter(|_| numbers_entries) {
            let counter = needed.entry(row.issuer_id.clone()).or_default();
            counter.entries = counter.entries.saturating_add(1);
        }
        needed
    }
}

/// Moves the issuer's counters on and returns where they stood.
fn take(connection: &mut DbConnection, issuer_id: &str, needed: Counters) -> StorageResult<Counters> {
    let (events, entries): (i64, i64) = each!(connection, c => cached!(diesel::update(issuers::table.find(issuer_id))
        .set((
            issuers::feed_position.eq(issuers::feed_position + needed.events),
            issuers::audit_sequence.eq(issuers::audit_sequence + needed.entries),
        ))
        .returning((issuers::feed_position, issuers::audit_sequence)))
        .get_result(c))?;
    Ok(Counters { events: events.saturating_sub(needed.events), entries: entries.saturating_sub(needed.entries) })
}

fn next(counter: &mut i64) -> i64 {
    *counter = counter.saturating_add(1);
    *counter
}
