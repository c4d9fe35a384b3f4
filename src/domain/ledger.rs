//! What a grant's purchases count for, and when: reserved at approval, consumed by the store, then committed with an order or
//! released (decision 5). Periods are calendar months in the store's time zone.

use chrono::{DateTime, Datelike as _};
use mcp_resource::wire::money::Currency;

use super::client::words;
use super::elevation::zone;
use super::spending_limit::SpendingLimit;
use super::{GrantId, Money, Timestamp};

words! {
    /// How far the money of a purchase has come.
    ReservationState {
        /// Approved. Counts until its time is over.
        Reserved = "reserved",
        /// The store is placing the order. Counts until the store says what became of it, whatever the time.
        Consumed = "consumed",
        /// There is an order. Counts for good: refunds release nothing by themselves.
        Committed = "committed",
        /// No order will come of it. Counts no longer.
        Released = "released",
        /// Its time was over before the store took it. Counts no longer.
        Expired = "expired",
    }
}

impl ReservationState {
    pub const fn counts(self) -> bool {
        matches!(self, Self::Reserved | Self::Consumed | Self::Committed)
    }
}

/// A calendar month, such as `2026-11`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(String);

impl Period {
    /// The month that `at` lies in, where the store is.
    pub fn of(at: Timestamp, time_zone: &str) -> Self {
        let utc = DateTime::from_timestamp_micros(at.as_micros()).unwrap_or_default();
        let there = utc.with_timezone(&zone(time_zone));
        Self(format!("{:04}-{:02}", there.year(), there.month()))
    }

    pub fn from_column(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an approval sets aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub grant_id: GrantId,
    pub purchase_id: String,
    /// The purchase's total.
    pub amount: Money,
    pub at: Timestamp,
    /// When it counts no longer, unless the store has consumed it.
    pub until: Timestamp,
}

/// What became of the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserving {
    Reserved,
    OverLimit(OverLimit),
}

/// An approval that the shopper's ceiling does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverLimit {
    pub limit: SpendingLimit,
    /// What counts in the month already, in minor units of the limit's currency.
    pub spent: i64,
}

impl OverLimit {
    /// The one order is too large by itself: waiting for the next month would not help.
    pub fn is_by_order(&self, amount: Money) -> bool {
        self.limit.per_order.is_some_and(|most| amount.amount > most)
    }
}

/// Whether `amount` is above the ceilings when `spent` counts in the month already: the rule that the ledger's one statement
/// decides by, for pages that want to know before. A cart in another currency is not measured.
pub fn over_limit(limit: Option<SpendingLimit>, spent: i64, amount: Money) -> Option<OverLimit> {
    let limit = limit.filter(|limit| limit.currency == amount.currency)?;
    let is_over = limit.per_order.is_some_and(|most| amount.amount > most)
        || limit.per_month.is_some_and(|most| spent.saturating_add(amount.amount) > most);
    is_over.then_some(OverLimit { limit, spent })
}

/// What is left of a month's ceiling: never below zero, also where the ceiling was lowered below what is spent.
pub fn left(most: i64, spent: i64) -> i64 {
    most.saturating_sub(spent).max(0)
}

/// How much counts in a period, of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    pub grant_id: GrantId,
    pub currency: Currency,
    pub amount: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_the_stores_midnight() {
        let at = |text: &str| Timestamp::from_micros(DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros());
        assert_eq!(Period::of(at("2026-11-30T22:59:59Z"), "Europe/Paris").as_str(), "2026-11");
        assert_eq!(Period::of(at("2026-11-30T23:00:00Z"), "Europe/Paris").as_str(), "2026-12");
        assert_eq!(Period::of(at("2026-12-01T04:59:59Z"), "America/New_York").as_str(), "2026-11");
        assert_eq!(Period::of(at("2026-12-31T23:30:00Z"), "UTC").as_str(), "2026-12");
        assert_eq!(Period::of(at("2026-12-31T23:30:00Z"), "Pacific/Auckland").as_str(), "2027-01");
        assert_eq!(Period::of(at("2026-12-31T23:30:00Z"), "No/Such_Zone").as_str(), "2026-12");
    }

    #[test]
    fn either_ceiling_holds_by_itself_and_another_currency_is_not_measured() {
        let euros = |amount| Money::new(amount, "EUR".parse().unwrap());
        let limit = SpendingLimit::new("EUR".parse().unwrap(), Some(8_000), Some(20_000));
        assert_eq!(over_limit(limit, 0, euros(8_000)), None);
        assert!(over_limit(limit, 0, euros(8_001)).is_some_and(|over| over.is_by_order(euros(8_001))));
        assert_eq!(over_limit(limit, 12_000, euros(8_000)), None);
        assert!(over_limit(limit, 12_001, euros(8_000)).is_some_and(|over| !over.is_by_order(euros(8_000))));
        assert_eq!(over_limit(limit, i64::MAX, Money::new(8_001, "JPY".parse().unwrap())), None);
        assert_eq!(over_limit(None, 0, euros(i64::MAX)), None);
        assert_eq!(left(20_000, 30_000), 0);
    }
}
