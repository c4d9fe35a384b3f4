//! Refusals as values: why a call was refused, and under which reference id. `respond` makes the HTTP answer.

use std::time::Duration;

use uuid::Uuid;

use super::evidence::Compared;
use crate::wire::ScopeSet;
use crate::wire::audit::TokenReference;

/// A refused call. The reference id is in the answer, in the log and in the audit record.
#[derive(Debug, Clone)]
pub struct Rejection {
    pub cause: Cause,
    reference_id: String,
    /// Boxed, for a refusal travels in a `Result` through every call.
    token: Option<Box<TokenReference>>,
    compared: Option<Box<Compared>>,
}

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// 401 without `error` (RFC 6750 §3.1, H21): no bearer token was sent.
    NoToken,
    /// 400 `invalid_request`: more than one `Authorization` header.
    TwoTokens,
    /// 401 `invalid_token`.
    InvalidToken(InvalidToken),
    /// 401 `invalid_token`: grant, connection or token were ended.
    Revoked,
    /// 401 `invalid_token`: the merchant has switched off agent access.
    SwitchedOff,
    /// 403 `insufficient_scope`.
    InsufficientScope { required: ScopeSet, held: ScopeSet },
    /// 401 `insufficient_user_authentication` (RFC 9470 §3): the shopper's sign-in is too old, or not of a kind that is demanded.
    InsufficientAuthentication { required: ScopeSet, held: ScopeSet },
    /// 429: the connection's allowance of the minute is used up.
    RateLimited { retry_after: Duration },
    /// 429: too many calls of the connection are running.
    TooManyAtOnce,
    /// 503: the merchant holds the calls of this agent, shopper or store. The token stays good.
    Paused,
    /// 503: neither the feed nor introspection answers. Never 401, or agents would throw good tokens away.
    CannotTell,
    /// 403: a web page of a foreign origin (B31).
    BadOrigin,
}

/// What is wrong with a token. Told to logs and the merchant; the caller is told only what it can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    #[error("the token is longer than any token of ours")]
    TooLong,
    #[error("the token is not a signed JWT")]
    Malformed,
    #[error("the token's algorithm is not ES256")]
    Algorithm,
    #[error("the token's type is not at+jwt")]
    Type,
    #[error("the token's header is critical in a way that is not understood")]
    Critical,
    #[error("the token's key is not one of the issuer's")]
    UnknownKey,
    #[error("the token's signature is wrong")]
    Signature,
    #[error("the token's claims are not those of an access token")]
    Claims,
    #[error("the token is from another issuer")]
    Issuer,
    #[error("the token is for another resource")]
    Audience,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the token would live longer than tokens may")]
    LivesTooLong,
}

impl From<InvalidToken> for Cause {
    fn from(reason: InvalidToken) -> Self {
        Self::InvalidToken(reason)
    }
}

impl From<Cause> for Rejection {
    fn from(cause: Cause) -> Self {
        Self { cause, reference_id: Uuid::new_v4().to_string(), token: None, compared: None }
    }
}

impl From<InvalidToken> for Rejection {
    fn from(reason: InvalidToken) -> Self {
        Cause::InvalidToken(reason).into()
    }
}

impl InvalidToken {
    /// With what was expected, and what was there instead.
    pub(super) fn comparing(self, expected: impl Into<String>, presented: impl Into<String>) -> Rejection {
        Rejection::from(self).comparing(expected, presented)
    }
}

impl Rejection {
    /// Names the token that was refused, when it was read and proven to be one of the issuer's.
    #[must_use]
    pub fn with_token(mut self, token: TokenReference) -> Self {
        self.token = Some(Box::new(token));
        self
    }

    /// What was expected, and what was there instead: for the record. Never a token or a part of one.
    #[must_use]
    pub fn comparing(mut self, expected: impl Into<String>, presented: impl Into<String>) -> Self {
        let compared = Compared { expected: expected.into(), presented: presented.into() };
        self.compared = Some(Box::new(compared));
        self
    }

    /// A UUID: the caller reads it out, the merchant searches for it.
    pub fn reference_id(&self) -> &str {
        &self.reference_id
    }

    pub(super) fn compared(&self) -> Option<&Compared> {
        self.compared.as_deref()
    }

    pub fn token(&self) -> Option<&TokenReference> {
        self.token.as_deref()
    }

    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self.cause {
            Cause::TwoTokens => 400,
            // B20: 401 for no, bad or dead tokens, 403 for a good token that may not.
            // RFC 9470 §3: 401 as well where the shopper's sign-in does not do, as the token has to be another one.
            Cause::NoToken
            | Cause::InvalidToken(_)
            | Cause::Revoked
            | Cause::SwitchedOff
            | Cause::InsufficientAuthentication { .. } => 401,
            Cause::InsufficientScope { .. } | Cause::BadOrigin => 403,
            Cause::RateLimited { .. } | Cause::TooManyAtOnce => 429,
            Cause::Paused | Cause::CannotTell => 503,
        }
    }

    /// A word for logs, audit records and the `error` member of the answer.
    pub fn outcome(&self) -> &'static str {
        match self.cause {
            Cause::NoToken => "no_token",
            Cause::TwoTokens => "invalid_request",
            Cause::InvalidToken(_) => "invalid_token",
            Cause::Revoked => "revoked",
            Cause::SwitchedOff => "switched_off",
            Cause::InsufficientScope { .. } => "insufficient_scope",
            Cause::InsufficientAuthentication { .. } => "insufficient_user_authentication",
            Cause::RateLimited { .. } => "rate_limited",
            Cause::TooManyAtOnce => "too_many_at_once",
            Cause::Paused => "paused",
            Cause::CannotTell => "temporarily_unavailable",
            Cause::BadOrigin => "forbidden_origin",
        }
    }
}
