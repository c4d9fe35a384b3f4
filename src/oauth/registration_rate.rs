//! How often one source may register (A26): a sliding window in memory, of bounded size. The table of clients is bounded by
//! itself; this keeps one source from churning it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::registration_room::Room;
use crate::domain::network::Network;
use crate::domain::{IssuerId, Timestamp};

const WINDOW: Duration = Duration::from_mins(1);
/// Sources remembered at once; beyond it those that have been quiet are forgotten, then all.
const MOST_SOURCES: usize = 50_000;

pub struct RegistrationRate {
    per_minute: usize,
    room: Room,
    seen: Mutex<HashMap<(IssuerId, Network), VecDeque<Timestamp>>>,
}

impl RegistrationRate {
    pub fn new(per_minute: u32) -> Self {
        Self {
            per_minute: usize::try_from(per_minute).unwrap_or(usize::MAX),
            room: Room::default(),
            seen: Mutex::default(),
        }
    }

    /// How much room there is for clients, shared by all registrations.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// Counts a registration; when there were too many, how long to wait instead.
    pub fn refuses(&self, issuer_id: &IssuerId, source: &Network, now: Timestamp) -> Option<Duration> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_SOURCES {
            seen.retain(|_, times| times.back().is_some_and(|last| now.since(*last) < WINDOW));
            if seen.len() >= MOST_SOURCES {
                seen.clear();
            }
        }
        let times = seen.entry((issuer_id.clone(), source.clone())).or_default();
        while times.front().is_some_and(|first| now.since(*first) >= WINDOW) {
            times.pop_front();
        }
        if times.len() >= self.per_minute {
            return times.front().map(|first| WINDOW.saturating_sub(now.since(*first)));
        }
        times.push_back(now);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_waits_until_its_first_registration_is_a_minute_old() {
        let rate = RegistrationRate::new(2);
        let (issuer, source) = (IssuerId::new("i"), Network::of("192.0.2.1".parse().unwrap()));
        let at = |secs: i64| Timestamp::from_secs(1_000_000 + secs);
        assert_eq!(rate.refuses(&issuer, &source, at(0)), None);
        assert_eq!(rate.refuses(&issuer, &source, at(1)), None);
        assert_eq!(rate.refuses(&issuer, &source, at(59)), Some(Duration::from_secs(1)));
        assert_eq!(rate.refuses(&issuer, &Network::of("198.51.100.1".parse().unwrap()), at(59)), None);
        assert_eq!(rate.refuses(&issuer, &source, at(60)), None);
    }
}
