//! Proof Key for Code Exchange (RFC 7636), S256 only (A4): `plain` protects nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The S256 challenge of an authorization request: 43 characters of base64url.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is no S256 code challenge")]
pub struct InvalidChallenge;

impl CodeChallenge {
    /// RFC 7636 §4.2: base64url of a SHA-256, without padding.
    pub fn parse(text: &str) -> Result<Self, InvalidChallenge> {
        let hash = URL_SAFE_NO_PAD.decode(text).map_err(|_not_base64: base64::DecodeError| InvalidChallenge)?;
        if hash.len() == 32 { Ok(Self(text.to_owned())) } else { Err(InvalidChallenge) }
    }

    /// What stands for the challenge of a client that may leave it out ([`super::client::Client::may_omit_pkce`]) and has.
    pub const fn none() -> Self {
        Self(String::new())
    }

    /// As it was kept.
    pub fn stored(text: &str) -> Result<Self, InvalidChallenge> {
        if text.is_empty() { Ok(Self::none()) } else { Self::parse(text) }
    }

    /// The challenge that `verifier` answers. §4.1: 43 to 128 unreserved characters, or none.
    pub fn of_verifier(verifier: &str) -> Option<Self> {
        is_well_formed(verifier).then(|| Self(challenge_of(verifier)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// RFC 7636 §4.6: the verifier's hash equals the challenge.
    pub fn is_answered_by(&self, verifier: &str) -> bool {
        Self::of_verifier(verifier).is_some_and(|own| bool::from(own.0.as_bytes().ct_eq(self.0.as_bytes())))
    }
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

fn is_well_formed(verifier: &str) -> bool {
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_is_answered() {
        assert!(CodeChallenge::parse(CHALLENGE).unwrap().is_answered_by(VERIFIER));
    }

    #[test]
    fn the_challenge_itself_and_short_verifiers_are_no_answer() {
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        for wrong in [CHALLENGE, "", "short", VERIFIER.get(..42).unwrap(), &format!("{VERIFIER}=")] {
            assert!(!challenge.is_answered_by(wrong), "{wrong}");
        }
    }

    #[test]
    fn no_verifier_answers_a_challenge_that_was_left_out() {
        for verifier in ["", VERIFIER] {
            assert!(!CodeChallenge::none().is_answered_by(verifier), "{verifier}");
        }
        assert_eq!(CodeChallenge::stored(""), Ok(CodeChallenge::none()));
        assert!(CodeChallenge::parse("").is_err());
    }

    #[test]
    fn what_is_no_sha_256_is_no_challenge() {
        for wrong in ["", "abc", CHALLENGE.get(1..).unwrap(), &format!("{CHALLENGE}="), &"A".repeat(128)] {
            assert!(CodeChallenge::parse(wrong).is_err(), "{wrong}");
        }
    }
}
