//! How much is fetched at the same time (D14): so much altogether, and less from one host, so that a slow host holds up
//! nobody else. Who finds every place taken waits a moment, and is then told that this server is busy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// For one place; a fetch needs two.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Limits {
    all: Arc<Semaphore>,
    per_host: usize,
    /// Hosts that somebody fetches from or waits for.
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A place among the fetches, until the last clone is dropped.
#[derive(Debug, Clone)]
pub(super) struct Place(#[expect(dead_code, reason = "held, not read")] Arc<[OwnedSemaphorePermit; 2]>);

impl Limits {
    pub(super) fn new(all: usize, per_host: usize) -> Self {
        // More places than that are as good as no limit, and more than a semaphore has.
        let places = |number: usize| number.min(Semaphore::MAX_PERMITS);
        Self { all: Arc::new(Semaphore::new(places(all))), per_host: places(per_host), hosts: Mutex::default() }
    }

    /// Takes a place for `host`, or `None` when there was none for a while.
    pub(super) async fn enter(&self, host: &str) -> Option<Place> {
        // The host's own first: who waits for a slow host must not stand in the way of others meanwhile.
        let of_host = timeout(PATIENCE, self.of(host).acquire_owned()).await.ok()?.ok()?;
        let of_all = timeout(PATIENCE, Arc::clone(&self.all).acquire_owned()).await.ok()?.ok()?;
        Some(Place(Arc::new([of_host, of_all])))
    }

    fn of(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        // Permits and those who wait for one hold the semaphore too: nobody else does.
        hosts.retain(|_, places| Arc::strong_count(places) > 1);
        let places = hosts.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.per_host)));
        Arc::clone(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn a_host_takes_only_its_own_places_and_all_hosts_take_no_more_than_there_are() {
        block_on(async {
            let limits = Limits::new(3, 2);
            let (first, second) = (limits.enter("a").await, limits.enter("a").await);
            assert!(first.is_some() && second.is_some());
            assert!(limits.enter("a").await.is_none(), "the host's places are taken");
            let third = limits.enter("b").await;
            assert!(third.is_some(), "another host has places");
            assert!(limits.enter("c").await.is_none(), "all places are taken");
            drop(first);
            assert!(limits.enter("c").await.is_some());
        });
    }

    #[test]
    fn a_place_is_free_when_its_last_holder_is_gone_and_quiet_hosts_are_forgotten() {
        block_on(async {
            let limits = Limits::new(1, 1);
            let place = limits.enter("a").await.unwrap();
            let thread = place.clone();
            drop(place);
            assert!(limits.enter("b").await.is_none(), "a thread still asks");
            drop(thread);
            drop(limits.enter("b").await.unwrap());
            drop(limits.enter("c").await.unwrap());
            assert_eq!(limits.hosts.lock().unwrap().len(), 1);
        });
    }
}
