//! Proves an access token (RFC 9068 §4): form, key, signature, and claims. Whether it was revoked is not asked here.
//!
//! josekit checks the signature; times are read as bounded integers, because its typed getters panic on `exp` 1e30,
//! and members are read into structs, because it accepts a member twice.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::{self, JwsVerifier};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::evidence::shape;
use super::principal::token_reference;
use super::rejection::{InvalidToken, Rejection};
use crate::wire::claims::{ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE};
use crate::wire::{AccessClaims, Timestamp};

/// Clocks may differ by this much where a token would be refused as too young or too long-lived.
pub(super) const SKEW: Duration = Duration::from_mins(1);
/// 9999-12-31T23:59:59Z: no honest time is later.
const LATEST: i64 = 253_402_300_799;
const LONGEST_KID: usize = 256;

/// What a token must say to be good here.
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub resource: &'a str,
    pub longest_lifetime: Duration,
    pub now: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

#[derive(Deserialize)]
struct Window {
    nbf: Option<i64>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// The `kid` of a token whose header is that of an access token.
pub(super) fn key_id(token: &str) -> Result<String, Rejection> {
    let malformed = || InvalidToken::Malformed.comparing("a signed JWT", shape(token));
    let (header, _) = token.split_once('.').ok_or_else(malformed)?;
    let header = URL_SAFE_NO_PAD.decode(header).map_err(|_why| malformed())?;
    let header: Header = serde_json::from_slice(&header).map_err(|_why| malformed())?;
    // RFC 8725 §3.1: the algorithm is ours to choose, not the token's.
    if header.alg != ACCESS_TOKEN_ALGORITHM {
        return Err(
            InvalidToken::Algorithm.comparing(format!("alg {ACCESS_TOKEN_ALGORITHM}"), format!("alg {}", header.alg))
        );
    }
    // RFC 9068 §4: at+jwt or application/at+jwt; RFC 7515 §4.1.9: media types are compared without case.
    let typ = header.typ.as_deref().map(|typ| typ.trim_start_matches("application/"));
    if !typ.is_some_and(|typ| typ.eq_ignore_ascii_case(ACCESS_TOKEN_TYPE)) {
        let presented = typ.map_or_else(|| "no typ".to_owned(), |typ| format!("typ {typ}"));
        return Err(InvalidToken::Type.comparing(format!("typ {ACCESS_TOKEN_TYPE}"), presented));
    }
    // RFC 7515 §4.1.11: nothing critical is understood here.
    if header.crit {
        return Err(InvalidToken::Critical.comparing("no crit", "crit"));
    }
    let kid = header.kid.filter(|kid| !kid.is_empty() && kid.len() <= LONGEST_KID);
    kid.ok_or_else(|| InvalidToken::UnknownKey.comparing("the kid of a key of the issuer", "none, or a very long one"))
}

/// The claims of a token, proven with its key.
pub(super) fn claims(
    token: &str,
    verifier: &dyn JwsVerifier,
    expected: &Expected<'_>,
) -> Result<AccessClaims, Rejection> {
    let (payload, _) = jws::deserialize_compact(token, verifier).map_err(|_why| InvalidToken::Signature)?;
    // Into a struct: a member twice is an error, an `aud` that is a list is one, and so is a time that is no integer.
    let claims: AccessClaims = serde_json::from_slice(&payload).map_err(|_why| InvalidToken::Claims)?;
    let window: Window = serde_json::from_slice(&payload).map_err(|_why| InvalidToken::Claims)?;
    // S2-06: issuer and audience, character for character.
    if claims.iss != expected.issuer {
        return Err(InvalidToken::Issuer.comparing(expected.issuer, claims.iss));
    }
    if claims.aud != expected.resource {
        return Err(InvalidToken::Audience
            .comparing(expected.resource, &claims.aud)
            .with_token(token_reference(&claims)));
    }
    match check_times(&claims, window.nbf, expected) {
        Ok(()) => Ok(claims),
        Err(rejection) => Err(rejection.with_token(token_reference(&claims))),
    }
}

fn check_times(claims: &AccessClaims, nbf: Option<i64>, expected: &Expected<'_>) -> Result<(), Rejection> {
    let not_before = nbf.unwrap_or(claims.iat);
    if [claims.exp, claims.iat, not_before].iter().any(|time| !(0..=LATEST).contains(time)) {
        return Err(InvalidToken::Claims.comparing("times between 1970 and 9999", "others"));
    }
    // RFC 7519 §4.1.4: on or after `exp` a token is dead, with no grace.
    if has_expired(claims, expected.now) {
        return Err(expired(claims, expected.now));
    }
    let latest_start = expected.now.plus(SKEW);
    if Timestamp::from_secs(not_before) > latest_start || Timestamp::from_secs(claims.iat) > latest_start {
        let start = Timestamp::from_secs(not_before.max(claims.iat));
        let wanted = format!("valid by now, with {} s to spare for clocks", SKEW.as_secs());
        return Err(
            InvalidToken::NotYetValid.comparing(wanted, format!("valid in {} s", start.since(expected.now).as_secs()))
        );
    }
    // What was revoked is remembered for the longest lifetime; a token beyond it could outlive its revocation.
    if Timestamp::from_secs(claims.exp) > expected.now.plus(expected.longest_lifetime).plus(SKEW) {
        let left = Timestamp::from_secs(claims.exp).since(expected.now).as_secs();
        let longest = format!("{} s at most", expected.longest_lifetime.as_secs());
        return Err(InvalidToken::LivesTooLong.comparing(longest, format!("{left} s")));
    }
    Ok(())
}

/// RFC 7519 §4.1.4.
pub(super) fn expired(claims: &AccessClaims, now: Timestamp) -> Rejection {
    let ago = now.since(Timestamp::from_secs(claims.exp)).as_secs();
    InvalidToken::Expired.comparing("an exp in the future", format!("expired {ago} s ago"))
}

pub(super) fn has_expired(claims: &AccessClaims, now: Timestamp) -> bool {
    now >= Timestamp::from_secs(claims.exp)
}
