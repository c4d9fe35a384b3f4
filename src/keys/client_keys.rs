//! A client's public keys, ready to verify with. Which key is for which algorithm is `domain::key_set`'s to say.

use josekit::jwk::Jwk;
use josekit::jws::{self, ES256, EdDSA, JwsVerifier, RS256};
use serde_json::Value;

use crate::domain::key_set::{self, InvalidKeySet, SigningAlgorithm};

#[derive(Debug)]
pub struct ClientKeys(Vec<ClientKey>);

struct ClientKey {
    kid: Option<String>,
    algorithm: SigningAlgorithm,
    verifier: Box<dyn JwsVerifier>,
}

impl ClientKeys {
    /// The keys of a set (RFC 7517 §5).
    ///
    /// # Errors
    /// When there is none that can be used, or one that should not be there.
    pub fn read(key_set: &Value) -> Result<Self, InvalidKeySet> {
        let keys: Vec<ClientKey> = key_set::usable(key_set)?.into_iter().filter_map(ClientKey::read).collect();
        if keys.is_empty() { Err(InvalidKeySet::NoneUsable) } else { Ok(Self(keys)) }
    }

    /// Whether there is a key that could have signed so.
    pub fn fit(&self, algorithm: SigningAlgorithm, kid: Option<&str>) -> bool {
        self.fitting(algorithm, kid).next().is_some()
    }

    /// What a compact JWS says, if one of the keys has signed it with this algorithm. RFC 7515 §4.1.4: `kid` selects where it
    /// is given.
    pub fn verify(&self, token: &str, algorithm: SigningAlgorithm, kid: Option<&str>) -> Option<Vec<u8>> {
        let mut keys = self.fitting(algorithm, kid);
        keys.find_map(|key| Some(jws::deserialize_compact(token, &*key.verifier).ok()?.0))
    }

    fn fitting<'a>(&'a self, algorithm: SigningAlgorithm, kid: Option<&'a str>) -> impl Iterator<Item = &'a ClientKey> {
        let is_it = move |key: &&ClientKey| kid.is_none_or(|kid| key.kid.as_deref() == Some(kid));
        self.0.iter().filter(move |key| key.algorithm == algorithm).filter(is_it)
    }
}

impl ClientKey {
    /// `None` for numbers that are no key, such as a point that is not on its curve.
    fn read((algorithm, jwk): (SigningAlgorithm, &key_set::Jwk)) -> Option<Self> {
        let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
        let mut jwk = jwk.clone();
        // With it the verifier would refuse a token that names none.
        jwk.remove("kid");
        let jwk = Jwk::from_map(jwk).ok()?;
        let verifier: Box<dyn JwsVerifier> = match algorithm {
            SigningAlgorithm::Es256 => Box::new(ES256.verifier_from_jwk(&jwk).ok()?),
            SigningAlgorithm::Rs256 => Box::new(RS256.verifier_from_jwk(&jwk).ok()?),
            SigningAlgorithm::EdDsa => Box::new(EdDSA.verifier_from_jwk(&jwk).ok()?),
        };
        Some(Self { kid, algorithm, verifier })
    }
}

impl std::fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.algorithm, self.kid)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use josekit::jws::{JwsHeader, JwsSigner};
    use serde_json::json;

    use super::*;

    fn public(jwk: &Jwk, kid: &str) -> Value {
        let mut key = serde_json::to_value(jwk.as_ref()).unwrap();
        key["kid"] = json!(kid);
        key
    }

    fn signed(signer: &dyn JwsSigner) -> String {
        jws::serialize_compact(b"{}", &JwsHeader::new(), signer).unwrap()
    }

    #[test]
    fn each_algorithm_verifies_with_its_own_key_and_kid_selects() {
        let (ec, rsa) = (ES256.generate_key_pair().unwrap(), RS256.generate_key_pair(2048).unwrap());
        let ed = EdDSA.generate_key_pair(josekit::jwk::alg::ed::EdCurve::Ed25519).unwrap();
        let keys = [
            public(&ec.to_jwk_public_key(), "e"),
            public(&rsa.to_jwk_public_key(), "r"),
            public(&ed.to_jwk_public_key(), "d"),
        ];
        let keys = ClientKeys::read(&json!({ "keys": keys })).unwrap();
        let tokens = [
            (SigningAlgorithm::Es256, "e", signed(&ES256.signer_from_jwk(&ec.to_jwk_key_pair()).unwrap())),
            (SigningAlgorithm::Rs256, "r", signed(&RS256.signer_from_jwk(&rsa.to_jwk_key_pair()).unwrap())),
            (SigningAlgorithm::EdDsa, "d", signed(&EdDSA.signer_from_jwk(&ed.to_jwk_key_pair()).unwrap())),
        ];
        for (algorithm, kid, token) in &tokens {
            assert_eq!(keys.verify(token, *algorithm, Some(kid)), Some(b"{}".to_vec()));
            assert_eq!(keys.verify(token, *algorithm, None), Some(b"{}".to_vec()));
            assert_eq!(keys.verify(token, *algorithm, Some("other")), None);
            assert!(keys.fit(*algorithm, Some(kid)) && !keys.fit(*algorithm, Some("other")));
            for other in SigningAlgorithm::ALL.into_iter().filter(|other| other != algorithm) {
                assert_eq!(keys.verify(token, other, None), None, "signed with {algorithm}, read as {other}");
            }
        }
    }

    #[test]
    fn numbers_that_are_no_key_are_left_out() {
        let off_the_curve = URL_SAFE_NO_PAD.encode([1; 32]);
        let key = json!({"kty": "EC", "crv": "P-256", "x": off_the_curve, "y": off_the_curve});
        assert_eq!(ClientKeys::read(&json!({ "keys": [key] })).err(), Some(InvalidKeySet::NoneUsable));
    }
}
