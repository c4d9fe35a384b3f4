//! How long tokens live, and what they hold at a moment. Time to live belongs to the scope (decision 3).

use std::time::Duration;

use super::{Scope, ScopeSet, Timestamp};

/// The lifetimes an operator can set.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// S1-49: one hour for browsing.
    pub access: Duration,
    /// S1-50: fifteen minutes with checkout.
    pub checkout: Duration,
    /// A5: codes are short-lived.
    pub code: Duration,
    /// How long after consent checkout may be in a token (decision 3).
    pub elevation: Duration,
    /// After this much time a connection ends, whatever its use.
    pub connection: Duration,
    /// After this much time without use it ends.
    pub idle: Duration,
    /// How long a rotation keeps its grace window open; a replay is answered for up to twice as long (decision 1).
    pub grace: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 86_400);
        Self {
            access: Duration::from_hours(1),
            checkout: Duration::from_mins(15),
            code: Duration::from_mins(1),
            elevation: Duration::from_mins(15),
            connection: days(90),
            idle: days(30),
            grace: Duration::from_mins(2),
        }
    }
}

/// With less than this left of the elevation, checkout is left out: such a token would be of no use (decision 3).
const LEAST_ELEVATION: Duration = Duration::from_mins(1);

/// What the next access token holds and how long it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// With `offline_access` where it was granted: the `scope` of the token response (A45).
    pub scope: ScopeSet,
    /// A whole number of seconds.
    pub lifetime: Duration,
}

/// `None` when nothing usable is left.
pub fn allowance(
    scope: ScopeSet,
    elevated_until: Timestamp,
    connection_ends_at: Timestamp,
    now: Timestamp,
    lifetimes: &Lifetimes,
) -> Option<Allowance> {
    let elevation = elevated_until.since(now);
    let scope = if elevation < LEAST_ELEVATION { scope.without(Scope::CheckoutInitiate) } else { scope };
    if scope.without(Scope::OfflineAccess).is_empty() {
        return None;
    }
    let mut lifetime = lifetimes.access;
    if scope.contains(Scope::CheckoutInitiate) {
        // S1-50, S1-93: the shortest scope decides, and no token outlives the elevation.
        lifetime = lifetime.min(lifetimes.checkout).min(elevation);
    }
    lifetime = lifetime.min(connection_ends_at.since(now));
    Some(Allowance { scope, lifetime: Duration::from_secs(lifetime.as_secs()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000);

    fn allowed(scope: &str, elevation_secs: u64) -> Option<(String, u64)> {
        let until = NOW.plus(Duration::from_secs(elevation_secs));
        let far = NOW.plus(Duration::from_secs(10_000_000));
        allowance(scope.parse().unwrap(), until, far, NOW, &Lifetimes::default())
            .map(|a| (a.scope.to_string(), a.lifetime.as_secs()))
    }

    #[test]
    fn a_token_lives_as_long_as_its_shortest_scope() {
        assert_eq!(allowed("products:read", 0), Some(("products:read".into(), 3600)));
        assert_eq!(allowed("products:read checkout:initiate", 900).unwrap().1, 900);
    }

    #[test]
    fn checkout_never_outlives_its_elevation_and_then_decays() {
        assert_eq!(
            allowed("products:read checkout:initiate", 60).unwrap(),
            ("products:read checkout:initiate".into(), 60)
        );
        assert_eq!(allowed("products:read checkout:initiate", 59).unwrap(), ("products:read".into(), 3600));
        assert_eq!(allowed("checkout:initiate offline_access", 10), None);
    }
}
