//! What a store demands of the sign-in behind a token before an agent may begin a checkout (RFC 9470): that the shopper had signed
//! in lately, or in a certain way. Who does not meet it is told both, and asks the authorization server for them.

use std::time::Duration;

use crate::wire::{AccessClaims, Scope, ScopeSet, Timestamp};

/// Nothing is demanded by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepUp {
    /// One of these `acr` values, the preferred one first; any, if there is none. The authorization server's metadata says which
    /// it can reach (`acr_values_supported`).
    pub acr_values: Vec<String>,
    /// How long ago the shopper may have signed in.
    pub max_age: Option<Duration>,
}

impl StepUp {
    /// Whether a tool that needs `required` demands anything more of its caller's sign-in.
    pub(super) fn is_met_by(&self, claims: &AccessClaims, required: ScopeSet, now: Timestamp) -> bool {
        if !required.contains(Scope::CheckoutInitiate) {
            return true;
        }
        // RFC 9470 §6.1: a token that does not say when or how says nothing that counts.
        let is_recent = |age: Duration| claims.auth_time.is_some_and(|at| Timestamp::from_secs(at).plus(age) >= now);
        let acr = claims.acr.as_deref();
        self.max_age.is_none_or(is_recent)
            && (self.acr_values.is_empty() || self.acr_values.iter().any(|wanted| acr == Some(wanted)))
    }

    /// RFC 9470 §3: the members of the challenge.
    pub(super) fn members(&self) -> Vec<(&'static str, String)> {
        let acr_values = (!self.acr_values.is_empty()).then(|| ("acr_values", self.acr_values.join(" ")));
        let max_age = self.max_age.map(|age| ("max_age", age.as_secs().to_string()));
        acr_values.into_iter().chain(max_age).collect()
    }

    /// For the record.
    pub(super) fn expected(&self) -> String {
        let members: Vec<String> = self.members().iter().map(|(name, value)| format!("{name} {value}")).collect();
        members.join(", ")
    }

    /// The first name that could not stand in a challenge.
    pub(super) fn unfit(&self) -> Option<&str> {
        let is_fit = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
        };
        self.acr_values.iter().map(String::as_str).find(|name| !is_fit(name))
    }
}

/// What a token says of the sign-in, for the record.
pub(super) fn presented(claims: &AccessClaims, now: Timestamp) -> String {
    let acr = claims.acr.as_deref().unwrap_or("no acr");
    match claims.auth_time {
        Some(at) => format!("{acr}, signed in {} s ago", now.since(Timestamp::from_secs(at)).as_secs()),
        None => format!("{acr}, no auth_time"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(auth_time: Option<i64>, acr: Option<&str>) -> AccessClaims {
        AccessClaims {
            iss: String::new(),
            sub: String::new(),
            aud: String::new(),
            client_id: String::new(),
            scope: ScopeSet::STORE,
            jti: String::new(),
            iat: 0,
            exp: 0,
            grant_id: String::new(),
            connection_id: String::new(),
            connected_at: 0,
            auth_time,
            acr: acr.map(str::to_owned),
            authorization_details: Vec::new(),
        }
    }

    #[test]
    fn checkout_demands_a_sign_in_that_is_recent_and_of_a_named_class_and_nothing_else_does() {
        let step_up =
            StepUp { acr_values: vec!["phrh".to_owned(), "phr".to_owned()], max_age: Some(Duration::from_mins(5)) };
        let now = Timestamp::from_secs(10_000);
        let is_met = |auth_time, acr, scope| step_up.is_met_by(&claims(auth_time, acr), ScopeSet::of(&[scope]), now);
        assert!(is_met(Some(9_700), Some("phr"), Scope::CheckoutInitiate));
        assert!(!is_met(Some(9_699), Some("phr"), Scope::CheckoutInitiate));
        assert!(!is_met(Some(9_700), Some("1"), Scope::CheckoutInitiate));
        assert!(!is_met(None, Some("phr"), Scope::CheckoutInitiate));
        assert!(!is_met(Some(9_700), None, Scope::CheckoutInitiate));
        assert!(is_met(None, None, Scope::CartWrite));
        assert!(StepUp::default().is_met_by(&claims(None, None), ScopeSet::STORE, now));
    }

    #[test]
    fn a_name_that_would_break_out_of_the_challenge_is_found() {
        let named = |name: &str| StepUp { acr_values: vec!["phr".to_owned(), name.to_owned()], max_age: None };
        assert_eq!(named("urn:x").unfit(), None);
        for name in ["", "a b", "a\"b", "a\\b", "ü"] {
            assert_eq!(named(name).unfit(), Some(name));
        }
    }
}
