//! Writes down what has ended, and removes what is no longer needed, a few rows at a time: a refresh waits for one small
//! batch at most, also while all connections of a client with 100,000 are ended (decision 4).

use std::collections::HashSet;
use std::time::Duration;

use mcp_resource::wire::feed::Target;

use crate::domain::connection::EndReason;
use crate::domain::overdue::{SUPERSEDED_IDLE, Unended};
use crate::domain::purchase;
use crate::domain::restriction::{Effect, Restriction};
use crate::domain::session_state::end_reason_of;
use crate::domain::token::Lifetimes;
use crate::domain::{Clock, IssuerId, Timestamp};
use crate::storage::restrictions::Made;
use crate::storage::retention::Due;
use crate::storage::sweeping::{self, Reached, Stretch};
use crate::storage::{
    Database, StorageError, StorageResult, Tx, client_assertions, clients, refusals, restrictions, retention,
    signing_keys, uses,
};

/// Rows that one transaction changes or removes.
const BATCH: i64 = 25;
/// Connections that one query looks through.
const WINDOW: i64 = 1_000;
/// The least time between two batches, so that others get their turn.
const PAUSE: Duration = Duration::from_millis(4);
/// ... and as many times as long as the batch took: the busier the database, the rarer the batches.
const SHARE: u32 = 12;
/// Clocks of replicas and of resource servers may differ by this much.
const MARGIN: Duration = Duration::from_mins(5);

/// How long what is kept.
#[derive(Debug, Clone, Copy)]
pub struct Ages {
    pub networks: Duration,
    pub refusals: Duration,
    /// Of purchases that were completed, or came to nothing.
    pub addresses: Duration,
    /// The orders of deleted accounts.
    pub orders: Duration,
}

/// Runs by itself beside the server; on PostgreSQL any replica may, and several do no harm.
pub struct Sweeper {
    db: Database,
    clock: Clock,
    lifetimes: Lifetimes,
    ages: Ages,
    /// Not-before rows whose connections have been ended already.
    done: HashSet<(String, Target, Timestamp)>,
}

/// What one run has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    pub ended: usize,
    pub removed: usize,
}

impl Swept {
    fn add(&mut self, other: Self) {
        self.ended = self.ended.saturating_add(other.ended);
        self.removed = self.removed.saturating_add(other.removed);
    }
}

impl Sweeper {
    pub fn new(db: Database, clock: Clock, lifetimes: Lifetimes, ages: Ages) -> Self {
        Self { db, clock, lifetimes, ages, done: HashSet::new() }
    }

    /// Ends what restrictions cover: soon after each, so run every few seconds.
    pub async fn end_shut_out(&mut self, issuers: &[IssuerId]) -> StorageResult<Swept> {
        let mut swept = Swept::default();
        for issuer_id in issuers {
            let issuer = issuer_id.clone();
            let made: StorageResult<Vec<Made>> = self.db.read(move |c| restrictions::list(c, &issuer)).await;
            for Made { restriction, by } in made? {
                match restriction.effect {
                    Effect::NotBefore => {
                        swept.add(self.end_covered(issuer_id, &restriction, end_reason_of(&by)).await?);
                    }
                    // Every token that it was about has expired.
                    Effect::Narrowed if restriction.since.plus(self.longest_token()) < self.clock.now() => {
                        let issuer = issuer_id.clone();
                        let forgotten: StorageResult<bool> =
                            self.db.write(move |tx| restrictions::forget(tx, &issuer, &restriction)).await;
                        swept.removed = swept.removed.saturating_add(usize::from(forgotten?));
                    }
                    Effect::Narrowed | Effect::Paused | Effect::PausedByShopper | Effect::Off => {}
                }
            }
        }
        Ok(swept)
    }

    /// One not-before row. When no token older than it can live, a last look, and the row goes.
    async fn end_covered(
        &mut self,
        issuer_id: &IssuerId,
        restriction: &Restriction,
        reason: EndReason,
    ) -> StorageResult<Swept> {
        let key = (issuer_id.to_string(), restriction.target.clone(), restriction.since);
        let is_over = restriction.since.plus(self.longest_token()) < self.clock.now();
        if self.done.contains(&key) && !is_over {
            return Ok(Swept::default());
        }
        let mut swept = Swept::default();
        let mut reached = Reached::default();
        loop {
            let (issuer, target, since) = (issuer_id.clone(), restriction.target.clone(), restriction.since);
            let after = reached.clone();
            let batch: StorageResult<Vec<Reached>> =
                self.db.read(move |c| sweeping::list_shut_out(c, &issuer, (&target, since), &after, BATCH)).await;
            let batch = batch?;
            let Some(last) = batch.last() else { break };
            reached = last.clone();
            let (ids, now): (Vec<String>, _) = (batch.into_iter().map(|row| row.id).collect(), self.clock.now());
            let ended = self.batch(move |tx| sweeping::end(tx, &ids, reason, now)).await?;
            swept.ended = swept.ended.saturating_add(ended);
        }
        if is_over {
            self.done.remove(&key);
            let (issuer, restriction) = (issuer_id.clone(), restriction.clone());
            let forgotten: StorageResult<bool> =
                self.db.write(move |tx| restrictions::forget(tx, &issuer, &restriction)).await;
            swept.removed = usize::from(forgotten?);
        } else {
            self.done.insert(key);
        }
        Ok(swept)
    }

