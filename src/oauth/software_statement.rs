//! Software statements (RFC 7591 §2.3): metadata of a client that somebody else has signed. Only issuers of the
//! configuration count, and what they say stands over what the client says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::client_documents::Asker;
use super::client_keys::{KeyCache, KeysError, Wanted};
use super::error::{ErrorCode, OAuthError};
use crate::config::StatementIssuer;
use crate::domain::Timestamp;
use crate::domain::evidence::Check;

/// Members of a registration.
pub type Members = Map<String, Value>;

/// Claims of the statement itself (RFC 7519 §4.1), which describe no client.
const ITS_OWN: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
/// Seconds that clocks may differ by.
const LEEWAY: i64 = 60;
/// The end of the year 9999: later times are nonsense.
const LATEST: i64 = 253_402_300_799;

/// Whose statements count, and how their keys are found.
#[derive(Clone, Copy)]
pub struct Statements<'a> {
    pub issuers: &'a [StatementIssuer],
    pub keys: &'a KeyCache,
    pub asker: Asker<'a>,
    pub now: Timestamp,
}

impl Statements<'_> {
    /// The members with those of a statement in their place. Without issuers that count, statements are not built here, and
    /// ignored like any unknown member (RFC 7591 §2.3).
    ///
    /// # Errors
    /// When there is one that does not count, or whose keys are away.
    pub(super) async fn applied(&self, mut members: Members) -> Result<Members, OAuthError> {
        if self.issuers.is_empty() {
            members.remove("software_statement");
        }
        let Some(sent) = members.get("software_statement") else { return Ok(members) };
        let text = sent.as_str().ok_or_else(|| invalid("it is no text"))?;
        let claimed = claimed_issuer(text)?;
        let known = self.issuers.iter().find(|known| known.issuer == claimed);
        let known = known.ok_or_else(|| unapproved(&claimed))?;
        let header = josekit::jwt::decode_header(text).map_err(|error| invalid(&error.to_string()))?;
        let named = |name| header.claim(name).and_then(Value::as_str);
        // RFC 8725 §3.1: never `none`, and never a secret that is shared.
        let algorithm = named("alg").and_then(|alg| alg.parse().ok()).ok_or_else(|| invalid("its alg is another"))?;
        let wanted = Wanted { algorithm, kid: named("kid") };
        let keys =
            self.keys.at(&known.jwks_uri, wanted, (self.asker, self.now)).await.map_err(|error| no_keys(&error))?;
        let payload =
            keys.verify(text, algorithm, wanted.kid).ok_or_else(|| invalid("no key of its issuer signed it"))?;
        Ok(applied(members, stated(&payload, &known.issuer, self.now)?))
    }
}

/// A60: what is over soon is no fault of the client's.
fn no_keys(error: &KeysError) -> OAuthError {
    if !error.is_passing() {
        return invalid(&error.to_string());
    }
    let description = "The keys of the software statement's issuer cannot be read at the moment. Try again later.";
    let evidence = Check::SoftwareStatement.found("the keys of its issuer", error.to_string());
    OAuthError::new(ErrorCode::TemporarilyUnavailable, description, evidence)
}

/// Who signed it, by its own word: only to know whose keys to verify it with.
///
/// # Errors
/// `invalid_software_statement` when it is no signed JWT that names its issuer.
pub fn claimed_issuer(statement: &str) -> Result<String, OAuthError> {
    let payload = statement.split('.').nth(1).ok_or_else(|| invalid("it is no JWT"))?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok().ok_or_else(|| invalid("its payload is not Base64"))?;
    let claims: Members = serde_json::from_slice(&payload).map_err(|error| invalid(&error.to_string()))?;
    // RFC 7591 §2.3: a statement names its issuer.
    claims.get("iss").and_then(Value::as_str).map(str::to_owned).ok_or_else(|| invalid("it has no iss"))
}

