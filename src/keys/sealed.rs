//! Values that travel through the browser or rest on disk unreadable and unchangeable: JWE with a direct 256-bit key
//! and AES-GCM (RFC 7516; RFC 7518 §4.5, §5.3).

use std::collections::BTreeMap;

use josekit::jwe::alg::direct::DirectJweAlgorithm::Dir;
use josekit::jwe::alg::direct::{DirectJweDecrypter, DirectJweEncrypter};
use josekit::jwe::{self, JweDecrypter, JweHeader};
use mcp_resource::wire::sealed::is_whole;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::secret::Secret;

const ENCRYPTION: &str = "A256GCM";

/// The text was not sealed by us for this purpose, issuer and version, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value is not ours, or was changed")]
pub struct NotOurs;

/// Sealing failed, which only a defect can cause.
#[derive(Debug, thiserror::Error)]
#[error("a value could not be sealed: {0}")]
pub struct SealError(String);

/// The keys of one purpose and issuer, in all versions.
pub(super) struct Sealer {
    current: u32,
    encrypter: DirectJweEncrypter,
    decrypters: BTreeMap<u32, DirectJweDecrypter>,
}

impl Sealer {
    pub(super) fn new(current: u32, keys: &BTreeMap<u32, Secret<[u8; 32]>>) -> Result<Self, SealError> {
        let failed = |error: josekit::JoseError| SealError(error.to_string());
        let key = keys.get(&current).ok_or_else(|| SealError("the current key is missing".to_owned()))?;
        let mut decrypters = BTreeMap::new();
        for (version, key) in keys {
            decrypters.insert(*version, Dir.decrypter_from_bytes(key.expose()).map_err(failed)?);
        }
        Ok(Self { current, encrypter: Dir.encrypter_from_bytes(key.expose()).map_err(failed)?, decrypters })
    }

    pub(super) fn seal(&self, value: &impl Serialize) -> Result<String, SealError> {
        let plain = serde_json::to_vec(value).map_err(|error| SealError(error.to_string()))?;
        let mut header = JweHeader::new();
        header.set_content_encryption(ENCRYPTION);
        header.set_key_id(self.current.to_string());
        jwe::serialize_compact(&plain, &header, &self.encrypter).map_err(|error| SealError(error.to_string()))
    }

    pub(super) fn unseal<T: DeserializeOwned>(&self, text: &str) -> Result<T, NotOurs> {
        if !is_whole(text) {
            return Err(NotOurs);
        }
        let (plain, _) = jwe::deserialize_compact_with_selector(text, |header| Ok(self.decrypter(header)))
            .map_err(|_not_sealed_by_us: josekit::JoseError| NotOurs)?;
        serde_json::from_slice(&plain).map_err(|_another_shape: serde_json::Error| NotOurs)
    }

    fn decrypter(&self, header: &JweHeader) -> Option<&dyn JweDecrypter> {
        // A compressed value could blow up on opening, and we never make one (spec/crates.md, section 2).
        if header.claim("zip").is_some() || header.content_encryption() != Some(ENCRYPTION) {
            return None;
        }
        let version = header.key_id()?.parse().ok()?;
        self.decrypters.get(&version).map(|decrypter| -> &dyn JweDecrypter { decrypter })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(versions: &[u32], current: u32) -> Sealer {
        let keys = versions.iter().map(|v| (*v, Secret::new([u8::try_from(*v).unwrap(); 32]))).collect();
        Sealer::new(current, &keys).unwrap()
    }

    #[test]
    fn an_old_version_is_still_opened_and_a_retired_one_is_not() {
        let text = sealer(&[1], 1).seal(&"hello").unwrap();
        assert_eq!(sealer(&[1, 2], 2).unseal::<String>(&text), Ok("hello".to_owned()));
        assert_eq!(sealer(&[2], 2).unseal::<String>(&text), Err(NotOurs));
    }

    #[test]
    fn a_sealed_value_whose_tag_was_cut_is_not_opened() {
        let sealer = sealer(&[1], 1);
        let text = sealer.seal(&"hello").unwrap();
        assert!(is_whole(&text));
        for missing in 1..=22 {
            let cut = text.get(..text.len() - missing).unwrap();
            assert_eq!(sealer.unseal::<String>(cut), Err(NotOurs), "{missing} characters less");
        }
        assert_eq!(sealer.unseal::<String>(&format!("{text}AA")), Err(NotOurs));
    }

    #[test]
    fn no_character_of_a_sealed_value_can_be_changed() {
        let sealer = sealer(&[1], 1);
        let text = sealer.seal(&"hello").unwrap();
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(sealer.unseal::<String>(&changed), Err(NotOurs), "at {index}");
        }
    }
}