    /// Ends connections whose time is over: run every hour or so.
    pub async fn end_overdue(&self) -> StorageResult<Swept> {
        let now = self.clock.now();
        let mut swept = Swept::default();
        let mut after = String::new();
        loop {
            let from = after.clone();
            let found = self.db.read(move |c| {
                let (unended, last) = sweeping::list_unended(c, &from, WINDOW)?;
                let mut grants: Vec<&str> = unended.iter().map(|connection| connection.grant_id.as_str()).collect();
                grants.dedup();
                let newest = sweeping::newest_of_grants(c, &grants)?;
                Ok::<_, StorageError>((overdue(&unended, &newest, now), last))
            });
            let (overdue, last) = found.await?;
            for (reason, ids) in overdue {
                for chunk in ids.chunks(usize::try_from(BATCH).unwrap_or(1)) {
                    let chunk = chunk.to_vec();
                    let ended = self.batch(move |tx| end_idle(tx, &chunk, reason, now)).await?;
                    swept.ended = swept.ended.saturating_add(ended);
                }
            }
            let Some(last) = last else { return Ok(swept) };
            after = last;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Removes what nobody needs any more: run every minute or so.
    pub async fn remove_old(&self, issuers: &[IssuerId]) -> StorageResult<Swept> {
        let (now, ages) = (self.clock.now(), self.ages);
        let tokens_gone = now.minus(self.longest_token());
        let mut removed = 0_usize;
        removed += self.repeat(move |tx| sweeping::delete_expired_sessions(tx, now, BATCH)).await?;
        // A retired key is published as long as a token of its may live.
        removed += self.repeat(move |tx| signing_keys::delete_retired(tx, tokens_gone, BATCH)).await?;
        removed += self.repeat(move |tx| clients::delete_expired(tx, now, BATCH)).await?;
        removed += self.repeat(move |tx| sweeping::delete_revoked_tokens(tx, now.minus(MARGIN), BATCH)).await?;
        removed += self.repeat(move |tx| client_assertions::delete_expired(tx, now.minus(MARGIN), BATCH)).await?;
        removed += self.repeat(move |tx| uses::delete_expired(tx, now.minus(MARGIN), BATCH)).await?;
        removed += self.repeat(move |tx| sweeping::delete_networks(tx, now.minus(ages.networks), BATCH)).await?;
        let without_orders = now.minus(self.lifetimes.connection.saturating_add(self.longest_token()));
        let due = Due { with_orders: now.minus(ages.orders), without_orders };
        removed += self.repeat(move |tx| retention::delete_tombstones(tx, due, BATCH)).await?;
        for issuer_id in issuers {
            let id = issuer_id.clone();
            removed += self.repeat(move |tx| sweeping::delete_events(tx, &id, tokens_gone, BATCH)).await?;
            let id = issuer_id.clone();
            let before = now.minus(purchase::KEPT_UNSOLD);
            removed += self.repeat(move |tx| sweeping::delete_unsold(tx, &id, before, BATCH)).await?;
            let id = issuer_id.clone();
            // A rule asks for them as long as a purchase can still be used.
            let before = now.minus(ages.addresses.max(purchase::LONGEST));
            removed += self.repeat(move |tx| retention::forget_addresses(tx, &id, (before, now), BATCH)).await?;
            let id = issuer_id.clone();
            let before = now.minus(ages.refusals);
            removed += self.repeat(move |tx| refusals::delete_before(tx, &id, before, BATCH)).await?;
        }
        Ok(Swept { ended: 0, removed })
    }

    /// Batch after batch, until one removes nothing.
    async fn repeat<F>(&self, remove: F) -> StorageResult<usize>
    where
        F: Fn(&mut Tx<'_>) -> StorageResult<usize> + Clone + Send + 'static,
    {
        let mut removed = 0_usize;
        loop {
            let batch = self.batch(remove.clone()).await?;
            if batch == 0 {
                return Ok(removed);
            }
            removed = removed.saturating_add(batch);
        }
    }

    /// One batch, and the pause after it.
    async fn batch<F>(&self, change: F) -> StorageResult<usize>
    where
        F: FnOnce(&mut Tx<'_>) -> StorageResult<usize> + Send + 'static,
    {
        let began = tokio::time::Instant::now();
        let changed: StorageResult<usize> = self.db.write(change).await;
        tokio::time::sleep(PAUSE.max(began.elapsed() * SHARE)).await;
        changed
    }

    /// After this long nothing matters any more that was true of an access token, or of a purchase.
    fn longest_token(&self) -> Duration {
        self.lifetimes.access.max(self.lifetimes.checkout).max(purchase::LONGEST).saturating_add(MARGIN)
    }
}

fn overdue(unended: &[Unended], newest: &[(String, Timestamp)], now: Timestamp) -> Vec<(EndReason, Vec<String>)> {
    let newest: std::collections::HashMap<&str, Timestamp> =
        newest.iter().map(|(grant_id, at)| (grant_id.as_str(), *at)).collect();
    let of = |reason| {
        let newest = |connection: &Unended| newest.get(connection.grant_id.as_str()).copied();
        let is_it = |connection: &&Unended| connection.overdue(now, newest(connection)) == Some(reason);
        (reason, unended.iter().filter(is_it).map(|connection| connection.id.clone()).collect::<Vec<_>>())
    };
    [EndReason::NeverUsed, EndReason::Expired, EndReason::Superseded].map(of).into()
}

/// Used in the meantime, a superseded one stays. Its end is the system's doing, so it is in the trail.
fn end_idle(tx: &mut Tx<'_>, ids: &[String], reason: EndReason, now: Timestamp) -> StorageResult<usize> {
    if reason != EndReason::Superseded {
        return sweeping::end(tx, ids, reason, now);
    }
    let used = Stretch { from: Timestamp::MIN, until: now.minus(SUPERSEDED_IDLE) };
    let ended = sweeping::end_used_within(tx, ids, reason, (used, now))?;
    for connection in &ended {
        super::record_end(tx, connection, reason, ("system", now));
    }
    Ok(ended.len())
}

#[cfg(test)]
mod tests;
