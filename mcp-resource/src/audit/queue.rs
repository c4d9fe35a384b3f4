//! The bounded queue between calls and the sender. Two lanes: real calls, and refusals, of which there may be a flood.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::UNREAD;
use crate::wire::audit::ToolCall;

/// About 10 MB; at 100 calls a second a minute and a half without the authorization server.
const MOST_CALLS: usize = 10_000;
const MOST_REFUSALS: usize = 1_000;
/// The most records of one batch.
pub(super) const BATCH: usize = 200;

#[derive(Debug, Default)]
struct Lanes {
    calls: VecDeque<ToolCall>,
    refusals: VecDeque<ToolCall>,
    dropped: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Queue {
    lanes: Mutex<Lanes>,
    full_batch: Notify,
}

impl Queue {
    pub(super) fn push(&self, call: ToolCall) {
        let mut lanes = self.lanes();
        let (lane, most) =
            if call.tool == UNREAD { (&mut lanes.refusals, MOST_REFUSALS) } else { (&mut lanes.calls, MOST_CALLS) };
        let overflows = lane.len() >= most;
        if overflows {
            lane.pop_front();
        }
        lane.push_back(call);
        if overflows {
            lanes.dropped = lanes.dropped.saturating_add(1);
        }
        if lanes.calls.len().saturating_add(lanes.refusals.len()) >= BATCH {
            self.full_batch.notify_one();
        }
    }

    /// The next records to send, real calls first.
    pub(super) fn take(&self) -> Vec<ToolCall> {
        let mut lanes = self.lanes();
        let calls = lanes.calls.len().min(BATCH);
        let mut batch: Vec<ToolCall> = lanes.calls.drain(..calls).collect();
        let refusals = lanes.refusals.len().min(BATCH.saturating_sub(calls));
        batch.extend(lanes.refusals.drain(..refusals));
        batch
    }

    /// Returns when a whole batch is waiting.
    pub(super) async fn full_batch(&self) {
        self.full_batch.notified().await;
    }

    pub(super) fn dropped(&self) -> u64 {
        self.lanes().dropped
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ScopeSet, Timestamp};

    fn call(tool: &str, id: usize) -> ToolCall {
        ToolCall {
            id: id.to_string(),
            at: Timestamp::from_secs(0),
            tool: tool.into(),
            platform: "-".into(),
            status: 200,
            outcome: "ok".into(),
            latency_micros: 0,
            risk: 0,
            reference_id: String::new(),
            token: None,
            required_scope: ScopeSet::EMPTY,
            object_id: None,
            arguments_digest: None,
            evidence: None,
        }
    }

    #[test]
    fn the_oldest_gives_way_and_is_counted() {
        let queue = Queue::default();
        for id in 0..=MOST_CALLS {
            queue.push(call("search_products", id));
        }
        assert_eq!(queue.dropped(), 1);
        assert_eq!(queue.take()[0].id, "1");
    }

    #[test]
    fn a_flood_of_refusals_pushes_out_no_call() {
        let queue = Queue::default();
        queue.push(call("search_products", 7));
        for id in 0..MOST_REFUSALS * 3 {
            queue.push(call(UNREAD, id));
        }
        let batch = queue.take();
        assert_eq!((batch.len(), batch[0].id.as_str()), (BATCH, "7"));
    }
}
