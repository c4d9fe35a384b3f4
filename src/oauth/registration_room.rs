//! Room for registrations: at the cap the oldest unused client of the busiest source gives way, so that nobody can lock others
//! out (decision 2).
//!
//! Counting clients, and ranking their sources, reads a row for each. At the cap every registration would, and a stranger
//! could keep the writer busy with nothing else. So a count is spent over many registrations: far from the cap by giving
//! away a share of what is left, at the cap by a plan of who gives way for the next ones.

use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::{self, ErrorCode, Failure};
use crate::domain::evidence::Check;
use crate::domain::{ClientId, IssuerId};
use crate::storage::clients::{self, Busy};
use crate::storage::{StorageResult, Tx};

/// Of what is left, so much is given away before clients are counted again: so many replicas may do that at once.
const SHARE: i64 = 8;
/// At the cap sources are ranked anew after this share of it gave way. A source that is busier by then has been spared for
/// so many registrations at most.
const PLANNED_SHARE: i64 = 64;
/// So many sources are ranked; the others have fewer clients each.
const RANKED: i64 = 1024;
/// Clients that others may take first, on PostgreSQL.
const RIVALS: usize = 64;

/// For how many more clients of an issuer there surely is room, and who gives way when there is none.
#[derive(Debug, Clone, Default)]
pub struct Room {
    issuers: Arc<Mutex<HashMap<IssuerId, Known>>>,
}

#[derive(Debug, Default)]
struct Known {
    left: i64,
    /// Sources in the order in which the oldest client of each gives way.
    plan: VecDeque<String>,
}

impl Room {
    /// Whether one more fits without counting.
    pub(super) fn take(&self, issuer_id: &IssuerId) -> bool {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = issuers.get_mut(issuer_id).filter(|known| known.left > 0) else { return false };
        known.left = known.left.saturating_sub(1);
        true
    }

    /// What was taken turned out not to be needed.
    pub(super) fn give_back(&self, issuer_id: &IssuerId) {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = issuers.get_mut(issuer_id).filter(|known| known.plan.is_empty()) {
            known.left = known.left.saturating_add(1);
        }
    }

    /// What a count has shown. Close to the cap nothing is given away, and every registration counts.
    fn counted(&self, issuer_id: &IssuerId, count: i64, cap: i64) {
        let left = cap.saturating_sub(count) / SHARE;
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        issuers.insert(issuer_id.clone(), Known { left, plan: VecDeque::new() });
    }

    fn next_source(&self, issuer_id: &IssuerId) -> Option<String> {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        issuers.get_mut(issuer_id)?.plan.pop_front()
    }

    fn plan(&self, issuer_id: &IssuerId, plan: VecDeque<String>) {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        issuers.insert(issuer_id.clone(), Known { left: 0, plan });
    }
}

/// Makes room for `new`, which is there already. False when every client is in use, or new.
///
/// # Errors
/// The database's.
pub fn make(tx: &mut Tx<'_>, (issuer_id, new): (&IssuerId, &ClientId), room: &Room, cap: i64) -> StorageResult<bool> {
    if room.take(issuer_id) {
        return Ok(true);
    }
    for _ in 0..RIVALS {
        if let Some(source) = room.next_source(issuer_id) {
            if clients::remove_oldest(tx, issuer_id, &source, new)? {
                return Ok(true);
            }
            // Somebody else was faster, or much has been swept meanwhile: the plan is old, and there may be room.
            room.plan(issuer_id, VecDeque::new());
            continue;
        }
        let count = clients::count_unused(tx, issuer_id)?;
        if count <= cap {
            room.counted(issuer_id, count, cap);
            return Ok(true);
        }
        let ranking = clients::busiest(tx, issuer_id, RANKED)?;
        room.plan(issuer_id, plan(ranking, (cap / PLANNED_SHARE).max(1)));
    }
    Ok(false)
}

/// In [`make`]'s words for an agent.
pub(super) fn make_or_refuse(
    tx: &mut Tx<'_>,
    (issuer_id, new): (&IssuerId, &ClientId),
    room: &Room,
    cap: i64,
) -> Result<(), Failure> {
    if make(tx, (issuer_id, new), room, cap)? {
        return Ok(());
    }
    error::refuse(
        ErrorCode::TooManyRequests,
        "This store takes no more registrations at the moment. Try again later.",
        Check::RegistrationRoom.found(format!("{cap} unused clients at most"), "more, and none that can give way"),
    )
}

/// The next `length` sources to give way, when it is the busiest each time.
fn plan(ranking: Vec<Busy>, length: i64) -> VecDeque<String> {
    let mut heap: BinaryHeap<(i64, String)> = ranking.into_iter().map(|busy| (busy.clients, busy.source)).collect();
    let mut plan = VecDeque::new();
    for _ in 0..length {
        let Some((clients, source)) = heap.pop() else { break };
        plan.push_back(source.clone());
        if clients > 1 {
            heap.push((clients - 1, source));
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_counted_again_long_before_the_cap_and_always_close_to_it() {
        let (room, issuer) = (Room::default(), IssuerId::new("i"));
        assert!(!room.take(&issuer));
        room.counted(&issuer, 84, 100);
        assert_eq!([room.take(&issuer), room.take(&issuer), room.take(&issuer)], [true, true, false]);
        room.counted(&issuer, 93, 100);
        assert!(!room.take(&issuer) && !room.take(&IssuerId::new("other")));
    }

    #[test]
    fn the_busiest_source_gives_way_until_another_is_as_busy() {
        let busy = |source: &str, clients| Busy { source: source.to_owned(), clients };
        let planned = plan(vec![busy("a", 5), busy("b", 3), busy("c", 1)], 6);
        let of = |source: &str| planned.iter().filter(|planned| *planned == source).count();
        assert_eq!(planned.iter().take(2).collect::<Vec<_>>(), ["a", "a"]);
        assert_eq!((of("a"), of("b"), of("c")), (4, 2, 0));
    }

    #[test]
    fn a_plan_never_asks_a_source_for_more_than_it_has() {
        let planned = plan(vec![Busy { source: "a".to_owned(), clients: 2 }], 10);
        assert_eq!(planned.len(), 2);
    }
}
