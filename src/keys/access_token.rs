//! Access tokens: JWTs of RFC 9068, signed with ES256, never stored.

use josekit::jws::{self, JwsHeader};
use mcp_resource::wire::AccessClaims;
use mcp_resource::wire::claims::{ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE};

use super::keyring::{Keyring, SigningKey};
use crate::domain::Timestamp;

/// Signing failed, which only a defect can cause.
#[derive(Debug, thiserror::Error)]
#[error("an access token could not be signed: {0}")]
pub struct AccessTokenError(String);

/// Longer texts are no tokens of ours.
const LONGEST: usize = 8192;

pub fn sign(claims: &AccessClaims, key: &SigningKey) -> Result<String, AccessTokenError> {
    let payload = serde_json::to_vec(claims).map_err(|error| AccessTokenError(error.to_string()))?;
    let mut header = JwsHeader::new();
    // RFC 9068 §2.1: the type that no other token of ours has.
    header.set_token_type(ACCESS_TOKEN_TYPE);
    header.set_key_id(key.kid());
    jws::serialize_compact(&payload, &header, key.signer()).map_err(|error| AccessTokenError(error.to_string()))
}

/// The claims of one of this issuer's own live access tokens: what introspection and revocation accept. `None` for
/// anything else, and for expired ones.
pub fn verify(text: &str, issuer: &str, keyring: &Keyring, now: Timestamp) -> Option<AccessClaims> {
    if text.len() > LONGEST {
        return None;
    }
    let (payload, header) = jws::deserialize_compact_with_selector(text, |header| {
        // RFC 8725 §3.1: the key decides the algorithm, never the token.
        Ok(header
            .key_id()
            .filter(|_| header.algorithm() == Some(ACCESS_TOKEN_ALGORITHM))
            .and_then(|kid| keyring.verifier(kid)))
    })
    .ok()?;
    // RFC 9068 §4: the type is checked.
    if header.token_type() != Some(ACCESS_TOKEN_TYPE) {
        return None;
    }
    // Reading into a struct refuses a member that appears twice, and times that are not whole numbers.
    let claims: AccessClaims = serde_json::from_slice(&payload).ok()?;
    (claims.iss == issuer && claims.exp > now.as_secs()).then_some(claims)
}
