//! A sliding window per connection: at most so many calls in any 60 seconds, exactly.
//!
//! Each window keeps the times of its calls, not a bucket's guess, so the limit holds at every boundary.
//! Refused calls do not count: an agent that loops is let in again as soon as its oldest call is a minute old.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::wire::Timestamp;

pub const WINDOW: Duration = Duration::from_mins(1);
const SHARDS: usize = 16;
/// About 64,000 connections within one minute, each at most a kilobyte.
const MOST_PER_SHARD: usize = 4096;

type Shard = HashMap<String, VecDeque<Timestamp>>;

/// The windows of all connections.
#[derive(Debug)]
pub struct Windows {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    most_per_shard: usize,
}

impl Default for Windows {
    fn default() -> Self {
        Self::with_capacity(SHARDS, MOST_PER_SHARD)
    }
}

impl Windows {
    fn with_capacity(shards: usize, most_per_shard: usize) -> Self {
        let shards = (0..shards).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new(), most_per_shard }
    }

    /// Counts one call of the connection.
    ///
    /// # Errors
    /// When `limit` calls were counted in the minute before `now`: how long until the oldest of them leaves it.
    pub fn admit(&self, connection_id: &str, limit: u32, now: Timestamp) -> Result<(), Duration> {
        let Some(shard) = self.shard(connection_id) else { return Ok(()) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if !shard.contains_key(connection_id) {
            make_room(&mut shard, self.most_per_shard, now);
        }
        let calls = shard.entry(connection_id.to_owned()).or_default();
        forget_old(calls, now);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if calls.len() < limit {
            calls.push_back(now);
            return Ok(());
        }
        // The call that must leave the window before one more fits; with a limit that shrank it is not the oldest.
        let blocking = calls.len().checked_sub(limit).and_then(|index| calls.get(index)).copied().unwrap_or(now);
        Err(blocking.plus(WINDOW).since(now))
    }

    fn shard(&self, connection_id: &str) -> Option<&Mutex<Shard>> {
        let shards = u64::try_from(self.shards.len()).ok()?;
        let index = self.hasher.hash_one(connection_id).checked_rem(shards)?;
        self.shards.get(usize::try_from(index).ok()?)
    }
}

/// A call exactly a minute old has left the window.
fn forget_old(calls: &mut VecDeque<Timestamp>, now: Timestamp) {
    // The clock was set back: what was counted in its future would block the connection until then.
    if calls.back().is_some_and(|last| *last > now) {
        calls.clear();
    }
    while calls.front().is_some_and(|call| now.since(*call) >= WINDOW) {
        calls.pop_front();
    }
}

/// Idle connections go first; if all are busy, the one whose last call is the oldest.
fn make_room(shard: &mut Shard, most: usize, now: Timestamp) {
    if shard.len() < most {
        return;
    }
    shard.retain(|_, calls| calls.back().is_some_and(|last| now.since(*last) < WINDOW));
    if shard.len() >= most {
        let oldest = shard.iter().min_by_key(|(_, calls)| calls.back().copied()).map(|(id, _)| id.clone());
        if let Some(oldest) = oldest {
            shard.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_000);

    fn at(millis: u64) -> Timestamp {
        START.plus(Duration::from_millis(millis))
    }

    #[test]
    fn the_sixty_first_call_of_a_minute_waits_until_the_first_is_a_minute_old() {
        let windows = Windows::default();
        for call in 0..60 {
            windows.admit("a", 60, at(call * 100)).unwrap();
        }
        assert_eq!(windows.admit("a", 60, at(5_900)), Err(Duration::from_millis(54_100)));
        assert_eq!(windows.admit("a", 60, at(59_999)), Err(Duration::from_millis(1)));
        assert_eq!(windows.admit("a", 60, at(60_000)), Ok(()));
        assert_eq!(windows.admit("a", 60, at(60_000)), Err(Duration::from_millis(100)), "the second was at 100 ms");
    }

    #[test]
    fn no_minute_anywhere_holds_more_than_the_limit() {
        let windows = Windows::default();
        let admitted: Vec<u64> =
            (0..4_000).map(|step| step * 50).filter(|t| windows.admit("a", 7, at(*t)).is_ok()).collect();
        for first in &admitted {
            let within = admitted.iter().filter(|t| *t >= first && **t < first + 60_000).count();
            assert!(within <= 7, "{within} from {first}");
        }
        assert!(admitted.len() >= 21, "three minutes and a bit let through {}", admitted.len());
    }

    #[test]
    fn connections_do_not_share_and_refused_calls_do_not_count() {
        let windows = Windows::default();
        assert!(windows.admit("a", 1, at(0)).is_ok());
        assert!((1..50).all(|call| windows.admit("a", 1, at(call)).is_err()));
        assert!(windows.admit("b", 1, at(50)).is_ok());
        assert!(windows.admit("a", 1, at(60_000)).is_ok());
    }

    #[test]
    fn a_limit_that_shrank_waits_for_enough_calls_to_leave() {
        let windows = Windows::default();
        for call in 0..4 {
            windows.admit("a", 4, at(call * 1000)).unwrap();
        }
        assert_eq!(windows.admit("a", 2, at(4_000)), Err(Duration::from_secs(58)));
        assert_eq!(windows.admit("a", 2, at(62_000)), Ok(()));
    }

    #[test]
    fn a_clock_set_back_does_not_block_anybody() {
        let windows = Windows::default();
        windows.admit("a", 1, at(3_600_000)).unwrap();
        assert!(windows.admit("a", 1, at(0)).is_ok());
    }

    #[test]
    fn the_number_of_windows_is_bounded_and_idle_ones_go_first() {
        let windows = Windows::with_capacity(1, 2);
        windows.admit("idle", 1, at(0)).unwrap();
        windows.admit("busy", 1, at(59_000)).unwrap();
        windows.admit("new", 1, at(60_000)).unwrap();
        assert!(windows.admit("busy", 1, at(60_000)).is_err(), "the busy one kept its count");
        assert_eq!(windows.shards[0].lock().unwrap().len(), 2);
    }
}