/// What it says of the client. `payload` is what one of the issuer's keys has signed.
///
/// # Errors
/// `invalid_software_statement`.
pub fn stated(payload: &[u8], issuer: &str, now: Timestamp) -> Result<Members, OAuthError> {
    let mut claims: Members = serde_json::from_slice(payload).map_err(|error| invalid(&error.to_string()))?;
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(invalid("it is of another issuer"));
    }
    let now = now.as_secs();
    if time(&claims, "exp")?.is_some_and(|at| at <= now - LEEWAY) {
        return Err(invalid("it has expired"));
    }
    for name in ["nbf", "iat"] {
        if time(&claims, name)?.is_some_and(|at| at > now + LEEWAY) {
            return Err(invalid("it is from the future"));
        }
    }
    claims.retain(|name, _| !ITS_OWN.contains(&name.as_str()) && name != "software_statement");
    Ok(claims)
}

/// The members with those of the statement in their place (RFC 7591 §2.3).
pub fn applied(mut plain: Members, stated: Members) -> Members {
    // A client has its keys in one way: a statement about one rules out the other, which would contradict it.
    for (name, other) in [("jwks", "jwks_uri"), ("jwks_uri", "jwks")] {
        if stated.contains_key(name) && !stated.contains_key(other) {
            plain.remove(other);
        }
    }
    plain.extend(stated);
    plain
}

/// A whole number of seconds that a calendar has. The library's own getters panic on others.
fn time(claims: &Members, name: &'static str) -> Result<Option<i64>, OAuthError> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_i64().filter(|at| (0..=LATEST).contains(at));
    seconds.map(Some).ok_or_else(|| invalid(&format!("its {name} is no time")))
}

pub fn unapproved(issuer: &str) -> OAuthError {
    let description = "This store takes no software statements of that issuer.";
    let evidence = Check::SoftwareStatement.found("an issuer that the store trusts", issuer);
    OAuthError::new(ErrorCode::UnapprovedSoftwareStatement, description, evidence)
}

/// RFC 7591 §3.2.2.
pub fn invalid(reason: &str) -> OAuthError {
    let description = "The software_statement is not well-formed, not signed by its issuer, or not valid now.";
    let evidence = Check::SoftwareStatement.found("a statement that is its issuer's, and valid now", reason);
    OAuthError::new(ErrorCode::InvalidSoftwareStatement, description, evidence)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
    const ISSUER: &str = "https://directory.example";

    fn read(claims: &Value) -> Result<Members, OAuthError> {
        stated(claims.to_string().as_bytes(), ISSUER, NOW)
    }

    #[test]
    fn what_is_stated_stands_over_what_is_claimed() {
        let stated = read(&json!({"iss": ISSUER, "exp": 1_800_000_100, "iat": 1_800_000_000, "jti": "1",
            "client_name": "Stated", "redirect_uris": ["https://stated.example/cb"], "jwks_uri": "https://a.example"}));
        let Value::Object(plain) = json!({"client_name": "Claimed", "scope": "products:read", "jwks": {}}) else {
            panic!("no object")
        };
        let members = Value::Object(applied(plain, stated.unwrap()));
        let expected = json!({"client_name": "Stated", "scope": "products:read",
            "redirect_uris": ["https://stated.example/cb"], "jwks_uri": "https://a.example"});
        assert_eq!(members, expected);
    }

    #[test]
    fn times_are_whole_seconds_of_a_calendar_and_none_makes_the_library_panic() {
        for wrong in [json!(1e30), json!(u64::MAX), json!(-1), json!("1800000100"), json!(1.5), json!(null)] {
            for name in ["exp", "nbf", "iat"] {
                let refused = read(&json!({"iss": ISSUER, name: wrong})).unwrap_err();
                assert_eq!(refused.code, ErrorCode::InvalidSoftwareStatement, "{name} {wrong}");
            }
        }
        assert!(read(&json!({"iss": ISSUER, "exp": 1_799_999_939})).is_err(), "expired");
        assert!(read(&json!({"iss": ISSUER, "nbf": 1_800_000_061})).is_err(), "not yet");
        assert!(read(&json!({"iss": ISSUER})).is_ok());
        assert!(read(&json!({"iss": "https://other.example"})).is_err(), "of another issuer");
    }

    #[test]
    fn who_signed_is_read_from_what_is_a_jwt_only() {
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", URL_SAFE_NO_PAD.encode(json!({"iss": ISSUER}).to_string()));
        assert_eq!(claimed_issuer(&unsigned).unwrap(), ISSUER);
        for wrong in ["", "a", "a.b.c", "..", "a.e30.c"] {
            assert!(claimed_issuer(wrong).is_err(), "{wrong}");
        }
    }
}
