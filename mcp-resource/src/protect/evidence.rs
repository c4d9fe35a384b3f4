//! Which check a refused call failed, and both compared values, for the record (the caller sees none of it).
//! Never the token: of what is no token of the issuer's, the length and the prefix that all of its kind have.

use super::rejection::{Cause, InvalidToken, Rejection};
use crate::wire::audit::Evidence;

/// Of a value, in characters.
const LONGEST: usize = 200;

/// The two values, where whoever refused could tell them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Compared {
    pub expected: String,
    pub presented: String,
}

impl Rejection {
    /// What to record of this refusal.
    pub fn evidence(&self) -> Evidence {
        let (expected, presented) = match self.compared() {
            Some(Compared { expected, presented }) => (expected.clone(), presented.clone()),
            None => in_general(&self.cause),
        };
        Evidence { check: check(&self.cause).to_owned(), expected: cut(&expected), presented: cut(&presented) }
    }
}

/// What can be said of a text that is no token of the issuer's.
pub(super) fn shape(token: &str) -> String {
    let length = token.chars().count();
    let prefix = match token.as_bytes() {
        [b't', b'g', kind, b'_', ..] if kind.is_ascii_lowercase() => token.get(..4),
        [b'e', b'y', b'J', ..] => Some("eyJ"),
        _ => None,
    };
    prefix.map_or_else(
        || format!("{length} characters, hidden"),
        |prefix| format!("{length} characters, hidden, beginning with {prefix}"),
    )
}

/// The names of [`crate::wire::audit::CHECKS`].
const fn check(cause: &Cause) -> &'static str {
    match cause {
        Cause::NoToken => "token_present",
        Cause::TwoTokens => "token_single",
        Cause::InvalidToken(reason) => match reason {
            InvalidToken::TooLong
            | InvalidToken::Malformed
            | InvalidToken::Algorithm
            | InvalidToken::Type
            | InvalidToken::Critical => "token_form",
            InvalidToken::UnknownKey => "token_key",
            InvalidToken::Signature => "token_signature",
            InvalidToken::Claims => "token_claims",
            InvalidToken::Issuer => "issuer",
            InvalidToken::Audience => "audience",
            InvalidToken::Expired => "token_expired",
            InvalidToken::NotYetValid | InvalidToken::LivesTooLong => "token_time",
        },
        Cause::Revoked => "token_live",
        Cause::SwitchedOff => "agents_on",
        Cause::InsufficientScope { .. } => "scope",
        Cause::InsufficientAuthentication { .. } => "sign_in",
        Cause::RateLimited { .. } => "call_rate",
        Cause::TooManyAtOnce => "call_concurrency",
        Cause::Paused => "calls_paused",
        Cause::CannotTell => "access_known",
        Cause::BadOrigin => "origin",
    }
}

/// Where nobody told the values.
fn in_general(cause: &Cause) -> (String, String) {
    let (expected, presented) = match cause {
        Cause::NoToken => ("Authorization: Bearer and a token", "no bearer token"),
        Cause::TwoTokens => ("one Authorization header", "more than one"),
        Cause::InvalidToken(reason) => return ("an access token of the issuer".to_owned(), reason.to_string()),
        Cause::Revoked => ("a live connection and token", "ended"),
        Cause::SwitchedOff => ("agents switched on", "switched off"),
        Cause::InsufficientScope { required, held } => return (required.to_string(), held.to_string()),
        Cause::InsufficientAuthentication { .. } => ("a sign-in as the store demands", "another"),
        Cause::RateLimited { retry_after } => {
            return ("fewer calls a minute".to_owned(), format!("one more, {} s too early", retry_after.as_secs()));
        }
        Cause::TooManyAtOnce => ("fewer calls at once", "one more"),
        Cause::Paused => ("calls that are not paused", "paused"),
        Cause::CannotTell => ("an answer of the feed or of introspection", "none of either"),
        Cause::BadOrigin => ("an origin that is allowed", "another"),
    };
    (expected.to_owned(), presented.to_owned())
}

fn cut(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ScopeSet;
    use crate::wire::audit::CHECKS;
    use std::time::Duration;

    #[test]
    fn every_cause_has_a_check_that_the_authorization_server_knows() {
        let tokens = [
            InvalidToken::TooLong,
            InvalidToken::UnknownKey,
            InvalidToken::Signature,
            InvalidToken::Claims,
            InvalidToken::Issuer,
            InvalidToken::Audience,
            InvalidToken::Expired,
            InvalidToken::NotYetValid,
        ];
        let causes = [
            Cause::NoToken,
            Cause::TwoTokens,
            Cause::Revoked,
            Cause::SwitchedOff,
            Cause::InsufficientScope { required: ScopeSet::STORE, held: ScopeSet::BROWSE },
            Cause::InsufficientAuthentication { required: ScopeSet::STORE, held: ScopeSet::STORE },
            Cause::RateLimited { retry_after: Duration::from_secs(3) },
            Cause::TooManyAtOnce,
            Cause::Paused,
            Cause::CannotTell,
            Cause::BadOrigin,
        ];
        let mut named: Vec<String> = Vec::new();
        for cause in causes.into_iter().chain(tokens.map(Cause::InvalidToken)) {
            let evidence = Rejection::from(cause).evidence();
            assert!(CHECKS.contains(&evidence.check.as_str()), "{evidence:?}");
            assert!(!evidence.expected.is_empty() && !evidence.presented.is_empty(), "{evidence:?}");
            named.push(evidence.check);
        }
        assert!(CHECKS.iter().all(|check| named.iter().any(|name| name == check)), "{named:?}");
    }

    #[test]
    fn of_a_token_nothing_is_told_but_its_shape() {
        assert_eq!(shape("tgr_s3cret"), "10 characters, hidden, beginning with tgr_");
        assert_eq!(shape("eyJs3cret"), "9 characters, hidden, beginning with eyJ");
        assert_eq!(shape("s3cret"), "6 characters, hidden");
        let long = Rejection::from(Cause::BadOrigin).comparing("a", "b\r\n".repeat(200)).evidence();
        assert_eq!(long.presented.chars().count(), LONGEST);
        assert!(!long.presented.contains(char::is_control));
    }
}
