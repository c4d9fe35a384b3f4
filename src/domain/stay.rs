//! How long an agent stays connected at most (spec/pages.md 5.2): as long as the shopper says, within what the merchant
//! allows. Without use it ends earlier.

use std::time::Duration;

use super::Timestamp;
use super::client::words;

const DAY: Duration = Duration::from_hours(24);
const WEEK: Duration = Duration::from_hours(24 * 7);
const MONTH: Duration = Duration::from_hours(24 * 30);

words! {
    /// What the shopper can choose.
    #[derive(Default)]
    Stay {
        /// Until what the agent has already ends: a step-up need not prolong anything.
        Kept = "kept",
        Day = "day",
        Week = "week",
        Month = "month",
        /// As long as the merchant allows.
        #[default]
        Longest = "longest",
    }
}

impl Stay {
    const ALL: [Self; 5] = [Self::Kept, Self::Day, Self::Week, Self::Month, Self::Longest];

    /// Those that are shorter than `longest`, and `longest` itself; [`Stay::Kept`] where there is something to keep.
    pub fn offered(longest: Duration, has_kept: bool) -> Vec<Self> {
        let is_offered = |choice: &Self| match choice {
            Self::Kept => has_kept,
            Self::Longest => true,
            _ => choice.length().is_some_and(|length| length < longest),
        };
        Self::ALL.into_iter().filter(is_offered).collect()
    }

    /// When a connection ends that begins `now`. Never later than `longest` after it, whatever was kept.
    pub fn until(self, now: Timestamp, longest: Duration, kept: Option<Timestamp>) -> Timestamp {
        let latest = now.plus(longest);
        let wanted = match self {
            Self::Kept => kept,
            _ => self.length().map(|length| now.plus(length)),
        };
        wanted.map_or(latest, |wanted| wanted.min(latest))
    }

    const fn length(self) -> Option<Duration> {
        match self {
            Self::Day => Some(DAY),
            Self::Week => Some(WEEK),
            Self::Month => Some(MONTH),
            Self::Kept | Self::Longest => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[test]
    fn what_is_offered_is_shorter_than_what_the_merchant_allows() {
        assert_eq!(Stay::offered(3 * MONTH, false), [Stay::Day, Stay::Week, Stay::Month, Stay::Longest]);
        assert_eq!(Stay::offered(MONTH, true), [Stay::Kept, Stay::Day, Stay::Week, Stay::Longest]);
        assert_eq!(Stay::offered(DAY, false), [Stay::Longest]);
    }

    #[test]
    fn nobody_stays_longer_than_the_merchant_allows_whatever_was_chosen_or_kept() {
        for longest in [Duration::from_hours(1), DAY, WEEK, 3 * MONTH] {
            for choice in Stay::ALL {
                for kept in [None, Some(NOW), Some(NOW.plus(WEEK)), Some(NOW.plus(12 * MONTH))] {
                    let until = choice.until(NOW, longest, kept);
                    assert!(until <= NOW.plus(longest), "{choice:?} {longest:?}");
                }
            }
        }
        assert_eq!(Stay::Week.until(NOW, MONTH, None), NOW.plus(WEEK));
        assert_eq!(Stay::Kept.until(NOW, MONTH, Some(NOW.plus(DAY))), NOW.plus(DAY));
    }
}
