//! What the stores' deployments look like to agents: the last examination of each issuer, in memory, and at most one under way
//! for each store.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::doctor::Report;
use crate::domain::{IssuerId, StoreId, Timestamp};

/// One examination of an issuer: a report for each of its MCP servers.
#[derive(Debug)]
pub struct Examination {
    pub at: Timestamp,
    pub reports: Vec<Report>,
    /// There was no time for all of them.
    pub is_partial: bool,
}

/// Bounded by the number of issuers.
#[derive(Debug, Default)]
pub struct Examinations {
    last: Mutex<HashMap<IssuerId, Arc<Examination>>>,
    under_way: Mutex<HashSet<StoreId>>,
}

/// The right to examine a store's deployment; given back when dropped.
#[derive(Debug)]
pub struct Turn {
    examinations: Arc<Examinations>,
    store: StoreId,
}

impl Examinations {
    pub fn last(&self, issuer: &IssuerId) -> Option<Arc<Examination>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned()
    }

    pub fn keep(&self, issuer: IssuerId, examination: Examination) {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).insert(issuer, Arc::new(examination));
    }

    /// `None` while somebody else is at it.
    pub fn begin(self: &Arc<Self>, store: &StoreId) -> Option<Turn> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.insert(store.clone()).then(|| Turn { examinations: Arc::clone(self), store: store.clone() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.examinations.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.store);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_examined_by_one_at_a_time() {
        let examinations = Arc::new(Examinations::default());
        let (one, other) = (StoreId::new("one"), StoreId::new("other"));
        let turn = examinations.begin(&one);
        assert!(turn.is_some() && examinations.begin(&one).is_none() && examinations.begin(&other).is_some());
        drop(turn);
        assert!(examinations.begin(&one).is_some());
    }
}
