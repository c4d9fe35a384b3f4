//! A cap on calls of one connection that run at the same time (S1-85).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts running calls by connection. Holds nothing of a connection that runs none.
#[derive(Debug, Clone, Default)]
pub struct Concurrency {
    running: Arc<Mutex<HashMap<String, u32>>>,
}

/// One running call; gives its place back when dropped.
#[derive(Debug)]
pub struct Running {
    counts: Concurrency,
    connection_id: String,
}

impl Concurrency {
    /// A place for one more call, or `None` when `cap` calls of the connection are running.
    pub fn enter(&self, connection_id: &str, cap: u32) -> Option<Running> {
        let mut counts = self.counts();
        let running = counts.entry(connection_id.to_owned()).or_default();
        if *running >= cap {
            return None;
        }
        *running = running.saturating_add(1);
        Some(Running { counts: self.clone(), connection_id: connection_id.to_owned() })
    }

    fn leave(&self, connection_id: &str) {
        let mut counts = self.counts();
        if let Some(running) = counts.get_mut(connection_id) {
            *running = running.saturating_sub(1);
            if *running == 0 {
                counts.remove(connection_id);
            }
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.counts.leave(&self.connection_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_runs_up_to_its_cap_and_others_are_not_touched() {
        let calls = Concurrency::default();
        let held: Vec<_> = (0..2).map(|_| calls.enter("a", 2).unwrap()).collect();
        assert!(calls.enter("a", 2).is_none());
        assert!(calls.enter("b", 2).is_some());
        drop(held);
        assert!(calls.enter("a", 2).is_some());
        assert!(calls.counts().is_empty(), "nothing is kept of who runs nothing");
    }
}
