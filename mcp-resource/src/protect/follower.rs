//! Follows the live feed: connects, reads lines, connects again. Never gives up; what is missing meanwhile is introspected.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use reqwest::Response;
use uuid::Uuid;

use super::feed::{Feed, Next};
use super::keys::Keys;
use super::server::{AuthorizationServer, Away};
use super::verify::SKEW;
use crate::wire::feed::Line;
use crate::wire::{Clock, Timestamp};

const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_LINE: usize = 64 * 1024;
const SWEEP_INTERVAL: Duration = Duration::from_mins(1);
/// Of the same complaint, every so many are logged.
const REPEAT_COMPLAINT: u32 = 30;

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("{0}")]
    Away(#[from] Away),
    #[error("silent for too long")]
    Silent,
    #[error("closed by the server")]
    Closed,
    #[error("a line is too long")]
    LongLine,
    #[error("a line cannot be read: {0}")]
    Unreadable(serde_json::Error),
    #[error("what was heard does not fit together")]
    Inconsistent,
}

impl From<reqwest::Error> for Ended {
    fn from(error: reqwest::Error) -> Self {
        Self::Away(error.into())
    }
}

pub(super) struct Follower {
    pub feed: Arc<Feed>,
    pub keys: Arc<Keys>,
    pub server: Arc<AuthorizationServer>,
    pub clock: Clock,
    pub stale_after: Duration,
    pub longest_token_lifetime: Duration,
}

impl Follower {
    /// Runs until its task is ended.
    pub(super) async fn follow(self) {
        let mut pause = SHORTEST_PAUSE;
        let mut failures: u32 = 0;
        loop {
            let connected_at = Instant::now();
            let ended = self.connection().await;
            if connected_at.elapsed() >= LONGEST_PAUSE {
                (pause, failures) = (SHORTEST_PAUSE, 0);
            }
            if failures.is_multiple_of(REPEAT_COMPLAINT) {
                complain(&ended);
            }
            failures = failures.saturating_add(1);
            // A line that cannot be understood may have been anything: nothing known is relied on any more.
            if matches!(ended, Ended::LongLine | Ended::Unreadable(_) | Ended::Inconsistent) {
                self.feed.start_over();
            }
            tokio::time::sleep(jittered(pause)).await;
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }

    /// One connection, from its opening to its end.
    async fn connection(&self) -> Ended {
        let cursor = self.feed.connect();
        let mut response = match self.server.feed(cursor.as_ref()).await {
            Ok(response) => response,
            Err(away) => return away.into(),
        };
        let mut buffer = BytesMut::new();
        let mut swept_at = self.clock.now();
        loop {
            if let Err(ended) = self.take_lines(&mut buffer) {
                return ended;
            }
            let now = self.clock.now();
            if now.since(swept_at) >= SWEEP_INTERVAL {
                self.feed.forget(self.forgettable(now));
                swept_at = now;
            }
            match self.next_chunk(&mut response).await {
                Ok(chunk) => buffer.extend_from_slice(&chunk),
                Err(ended) => return ended,
            }
        }
    }

    async fn next_chunk(&self, response: &mut Response) -> Result<bytes::Bytes, Ended> {
        match tokio::time::timeout(self.stale_after, response.chunk()).await {
            Ok(chunk) => chunk?.ok_or(Ended::Closed),
            Err(_) => Err(Ended::Silent),
        }
    }

    /// Takes in every whole line of the buffer and leaves the rest.
    fn take_lines(&self, buffer: &mut BytesMut) -> Result<(), Ended> {
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line = buffer.split_to(end.saturating_add(1));
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let line: Line = serde_json::from_slice(line).map_err(Ended::Unreadable)?;
            match self.feed.take(line, self.clock.now()) {
                Next::Go => {}
                Next::FetchKeys => self.keys.want_refresh(),
                Next::StartOver => return Err(Ended::Inconsistent),
            }
        }
        if buffer.len() > LONGEST_LINE { Err(Ended::LongLine) } else { Ok(()) }
    }

    fn forgettable(&self, now: Timestamp) -> Timestamp {
        // Twice the skew: once for a token that was let in early, once for a clock that was set meanwhile.
        now.minus(self.longest_token_lifetime).minus(SKEW).minus(SKEW)
    }
}

fn complain(ended: &Ended) {
    match ended {
        Ended::Away(away @ Away::Credentials) => tracing::error!(reason = %away, "the revocation feed refuses us"),
        Ended::Closed => tracing::info!("the revocation feed was closed; connecting again"),
        _ => tracing::warn!(reason = %ended, "the revocation feed broke off; tokens are introspected once it is stale"),
    }
}

/// Between half and all of `pause`, so that resource servers do not come back in step.
fn jittered(pause: Duration) -> Duration {
    let half = pause / 2;
    let spread = u64::try_from(half.as_millis()).unwrap_or_default().saturating_add(1);
    let random = Uuid::new_v4().as_u64_pair().1 % spread;
    half.saturating_add(Duration::from_millis(random))
}
