//! How long a fetched document says that it stays fresh (RFC 9111 §4.2, §5), as a shared cache reads it. Unclamped: what
//! is made of it is for those who keep documents (D8).

use std::time::{Duration, SystemTime};

use headers::{Age, CacheControl, Date, Expires, HeaderMapExt as _};
use reqwest::header::{EXPIRES, HeaderMap};

/// `None`: it says nothing. Zero: not to be kept, or stale already.
pub(super) fn fresh_for(headers: &HeaderMap) -> Option<Duration> {
    // RFC 9111 §4.2.1: what cannot be read is stale.
    let control = match headers.typed_try_get::<CacheControl>() {
        Ok(control) => control.unwrap_or_else(CacheControl::new),
        Err(_unreadable) => return Some(Duration::ZERO),
    };
    // RFC 9111 §5.2.2.4 and §5.2.2.5.
    if control.no_store() || control.no_cache() {
        return Some(Duration::ZERO);
    }
    let age = headers.typed_get::<Age>().map_or(Duration::ZERO, |age| Duration::from_secs(age.as_secs()));
    // RFC 9111 §5.2.2.10: for a shared cache s-maxage comes first; §5.3: both come before Expires.
    let lifetime = control.s_max_age().or_else(|| control.max_age()).or_else(|| until_expiry(headers));
    lifetime.map(|lifetime| lifetime.saturating_sub(age))
}

/// RFC 9111 §4.2.1: Expires less Date, both by the clock of the host.
fn until_expiry(headers: &HeaderMap) -> Option<Duration> {
    if !headers.contains_key(EXPIRES) {
        return None;
    }
    // RFC 9111 §5.3: an invalid date, "0" above all, means already expired.
    let Some(expires) = headers.typed_get::<Expires>() else { return Some(Duration::ZERO) };
    let date: SystemTime = headers.typed_get::<Date>()?.into();
    Some(SystemTime::from(expires).duration_since(date).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;

    use super::*;

    const DATE: (&str, &str) = ("date", "Sun, 22 Nov 2026 07:00:00 GMT");

    fn fresh(headers: &[(&str, &str)]) -> Option<u64> {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect();
        fresh_for(&headers).map(|duration| duration.as_secs())
    }

    #[test]
    fn a_document_is_fresh_for_as_long_as_its_headers_say() {
        let control = |value| fresh(&[("cache-control", value)]);
        assert_eq!(fresh(&[DATE]), None);
        assert_eq!(control("public"), None);
        assert_eq!(control("max-age=300"), Some(300));
        assert_eq!(control("max-age=300, s-maxage=60"), Some(60));
        assert_eq!(control("private, max-age=300"), Some(300));
        for none in ["no-store", "no-cache, max-age=300", "max-age=0", "s-maxage=0, max-age=300"] {
            assert_eq!(control(none), Some(0), "{none}");
        }
        assert_eq!(fresh(&[("cache-control", "max-age=300"), ("age", "100")]), Some(200));
        assert_eq!(fresh(&[("cache-control", "max-age=300"), ("age", "400")]), Some(0));
    }

    #[test]
    fn expires_counts_from_the_hosts_own_date_and_only_where_there_is_no_max_age() {
        let later = ("expires", "Sun, 22 Nov 2026 08:00:00 GMT");
        assert_eq!(fresh(&[DATE, later]), Some(3600));
        assert_eq!(fresh(&[DATE, later, ("cache-control", "max-age=5")]), Some(5));
        assert_eq!(fresh(&[later]), None, "no date to count from");
        assert_eq!(fresh(&[DATE, ("expires", "0")]), Some(0));
        assert_eq!(fresh(&[DATE, ("expires", "Sun, 22 Nov 2026 06:00:00 GMT")]), Some(0));
    }
}
