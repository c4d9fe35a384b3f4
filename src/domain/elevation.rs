//! How long after a consent an agent may begin checkouts (decision 3): as long as the shopper says, within what the merchant
//! allows. Each token with checkout lives fifteen minutes at most, whatever the window.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Days, TimeZone as _};
use chrono_tz::Tz;

use super::Timestamp;

const THIS_PURCHASE: Duration = Duration::from_mins(15);
const DAY: Duration = Duration::from_hours(24);
const THIRTY_DAYS: Duration = Duration::from_hours(24 * 30);

/// What the shopper can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Elevation {
    #[default]
    ThisPurchase,
    /// Until midnight in the store's time zone.
    Today,
    ThirtyDays,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such elevation window")]
pub struct UnknownElevation;

impl Elevation {
    pub const ALL: [Self; 3] = [Self::ThisPurchase, Self::Today, Self::ThirtyDays];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThisPurchase => "purchase",
            Self::Today => "today",
            Self::ThirtyDays => "thirty-days",
        }
    }

    /// The cap of a merchant who allows this and nothing longer.
    pub const fn cap(self) -> Duration {
        match self {
            Self::ThisPurchase => THIS_PURCHASE,
            Self::Today => DAY,
            Self::ThirtyDays => THIRTY_DAYS,
        }
    }

    /// Those that a merchant's cap has room for. With one there is nothing to choose.
    pub fn offered(cap: Duration) -> Vec<Self> {
        Self::ALL.into_iter().filter(|choice| *choice == Self::ThisPurchase || choice.cap() <= cap).collect()
    }

    /// When it ends, for a consent given `now`. Never later than `cap` after it.
    pub fn until(self, now: Timestamp, zone: &str, cap: Duration) -> Timestamp {
        let wanted = match self {
            // Where the merchant allows no day but more than a purchase, that is what checkout lasts.
            Self::ThisPurchase if Self::offered(cap).len() == 1 => now.plus(cap),
            Self::ThisPurchase => now.plus(THIS_PURCHASE),
            Self::Today => midnight(now, zone).unwrap_or_else(|| now.plus(THIS_PURCHASE)),
            Self::ThirtyDays => now.plus(THIRTY_DAYS),
        };
        wanted.min(now.plus(cap))
    }
}

impl FromStr for Elevation {
    type Err = UnknownElevation;

    fn from_str(text: &str) -> Result<Self, UnknownElevation> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text).ok_or(UnknownElevation)
    }
}

/// The store's zone; UTC for a name that no longer exists.
pub fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// The next midnight there. A day that has none, as where clocks go forward at midnight, ends an hour later.
fn midnight(now: Timestamp, name: &str) -> Option<Timestamp> {
    let utc = DateTime::from_timestamp_micros(now.as_micros())?;
    let zone = zone(name);
    let tomorrow = utc.with_timezone(&zone).date_naive().checked_add_days(Days::new(1))?;
    let at = |hour| zone.from_local_datetime(&tomorrow.and_hms_opt(hour, 0, 0)?).earliest();
    at(0).or_else(|| at(1)).map(|at| Timestamp::from_micros(at.timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_micros(DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros())
    }

    #[test]
    fn by_default_there_is_nothing_to_choose_and_checkout_lasts_a_quarter_of_an_hour() {
        let cap = Duration::from_mins(15);
        assert_eq!(Elevation::offered(cap), [Elevation::ThisPurchase]);
        for choice in Elevation::ALL {
            assert!(choice.until(at("2026-11-22T11:00:00Z"), "UTC", cap) <= at("2026-11-22T11:15:00Z"));
        }
    }

    #[test]
    fn a_day_ends_at_the_stores_midnight_and_nothing_after_the_merchants_cap() {
        let month = Duration::from_hours(24 * 31);
        let now = at("2026-11-22T22:30:00Z");
        assert_eq!(Elevation::offered(month), Elevation::ALL);
        assert_eq!(Elevation::ThisPurchase.until(now, "Europe/Paris", month), at("2026-11-22T22:45:00Z"));
        assert_eq!(Elevation::Today.until(now, "Europe/Paris", month), at("2026-11-22T23:00:00Z"));
        assert_eq!(Elevation::Today.until(now, "America/New_York", month), at("2026-11-23T05:00:00Z"));
        assert_eq!(Elevation::ThirtyDays.until(now, "UTC", month), at("2026-12-22T22:30:00Z"));
        let day = Duration::from_hours(24);
        assert_eq!(Elevation::offered(day), [Elevation::ThisPurchase, Elevation::Today]);
        assert_eq!(Elevation::ThirtyDays.until(now, "UTC", day), at("2026-11-23T22:30:00Z"));
    }

    #[test]
    fn a_day_whose_midnight_does_not_exist_ends_when_the_next_begins() {
        // Beirut's clocks went from 23:59:59 to 01:00 on 2024-03-31.
        let now = at("2024-03-30T20:00:00Z");
        assert_eq!(Elevation::Today.until(now, "Asia/Beirut", THIRTY_DAYS), at("2024-03-30T22:00:00Z"));
    }
}
