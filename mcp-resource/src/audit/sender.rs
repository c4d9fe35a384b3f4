//! Sends what was recorded, in batches, until it has arrived. A batch sent twice has the same ids and is kept once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::queue::Queue;
use crate::protect::{AuthorizationServer, Away};
use crate::wire::audit::ToolCallBatch;

const INTERVAL: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

pub(crate) struct Sender {
    pub queue: Arc<Queue>,
    pub server: Arc<AuthorizationServer>,
    /// Turns true when the process ends.
    pub ending: watch::Receiver<bool>,
}

impl Sender {
    /// Runs until told to end, and then until the queue is empty or a batch does not arrive.
    pub(crate) async fn run(mut self) {
        let mut dropped = 0;
        while !self.is_ending() {
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                () = self.queue.full_batch() => {}
                _ = self.ending.changed() => {}
            }
            let now_dropped = self.queue.dropped();
            if now_dropped > dropped {
                tracing::warn!(dropped = now_dropped, "audit records were dropped: the authorization server is away");
                dropped = now_dropped;
            }
            self.send_all().await;
        }
    }

    async fn send_all(&mut self) {
        loop {
            let calls = self.queue.take();
            if calls.is_empty() || !self.deliver(ToolCallBatch { calls }).await {
                return;
            }
        }
    }

    /// Tries until the batch has arrived, or can never arrive, or the process ends.
    async fn deliver(&mut self, batch: ToolCallBatch) -> bool {
        let mut pause = INTERVAL;
        loop {
            match self.server.take_records(&batch).await {
                Ok(()) => return true,
                // It was read and refused: it would be refused again, and hold up everything behind it.
                Err(Away::Status(status)) if status.is_client_error() && status.as_u16() != 429 => {
                    tracing::error!(%status, records = batch.calls.len(), "audit records were refused and are lost");
                    return true;
                }
                Err(away) => tracing::warn!(reason = %away, "audit records could not be sent; trying again"),
            }
            if self.is_ending() {
                tracing::error!(records = batch.calls.len(), "audit records are lost at the end of the process");
                return false;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = self.ending.changed() => {}
            }
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }

    /// Also when nobody is left who could tell.
    fn is_ending(&self) -> bool {
        *self.ending.borrow() || self.ending.has_changed().is_err()
    }
}
