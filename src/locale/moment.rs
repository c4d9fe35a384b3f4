//! A point in time as people read it: how far away in words, and exactly in UTC.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use mcp_resource::wire::Timestamp;

use super::Locale;

/// A point in time, ready for a `<time datetime>` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, in seconds and UTC: the `datetime` attribute.
    pub machine: String,
    /// `2026-11-22 00:35 UTC`: the same in every language.
    pub exact: String,
    /// "3 hours ago", "in 90 days".
    pub words: String,
}

impl Moment {
    pub fn new(at: Timestamp, now: Timestamp, locale: &Locale) -> Self {
        let utc: DateTime<Utc> = DateTime::from_timestamp_micros(at.as_micros()).unwrap_or_default();
        let words = if at > now { ahead(at.since(now), locale) } else { ago(now.since(at), locale) };
        Self {
            machine: utc.to_rfc3339_opts(SecondsFormat::Secs, true),
            exact: utc.format("%Y-%m-%d %H:%M UTC").to_string(),
            words,
        }
    }
}

/// How long ago, to the tenth of a second where that is new: for what was done a moment ago.
pub fn lately(past: Duration, locale: &Locale) -> String {
    if past >= Duration::from_secs(10) {
        return ago(past, locale);
    }
    let tenths = past.as_millis() / 100;
    let seconds = format!("{}{}{}", tenths / 10, locale.signs.decimal, tenths % 10);
    locale.t1("time-tenths-ago", &("seconds", seconds.as_str()))
}

/// How long ago.
fn ago(past: Duration, locale: &Locale) -> String {
    match Span::of(past) {
        Span::Seconds(seconds) if seconds < 10 => locale.t("time-now"),
        Span::Seconds(count) => locale.t1("time-seconds-ago", &("count", count)),
        Span::Minutes(count) => locale.t1("time-minutes-ago", &("count", count)),
        Span::Hours(count) => locale.t1("time-hours-ago", &("count", count)),
        Span::Days(count) => locale.t1("time-days-ago", &("count", count)),
    }
}

fn ahead(left: Duration, locale: &Locale) -> String {
    match Span::of(left) {
        Span::Seconds(count) => locale.t1("time-in-seconds", &("count", count)),
        Span::Minutes(count) => locale.t1("time-in-minutes", &("count", count)),
        Span::Hours(count) => locale.t1("time-in-hours", &("count", count)),
        Span::Days(count) => locale.t1("time-in-days", &("count", count)),
    }
}

/// A duration in its largest whole unit, with a little patience: 90 minutes are still minutes.
enum Span {
    Seconds(u32),
    Minutes(u32),
    Hours(u32),
    Days(u32),
}

impl Span {
    fn of(duration: Duration) -> Self {
        let seconds = u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
        match seconds {
            0..90 => Self::Seconds(seconds),
            90..5_400 => Self::Minutes(rounded(seconds, 60)),
            5_400..172_800 => Self::Hours(rounded(seconds, 3_600)),
            _ => Self::Days(rounded(seconds, 86_400)),
        }
    }
}

const fn rounded(seconds: u32, unit: u32) -> u32 {
    seconds.saturating_add(unit / 2) / unit
}
