//! The signing keys of one issuer: the one that signs, the next one, and those whose tokens may still live.
//!
//! The key set shows the next key before it signs, so that no resource server meets an unknown one.

use josekit::jwk::Jwk;
use josekit::jws::alg::ecdsa::{EcdsaJwsSigner, EcdsaJwsVerifier};
use josekit::jws::{ES256, JwsSigner, JwsVerifier};
use serde_json::Value;

use crate::domain::Timestamp;

/// A stored key that cannot be read: the secret's version is gone, or the row was changed.
#[derive(Debug, thiserror::Error)]
#[error("the signing key {kid} cannot be read: {reason}; was a version of the installation's secret removed?")]
pub struct UnreadableKey {
    pub kid: String,
    pub reason: String,
}

#[derive(Debug)]
pub struct SigningKey {
    kid: String,
    signer: EcdsaJwsSigner,
    verifier: EcdsaJwsVerifier,
    public_jwk: Value,
    activated_at: Option<Timestamp>,
    retired_at: Option<Timestamp>,
}

/// A new ES256 key pair as (private, public) JWK. RFC 7518 §3.4.
pub fn generate(kid: &str) -> Result<(String, String), UnreadableKey> {
    let pair =
        ES256.generate_key_pair().map_err(|error| UnreadableKey { kid: kid.to_owned(), reason: error.to_string() })?;
    let mut private = pair.to_jwk_key_pair();
    private.set_key_id(kid);
    let mut public = pair.to_jwk_public_key();
    public.set_key_id(kid);
    public.set_algorithm("ES256");
    public.set_key_use("sig");
    Ok((private.to_string(), public.to_string()))
}

impl SigningKey {
    /// A key from its JWKs; the private one as it was before sealing.
    pub fn read(
        kid: String,
        private_jwk: &str,
        public_jwk: &str,
        activated_at: Option<Timestamp>,
        retired_at: Option<Timestamp>,
    ) -> Result<Self, UnreadableKey> {
        let unreadable = |reason: String| UnreadableKey { kid: kid.clone(), reason };
        let parse = |text: &str| Jwk::from_bytes(text).map_err(|error| unreadable(error.to_string()));
        let signer = ES256.signer_from_jwk(&parse(private_jwk)?).map_err(|error| unreadable(error.to_string()))?;
        let verifier = ES256.verifier_from_jwk(&parse(public_jwk)?).map_err(|error| unreadable(error.to_string()))?;
        let public_jwk = serde_json::from_str(public_jwk).map_err(|error| unreadable(error.to_string()))?;
        Ok(Self { kid, signer, verifier, public_jwk, activated_at, retired_at })
    }

    pub fn kid(&self) -> &str {
        &self.kid
    }
    pub fn signer(&self) -> &dyn JwsSigner {
        &self.signer
    }
}

/// The keys of one issuer, read and ready.
#[derive(Debug)]
pub struct Keyring {
    keys: Vec<SigningKey>,
    key_set: String,
}

impl Keyring {
    pub fn new(keys: Vec<SigningKey>) -> Self {
        let public: Vec<&Value> = keys.iter().map(|key| &key.public_jwk).collect();
        let key_set = serde_json::json!({ "keys": public }).to_string();
        Self { keys, key_set }
    }

    /// The key that signs now: the one activated last and not retired.
    pub fn current(&self) -> Option<&SigningKey> {
        self.keys
            .iter()
            .filter(|key| key.retired_at.is_none() && key.activated_at.is_some())
            .max_by_key(|key| key.activated_at)
    }

    pub fn verifier(&self, kid: &str) -> Option<&dyn JwsVerifier> {
        self.keys.iter().find(|key| key.kid == kid).map(|key| -> &dyn JwsVerifier { &key.verifier })
    }

    /// RFC 7517 §5: the public keys, as JSON.
    pub fn key_set(&self) -> &str {
        &self.key_set
    }
}
