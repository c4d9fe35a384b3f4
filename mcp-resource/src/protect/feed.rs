//! What the live feed has told so far, and whether it can be relied on (design, decision 4).
//! [`Feed::take`] is the whole protocol; `follower` only carries lines to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use super::revocations::{Revocations, Standing};
use crate::wire::feed::{Cursor, Event, Line};
use crate::wire::{AccessClaims, Timestamp};

/// More than this is kept of no feed; beyond it every token is introspected.
const MOST_ENTRIES: usize = 1_000_000;

/// What the follower is to do after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    FetchKeys,
    /// What was heard does not fit together: connect again, without a cursor.
    StartOver,
}

#[derive(Default)]
struct State {
    known: Revocations,
    /// Filled between the begin and the end of a snapshot.
    snapshot: Option<Revocations>,
    /// Whether `known` is all that can matter.
    complete: bool,
    /// Whether this connection has caught up; before that, a line does not prove that nothing is missing.
    caught_up: bool,
    cursor: Option<Cursor>,
}

pub(super) struct Feed {
    state: RwLock<State>,
    /// Heartbeats come in real time, so their age is measured on the machine's steady clock, not on the wall's.
    started: Instant,
    /// Milliseconds after `started`, plus one; zero is never.
    heard_at: AtomicU64,
    stale_after: Duration,
}

impl Feed {
    pub(super) fn new(stale_after: Duration) -> Self {
        Self { state: RwLock::default(), started: Instant::now(), heard_at: AtomicU64::new(0), stale_after }
    }

    /// What the feed says of a token, or `None` when it cannot be relied on.
    pub(super) fn standing(&self, claims: &AccessClaims) -> Option<Standing> {
        self.known(|known| known.standing(claims))
    }

    /// The same of callers who have no token (C-7).
    #[cfg(feature = "shop")]
    pub(super) fn standing_of_strangers(&self) -> Option<Standing> {
        self.known(Revocations::standing_of_strangers)
    }

    fn known(&self, ask: impl FnOnce(&Revocations) -> Standing) -> Option<Standing> {
        if !self.is_fresh() {
            return None;
        }
        let state = self.read();
        state.complete.then(|| ask(&state.known))
    }

    /// Whether the last sign of a feed that has caught up is recent enough.
    pub(super) fn is_fresh(&self) -> bool {
        let heard_at = self.heard_at.load(Ordering::Acquire);
        heard_at != 0 && self.millis().saturating_sub(heard_at) < millis(self.stale_after)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.read().complete
    }

    /// Begins a connection; the cursor is to be sent with it.
    pub(super) fn connect(&self) -> Option<Cursor> {
        let mut state = self.write();
        state.caught_up = false;
        state.snapshot = None;
        // A snapshot that broke off has left nothing to go on from.
        if !state.complete {
            state.cursor = None;
        }
        state.cursor.clone()
    }

    /// Relies on nothing heard so far: until the next snapshot is complete, every token is introspected.
    pub(super) fn start_over(&self) {
        let mut state = self.write();
        state.complete = false;
        state.cursor = None;
    }

    /// Takes in one line.
    pub(super) fn take(&self, line: Line, now: Timestamp) -> Next {
        let mut state = self.write();
        match line {
            Line::SnapshotBegin => {
                state.complete = false;
                state.snapshot = Some(Revocations::default());
                Next::Go
            }
            Line::SnapshotEnd { cursor } => {
                let Some(snapshot) = state.snapshot.take() else { return Next::StartOver };
                state.known = snapshot;
                state.complete = true;
                state.cursor = Some(cursor);
                self.hear(&mut state);
                Next::FetchKeys
            }
            Line::Event { cursor, event } => self.take_event(&mut state, cursor, event, now),
            Line::Heartbeat { cursor } => {
                // The server reads an older position than we have: its database was set back in time.
                if !state.complete || state.cursor.as_ref().is_some_and(|known| known.position > cursor.position) {
                    return Next::StartOver;
                }
                state.cursor = Some(cursor);
                self.hear(&mut state);
                Next::Go
            }
        }
    }

    fn take_event(&self, state: &mut State, cursor: Option<Cursor>, event: Event, now: Timestamp) -> Next {
        let keys_changed = event == Event::KeysChanged;
        if let Event::Unknown(members) = &event {
            let kind = members.get("kind").and_then(serde_json::Value::as_str).unwrap_or("none");
            tracing::warn!(kind, "the feed has an event of a newer server; what it names is introspected");
        }
        if let Some(snapshot) = &mut state.snapshot {
            snapshot.apply(event, now);
            return if snapshot.len() > MOST_ENTRIES { Next::StartOver } else { Next::Go };
        }
        if !state.complete {
            return Next::StartOver;
        }
        state.known.apply(event, now);
        if cursor.is_some() {
            state.cursor = cursor;
        }
        if state.caught_up {
            self.hear(state);
        }
        match keys_changed {
            _ if state.known.len() > MOST_ENTRIES => Next::StartOver,
            true => Next::FetchKeys,
            false => Next::Go,
        }
    }

    /// Drops what was heard before `limit` and can no longer matter.
    pub(super) fn forget(&self, limit: Timestamp) {
        self.write().known.forget(limit);
    }

    fn hear(&self, state: &mut State) {
        state.caught_up = true;
        self.heard_at.store(self.millis(), Ordering::Release);
    }

    fn millis(&self) -> u64 {
        millis(self.started.elapsed()).saturating_add(1)
    }

    // A panic cannot leave half a state: every writer above only moves values in.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
