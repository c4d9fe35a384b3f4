//! The assertion by which a client proves that it has its key (RFC 7523 §2.2, §3; OpenID Connect Core §9): read before it is
//! believed, and judged rule by rule. Whatever does not fit is said (H5b); no time in it is ever more than a bounded number.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::error::{ErrorCode, OAuthError};
use crate::domain::evidence::{Check, Evidence, Shown};
use crate::domain::key_set::SigningAlgorithm;
use crate::domain::{ClientId, Timestamp};
use crate::keys::{ClientKeys, Secret};

/// RFC 7523 §2.2.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Longer texts than this are no assertions.
const LONGEST: usize = 8192;
/// Longer than this nothing is remembered of a client's words.
const LONGEST_JTI: usize = 256;
/// RFC 7523 §3: an `exp` unreasonably far in the future may be refused. Until then its `jti` has to be remembered.
const LONGEST_LIFE: Duration = Duration::from_mins(10);
/// ... and an `iat` unreasonably far in the past.
const LONGEST_AGE: Duration = Duration::from_hours(1);
/// How much clocks may differ.
const SKEW: Duration = Duration::from_mins(1);

/// RFC 7515 §4.1. Reading into a struct refuses a member that appears twice.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
    b64: Option<Value>,
}

/// RFC 7523 §3.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Number,
    nbf: Option<Number>,
    iat: Option<Number>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What was sent, well-formed and not believed yet.
pub struct Assertion {
    token: Secret<String>,
    algorithm: SigningAlgorithm,
    kid: Option<String>,
    claims: Claims,
}

/// The one use of an assertion that was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub jti: String,
    /// From then on it is refused for its age.
    pub expires_at: Timestamp,
}

impl Assertion {
    /// # Errors
    /// `invalid_client` when it is none, or is signed in a way that is not taken.
    pub fn read(text: &str) -> Result<Self, OAuthError> {
        let malformed = |found: &'static str| {
            let evidence = Check::AssertionForm.found("a JWT with iss, sub, aud, exp and jti, each once", found);
            refused("The client_assertion is no JWT with iss, sub, aud, exp and jti, each once.", evidence)
        };
        if text.len() > LONGEST {
            return Err(malformed("a longer text than any"));
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("a text that has not three parts"));
        };
        let header: Header = json(header).ok_or_else(|| malformed("a header that cannot be read"))?;
        let algorithm = header.algorithm()?;
        let claims: Claims = json(claims).ok_or_else(|| malformed("claims that cannot be read"))?;
        // RFC 7523 §3, 1 and 2: both are the client.
        if claims.iss != claims.sub {
            let evidence = Check::AssertionSubject.found(format!("iss {}", claims.sub), format!("iss {}", claims.iss));
            return Err(refused("The iss and the sub of the client_assertion are both the client_id.", evidence));
        }
        // RFC 6749 appendix A.1; PostgreSQL stores no NUL.
        if claims.sub.is_empty() || claims.sub.contains('\0') {
            return Err(malformed("a sub that is no client_id"));
        }
        Ok(Self { token: Secret::new(text.to_owned()), algorithm, kid: header.kid, claims })
    }

    /// E4: who it says to be from, also where no `client_id` is sent.
    pub fn client_id(&self) -> ClientId {
        ClientId::new(self.claims.sub.as_str())
    }

    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether it is meant for one of `audiences` and for now. What it says is not believed before [`Self::is_signed_by`].
    ///
    /// # Errors
    /// `invalid_client` with the rule that it breaks.
    pub fn judge(&self, audiences: &[&str], now: Timestamp) -> Result<Use, OAuthError> {
        self.check_audience(audiences)?;
        let expires_at = self.check_times(now)?;
        let jti = &self.claims.jti;
        // RFC 7523 §3, 7: here every assertion has one.
        if jti.is_empty() || jti.len() > LONGEST_JTI || jti.contains(char::is_control) {
            let evidence = Check::AssertionForm.found("a jti of 1 to 256 bytes", format!("one of {}", jti.len()));
            return Err(refused("The jti of the client_assertion is a text of 1 to 256 bytes.", evidence));
        }
        Ok(Use { jti: jti.clone(), expires_at })
    }

    /// RFC 7523 §3, 3, as E4 has it: the issuer or the endpoint, character for character. All of several: an assertion that is
    /// also for somebody else could be sent here by them.
    fn check_audience(&self, audiences: &[&str]) -> Result<(), OAuthError> {
        let named = match &self.claims.aud {
            Audience::One(one) => std::slice::from_ref(one),
            Audience::Several(several) => several.as_slice(),
        };
        if !named.is_empty() && named.iter().all(|named| audiences.contains(&named.as_str())) {
            return Ok(());
        }
        let evidence = Check::AssertionAudience.found(audiences.join(" or "), named.join(", "));
        let description =
            "The aud of the client_assertion is the issuer or the token endpoint, exactly, and nobody else.";
        Err(refused(description, evidence))
    }

    /// RFC 7523 §3, 4 to 6. The times are the client's to choose: read as bounded whole seconds, never by a library's getters.
    fn check_times(&self, now: Timestamp) -> Result<Timestamp, OAuthError> {
        let Claims { exp, nbf, iat, .. } = &self.claims;
        let exp = seconds("exp", exp)?;
        let nbf = nbf.as_ref().map(|nbf| seconds("nbf", nbf)).transpose()?;
        let iat = iat.as_ref().map(|iat| seconds("iat", iat)).transpose()?;
        let wrong = |description, name: &str, value: Timestamp| {
            let evidence = Check::AssertionTime.found(now, format!("{name} {}", Shown::from(value)));
            refused(description, evidence)
        };
        if exp.plus(SKEW) <= now {
            return Err(wrong("The client_assertion has expired. Is the clock right?", "exp", exp));
        }
        if exp > now.plus(LONGEST_LIFE).plus(SKEW) {
            return Err(wrong("The exp of the client_assertion is more than 10 minutes ahead.", "exp", exp));
        }
        if let Some(nbf) = nbf.filter(|nbf| *nbf > now.plus(SKEW)) {
            return Err(wrong("The client_assertion is not valid yet. Is the clock right?", "nbf", nbf));
        }
        if let Some(iat) = iat.filter(|iat| *iat > now.plus(SKEW) || *iat < now.minus(LONGEST_AGE)) {
            return Err(wrong("The iat of the client_assertion is not about now. Is the clock right?", "iat", iat));
        }
        Ok(exp.plus(SKEW))
    }

    /// Whether one of these keys has signed it, and signed just what was read.
    pub fn is_signed_by(&self, keys: &ClientKeys) -> bool {
        let token = self.token.expose();
        let signed = keys.verify(token, self.algorithm, self.kid());
        let read = token.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
        signed.is_some() && signed == read
    }
}

