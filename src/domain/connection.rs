//! One approved authorization of a grant, and the state of its one row (decision 1).
//!
//! Its authorization code is generation 0; redeeming it moves the row to generation 1, each refresh to the next. The database
//! decides who moves the row; when nobody could, [`Connection::judge`] says what that means.

use std::time::Duration;

use super::authentication::Authentication;
use super::client::words;
use super::pkce::CodeChallenge;
use super::spending_limit::SpendingLimit;
use super::{ClientId, ConnectionId, GrantId, IssuerId, ScopeSet, ShopperId, Timestamp};

words! {
    /// Why a connection is over.
    EndReason {
        /// A superseded refresh token came back after its grace.
        RefreshReused = "refresh_reused",
        /// A redeemed code came back with the right verifier.
        CodeReused = "code_reused",
        /// The agent called the revocation endpoint.
        RevokedByClient = "revoked_by_client",
        RevokedByShopper = "revoked_by_shopper",
        RevokedByStaff = "revoked_by_staff",
        /// The operator retired the version of the secret that its newest token was made under.
        SecretRetired = "secret_retired",
        /// Another connection of its grant has taken over, and this one was idle since.
        Superseded = "superseded",
        /// The code was never redeemed.
        NeverUsed = "never_used",
        Expired = "expired",
    }
}

/// A stretch of time in which superseded generations are still answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraceWindow {
    pub began_at: Timestamp,
    /// What its first rotation superseded: this generation and all later ones are covered.
    pub generation: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub id: ConnectionId,
    pub issuer_id: IssuerId,
    pub grant_id: GrantId,
    pub client_id: ClientId,
    pub shopper_id: ShopperId,
    /// The `sub` of its tokens.
    pub subject: String,
    /// The shopper in the audit trail.
    pub pseudonym: String,
    pub resource: String,
    pub scope: ScopeSet,
    pub generation: i64,
    pub code_challenge: CodeChallenge,
    pub redirect_uri: String,
    pub code_expires_at: Timestamp,
    pub refreshable: bool,
    /// Its code was redeemed with a key (`private_key_jwt`): it never goes on without one.
    pub proved_by_key: bool,
    pub connected_at: Timestamp,
    /// Of the session in which the shopper consented.
    pub authentication: Authentication,
    pub elevated_until: Timestamp,
    /// The grant's ceiling, as its tokens say it.
    pub limit: Option<SpendingLimit>,
    pub expires_at: Timestamp,
    pub last_used_at: Timestamp,
    /// Without use for so long, it ends: as the shopper was told.
    pub idle_limit: Duration,
    pub last_network: String,
    pub window: GraceWindow,
    pub earlier_window: GraceWindow,
    /// Answers given under grace, in all and in the current window.
    pub grace_replays: i64,
    pub window_replays: i64,
    pub ended: Option<(Timestamp, EndReason)>,
}

/// What a refresh token means that did not move the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A parallel process of the same agent: answer with the current generation (H12).
    Grace,
    /// Reuse: end the connection, tell the merchant.
    Reused,
    /// The row is behind a token that we minted: the database went back in time. Refuse, end nothing, raise the alarm.
    FromTheFuture,
    /// Ended, expired, idle for too long, shut out, or not to stay any more.
    Dead,
}

/// Above this many graces in one window the merchant is told, once a window.
pub const SUSPICIOUS_REPLAYS: i64 = 10;

impl Connection {
    /// What it means that `generation`, presented by this connection's own public or authenticated client with a valid MAC
    /// and the right seed, did not move the row.
    pub fn judge(&self, generation: i64, client_is_public: bool, now: Timestamp, grace: Duration) -> Verdict {
        if generation > self.generation {
            return Verdict::FromTheFuture;
        }
        if !self.is_live(now) || generation == self.generation {
            return Verdict::Dead;
        }
        let forgiven = client_is_public
            && [self.window, self.earlier_window].iter().any(|window| window.covers(generation, now, grace));
        match (forgiven, self.refreshable) {
            (true, true) => Verdict::Grace,
            (true, false) => Verdict::Dead,
            (false, _) => Verdict::Reused,
        }
    }

    /// When it ends, if nobody uses it.
    pub fn ends_at(&self) -> Timestamp {
        self.expires_at.min(self.last_used_at.plus(self.idle_limit))
    }

    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended.is_none() && self.ends_at() > now
    }
}

impl GraceWindow {
    /// No generation is covered by a window that never began.
    pub const NEVER: Self = Self { began_at: Timestamp::from_micros(0), generation: 0 };

    /// Every superseded generation gets at least `grace` and never more than twice that (decision 1). A code (generation 0) gets
    /// none: windows start at generation 1.
    fn covers(self, generation: i64, now: Timestamp, grace: Duration) -> bool {
        self.generation >= 1 && generation >= self.generation && now <= self.began_at.plus(grace * 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GRACE: Duration = Duration::from_mins(2);

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_000_000 + secs)
    }

    /// The same step that the database takes: see `storage::connections::rotate`.
    fn rotate(windows: &mut (GraceWindow, GraceWindow), generation: i64, now: Timestamp) {
        if now > windows.0.began_at.plus(GRACE) {
            windows.1 = windows.0;
            windows.0 = GraceWindow { began_at: now, generation };
        }
    }

    proptest! {
        #[test]
        fn every_superseded_generation_gets_at_least_one_grace_and_at_most_two(steps in prop::collection::vec(1_i64..200, 1..40)) {
            let mut windows = (GraceWindow::NEVER, GraceWindow::NEVER);
            let mut superseded = Vec::new();
            let mut now = 0;
            for (generation, step) in (1_i64..).zip(steps) {
                now += step;
                rotate(&mut windows, generation, at(now));
                superseded.push((generation, now));
                let covered = |g| windows.0.covers(g, at(now), GRACE) || windows.1.covers(g, at(now), GRACE);
                for &(generation, since) in &superseded {
                    let age = now - since;
                    if age <= 120 { prop_assert!(covered(generation), "{generation} after {age}"); }
                    if age > 240 { prop_assert!(!covered(generation), "{generation} after {age}"); }
                }
            }
        }
    }
}
