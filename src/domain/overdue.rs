//! Which connections have come to their end by themselves, and why (decision 3). They are dead already for every check of
//! their time; the sweeper only writes it down.

use std::time::Duration;

use super::connection::{Connection, EndReason};
use super::{IssuerId, Timestamp};

/// After this long without use, a connection ends whose grant has a later one (decision 3).
pub const SUPERSEDED_IDLE: Duration = Duration::from_hours(7 * 24);

/// A connection that has not ended, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unended {
    pub id: String,
    pub issuer_id: IssuerId,
    pub grant_id: String,
    pub is_redeemed: bool,
    pub code_expires_at: Timestamp,
    pub connected_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_used_at: Timestamp,
    pub idle_limit: Duration,
}

impl Unended {
    /// Why it has come to its end, if it has. `newest` is when the newest used connection of its grant was made.
    pub fn overdue(&self, now: Timestamp, newest: Option<Timestamp>) -> Option<EndReason> {
        let unused_for = now.since(self.last_used_at);
        if !self.is_redeemed && self.code_expires_at <= now {
            return Some(EndReason::NeverUsed);
        }
        if self.expires_at <= now || unused_for >= self.idle_limit {
            return Some(EndReason::Expired);
        }
        let is_superseded = newest.is_some_and(|newest| self.is_superseded(newest));
        (is_superseded && unused_for >= SUPERSEDED_IDLE).then_some(EndReason::Superseded)
    }

    /// Whether nobody has used it since the newest used connection of its grant, made at `newest`, took over.
    pub fn is_superseded(&self, newest: Timestamp) -> bool {
        newest > self.connected_at && self.last_used_at <= newest
    }
}

impl From<&Connection> for Unended {
    fn from(connection: &Connection) -> Self {
        Self {
            id: connection.id.to_string(),
            issuer_id: connection.issuer_id.clone(),
            grant_id: connection.grant_id.to_string(),
            is_redeemed: connection.generation > 0,
            code_expires_at: connection.code_expires_at,
            connected_at: connection.connected_at,
            expires_at: connection.expires_at,
            last_used_at: connection.last_used_at,
            idle_limit: connection.idle_limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn used_at(day: i64) -> Unended {
        Unended {
            id: String::new(),
            issuer_id: IssuerId::new("i"),
            grant_id: String::new(),
            is_redeemed: true,
            code_expires_at: Timestamp::from_secs(60),
            connected_at: Timestamp::from_secs(0),
            expires_at: Timestamp::from_secs(90 * DAY),
            last_used_at: Timestamp::from_secs(day * DAY),
            idle_limit: Duration::from_hours(30 * 24),
        }
    }

    fn overdue(connection: &Unended, newest_day: Option<i64>, day: i64) -> Option<EndReason> {
        let newest = newest_day.map(|day| Timestamp::from_secs(day * DAY));
        connection.overdue(Timestamp::from_secs(day * DAY), newest)
    }

    #[test]
    fn a_connection_that_another_took_over_from_ends_after_seven_idle_days() {
        assert_eq!(overdue(&used_at(1), Some(2), 7), None);
        assert_eq!(overdue(&used_at(1), Some(2), 8), Some(EndReason::Superseded));
        // It was used after the later one began: two installations.
        assert_eq!(overdue(&used_at(3), Some(2), 20), None);
        assert_eq!(overdue(&used_at(1), None, 20), None);
    }

    #[test]
    fn time_ends_what_is_idle_old_or_never_redeemed() {
        assert_eq!(overdue(&used_at(1), None, 31), Some(EndReason::Expired));
        assert_eq!(overdue(&used_at(89), None, 90), Some(EndReason::Expired));
        assert_eq!(overdue(&Unended { is_redeemed: false, ..used_at(0) }, None, 1), Some(EndReason::NeverUsed));
    }
}