impl Header {
    /// RFC 8725 §3.1, RFC 7518 §3.6: never `none`, and never a secret that is shared. RFC 7515 §4.1.11: nothing is understood
    /// that must be. RFC 8725 §3.11: another kind of JWT is no assertion.
    fn algorithm(&self) -> Result<SigningAlgorithm, OAuthError> {
        let Ok(algorithm) = self.alg.parse() else {
            let evidence = Check::AssertionForm.found("alg ES256, RS256 or EdDSA", format!("alg {}", self.alg));
            return Err(refused("Sign the client_assertion with ES256, RS256 or EdDSA.", evidence));
        };
        let is_kind = |typ: &str| {
            ["jwt", "client-authentication+jwt", "application/client-authentication+jwt"]
                .contains(&typ.to_ascii_lowercase().as_str())
        };
        if self.crit.is_some() || self.b64.is_some() || !self.typ.as_deref().is_none_or(is_kind) {
            let found = format!("typ {}, and what must be understood", self.typ.as_deref().unwrap_or("none"));
            let evidence = Check::AssertionForm.found("alg, kid and typ JWT", found);
            let description = "The header of the client_assertion has alg, kid and typ JWT, and no crit.";
            return Err(refused(description, evidence));
        }
        Ok(algorithm)
    }
}

/// Neither the text nor what is in it belongs into a log.
impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Assertion({})", self.algorithm)
    }
}

fn json<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// RFC 7519 §2, `NumericDate`: whole seconds, or seconds with a fraction, of this era. None that is written with an exponent,
/// negative, or beyond the year 9999: nobody means such a time.
fn seconds(name: &str, number: &Number) -> Result<Timestamp, OAuthError> {
    const YEAR_10000: i64 = 253_402_300_800;
    let text = number.to_string();
    let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = whole.parse().ok().filter(|seconds| is_plain && (0..YEAR_10000).contains(seconds));
    seconds.map(Timestamp::from_secs).ok_or_else(|| {
        let evidence = Check::AssertionTime.found("a NumericDate of this era", format!("{name} {text}"));
        refused("A time in the client_assertion is no NumericDate.", evidence)
    })
}

/// RFC 7521 §4.2.1: whatever is wrong with it, the client is not authenticated.
fn refused(description: &'static str, evidence: Evidence) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, description, evidence)
}

#[cfg(test)]
mod tests;
