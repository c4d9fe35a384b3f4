//! Keys of agents that prove themselves by one (`private_key_jwt`), and what they sign: good assertions, and any other.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::alg::ed::EdCurve;
use josekit::jws::{ES256, EdDSA, JwsSigner, RS256};
use serde_json::{Value, json};
use tillgate::domain::Clock;
use tillgate::keys::random;

#[derive(Clone)]
pub struct Key {
    signer: Arc<dyn JwsSigner>,
    /// As JWK, with the algorithm and the key id.
    pub public: Value,
    clock: Clock,
}

impl Key {
    /// For ES256, RS256 or `EdDSA`. What it signs is signed at the time of `clock`.
    pub fn new(algorithm: &str, kid: &str, clock: &Clock) -> Self {
        let (signer, public): (Arc<dyn JwsSigner>, _) = match algorithm {
            "ES256" => {
                let pair = ES256.generate_key_pair().unwrap();
                (Arc::new(ES256.signer_from_jwk(&pair.to_jwk_key_pair()).unwrap()), pair.to_jwk_public_key())
            }
            "RS256" => {
                let pair = RS256.generate_key_pair(2048).unwrap();
                (Arc::new(RS256.signer_from_jwk(&pair.to_jwk_key_pair()).unwrap()), pair.to_jwk_public_key())
            }
            "EdDSA" => {
                let pair = EdDSA.generate_key_pair(EdCurve::Ed25519).unwrap();
                (Arc::new(EdDSA.signer_from_jwk(&pair.to_jwk_key_pair()).unwrap()), pair.to_jwk_public_key())
            }
            _ => panic!("no key for {algorithm}"),
        };
        let mut public = serde_json::to_value(public.as_ref()).unwrap();
        public["kid"] = json!(kid);
        public["alg"] = json!(algorithm);
        Self { signer, public, clock: clock.clone() }
    }

    pub fn header(&self) -> Value {
        json!({"alg": self.public["alg"], "kid": self.public["kid"], "typ": "JWT"})
    }

    /// Good ones.
    pub fn claims(&self, client_id: &str, audience: &str) -> Value {
        let now = self.clock.now().as_secs();
        json!({
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "exp": now + 60,
            "iat": now,
            "jti": random::text("jti-"),
        })
    }

    pub fn assertion(&self, client_id: &str, audience: &str) -> String {
        self.sign(&self.header().to_string(), &self.claims(client_id, audience).to_string())
    }

    /// Signs whatever it is.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.signer.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
