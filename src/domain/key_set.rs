//! The public keys by which a client proves itself, as it publishes them (RFC 7517 §5). What can be said without computing
//! with them: a set is small, holds nothing private, and has a key that some algorithm of ours is for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::client::words;

words! {
    /// How clients may sign (RFC 7518 §3.1, RFC 8037 §3.1): never `none`, never with a secret that is shared.
    SigningAlgorithm { Es256 = "ES256", Rs256 = "RS256", EdDsa = "EdDSA" }
}

impl SigningAlgorithm {
    pub const ALL: [Self; 3] = [Self::Es256, Self::Rs256, Self::EdDsa];
}

/// Larger key sets than this are not read.
pub const MOST_BYTES: usize = 32 * 1024;
const MOST_KEYS: usize = 32;
/// RFC 7518 §6.2.2, §6.3.2, §6.4: members of private and of symmetric keys; RFC 9964: of post-quantum ones.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// Why a client cannot prove itself by these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeySet {
    #[error("it is no JSON object with an array of keys")]
    NoKeySet,
    #[error("it has more than 32 keys")]
    TooMany,
    #[error("it holds a private or a shared key")]
    Private,
    #[error("it has no public key for ES256, RS256 (2048 bits at least) or EdDSA (Ed25519)")]
    NoneUsable,
}

/// A member of a key set, as JSON.
pub type Jwk = Map<String, Value>;

/// The keys of a set that can be used, each with its one algorithm; RFC 7517 §5: others are left out.
///
/// # Errors
/// When there are none, or the set is none that may be published.
pub fn usable(key_set: &Value) -> Result<Vec<(SigningAlgorithm, &Jwk)>, InvalidKeySet> {
    let keys = key_set.get("keys").and_then(Value::as_array).ok_or(InvalidKeySet::NoKeySet)?;
    if keys.len() > MOST_KEYS {
        return Err(InvalidKeySet::TooMany);
    }
    let keys: Option<Vec<&Jwk>> = keys.iter().map(Value::as_object).collect();
    let keys = keys.ok_or(InvalidKeySet::NoKeySet)?;
    // A key whose private half is public proves nothing, and whoever made such a set knows not what it does.
    if keys.iter().any(|key| PRIVATE.iter().any(|member| key.contains_key(*member))) {
        return Err(InvalidKeySet::Private);
    }
    let usable: Vec<_> = keys.into_iter().filter_map(|key| Some((algorithm(key)?, key))).collect();
    if usable.is_empty() { Err(InvalidKeySet::NoneUsable) } else { Ok(usable) }
}

/// RFC 8725 §3.1: the key decides the algorithm, never the token.
fn algorithm(key: &Jwk) -> Option<SigningAlgorithm> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let is_coordinate = |name: &str| bytes(name).is_some_and(|bytes| bytes.len() == 32);
    let algorithm = match (text("kty")?, text("crv")) {
        ("EC", Some("P-256")) if is_coordinate("x") && is_coordinate("y") => SigningAlgorithm::Es256,
        ("OKP", Some("Ed25519")) if is_coordinate("x") => SigningAlgorithm::EdDsa,
        ("RSA", None) if is_modulus(&bytes("n")?) && is_exponent(&bytes("e")?) => SigningAlgorithm::Rs256,
        _ => return None,
    };
    // RFC 7517 §4.2 to §4.4.
    let is_for_signatures = key.get("use").is_none_or(|used| used == "sig");
    let may_verify = match key.get("key_ops") {
        None => true,
        Some(operations) => operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify")),
    };
    let is_meant = key.get("alg").is_none_or(|meant| meant == algorithm.as_str());
    (is_for_signatures && may_verify && is_meant).then_some(algorithm)
}

/// RFC 7518 §3.3: 2048 bits at least; and not so many that verifying is a burden.
fn is_modulus(bytes: &[u8]) -> bool {
    let significant =
        bytes.iter().position(|byte| *byte != 0).map_or(&[][..], |at| bytes.get(at..).unwrap_or_default());
    match significant.len() {
        256 => significant.first().is_some_and(|first| *first >= 0x80),
        // Up to 4096 bits: larger ones only cost who verifies.
        257..=512 => true,
        _ => false,
    }
}

fn is_exponent(bytes: &[u8]) -> bool {
    matches!(bytes.len(), 1..=3)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ec() -> Value {
        json!({"kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode([1; 32]), "y": URL_SAFE_NO_PAD.encode([2; 32])})
    }

    fn rsa(first: u8, length: usize) -> Value {
        let mut modulus = vec![0xff; length];
        modulus[0] = first;
        json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB"})
    }

    fn with(key: &Value, name: &str, value: Value) -> Value {
        let mut changed = key.clone();
        changed[name] = value;
        changed
    }

    fn algorithms(keys: &[Value]) -> Result<Vec<SigningAlgorithm>, InvalidKeySet> {
        let set = json!({ "keys": keys });
        Ok(usable(&set)?.into_iter().map(|(algorithm, _)| algorithm).collect())
    }

    #[test]
    fn each_key_is_for_one_algorithm_and_others_are_left_out() {
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode([1; 32]), "alg": "EdDSA"});
        let foreign = json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"});
        let all = [ec(), rsa(0x80, 256), ed, foreign, with(&ec(), "use", json!("enc"))];
        let expected = [SigningAlgorithm::Es256, SigningAlgorithm::Rs256, SigningAlgorithm::EdDsa];
        assert_eq!(algorithms(&all), Ok(expected.to_vec()));
        assert_eq!(algorithms(&[with(&ec(), "key_ops", json!(["verify"]))]), Ok(vec![SigningAlgorithm::Es256]));
    }

    #[test]
    fn keys_that_are_weak_or_for_something_else_are_not_usable() {
        for key in [
            rsa(0x7f, 256),
            rsa(0xff, 128),
            rsa(0xff, 1025),
            with(&rsa(0xff, 256), "alg", json!("RS512")),
            with(&rsa(0xff, 256), "e", json!("AQABAQABAQAB")),
            with(&ec(), "crv", json!("P-384")),
            with(&ec(), "x", json!("AAAA")),
            with(&ec(), "use", json!("enc")),
            with(&ec(), "key_ops", json!(["sign"])),
            with(&ec(), "alg", json!("none")),
            json!({"kty": "OKP", "crv": "Ed448", "x": URL_SAFE_NO_PAD.encode([1; 57])}),
            json!({}),
        ] {
            assert_eq!(algorithms(std::slice::from_ref(&key)), Err(InvalidKeySet::NoneUsable), "{key}");
        }
    }

    #[test]
    fn a_set_with_anything_private_is_refused_as_a_whole() {
        for member in PRIVATE {
            assert_eq!(algorithms(&[ec(), with(&ec(), member, json!("x"))]), Err(InvalidKeySet::Private), "{member}");
        }
        assert_eq!(algorithms(&[json!({"kty": "oct", "k": "AAAA"})]), Err(InvalidKeySet::Private));
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for set in [json!([]), json!({}), json!({"keys": {}}), json!({"keys": ["x"]}), json!("keys")] {
            assert_eq!(usable(&set).err(), Some(InvalidKeySet::NoKeySet), "{set}");
        }
        assert_eq!(algorithms(&vec![ec(); 33]), Err(InvalidKeySet::TooMany));
        assert_eq!(algorithms(&[]), Err(InvalidKeySet::NoneUsable));
    }
}
