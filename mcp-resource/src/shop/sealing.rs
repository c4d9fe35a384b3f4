//! What this server gives a client to bring back, unreadable and unchangeable: JWE with a direct 256-bit key and AES-GCM
//! (RFC 7516; RFC 7518 §4.5, §5.3). All processes that serve one endpoint share the keys.
//!
//! Each sealed value names its purpose inside (F8), so that one kind never passes for another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use josekit::jwe::alg::direct::DirectJweAlgorithm::Dir;
use josekit::jwe::alg::direct::{DirectJweDecrypter, DirectJweEncrypter};
use josekit::jwe::{self, JweDecrypter, JweHeader};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::wire::sealed::is_whole;

const ENCRYPTION: &str = "A256GCM";
/// Nothing that is sealed here comes near it.
const LONGEST: usize = 4_096;

/// 256 random bits and their version, which is a label and no secret.
pub type VersionedKey = (u32, [u8; 32]);

/// Why keys cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakKeys {
    #[error("there is no key")]
    None,
    #[error("two keys have one version")]
    Twice,
    #[error("a key is not random; use 32 bytes of a random generator")]
    NotRandom,
}

/// The text was not sealed by us for this purpose, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value is not ours, or was changed")]
pub struct NotOurs;

/// Seals under the first of its keys and opens what was sealed under any. To change a key, every process gets the new one
/// behind the old, then before it, and then alone. Cheap to clone.
#[derive(Clone)]
pub struct Sealer {
    inner: Arc<Inner>,
}

struct Inner {
    current: u32,
    encrypter: DirectJweEncrypter,
    decrypters: BTreeMap<u32, DirectJweDecrypter>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("current", &self.inner.current).finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Purposeful<T> {
    purpose: String,
    value: T,
}

impl Sealer {
    /// # Errors
    /// No keys, or one that nobody may rely on.
    pub fn new(keys: &[VersionedKey]) -> Result<Self, WeakKeys> {
        let Some((current, first)) = keys.first() else { return Err(WeakKeys::None) };
        let unusable = |_length: josekit::JoseError| WeakKeys::NotRandom;
        let mut decrypters = BTreeMap::new();
        for (version, key) in keys {
            // 32 random bytes have fewer than 16 different values once in 2^60 times; a typed text often does.
            if key.iter().collect::<BTreeSet<_>>().len() < 16 {
                return Err(WeakKeys::NotRandom);
            }
            if decrypters.insert(*version, Dir.decrypter_from_bytes(key).map_err(unusable)?).is_some() {
                return Err(WeakKeys::Twice);
            }
        }
        let encrypter = Dir.encrypter_from_bytes(first).map_err(unusable)?;
        Ok(Self { inner: Arc::new(Inner { current: *current, encrypter, decrypters }) })
    }

    /// `None` only by a defect: what is sealed here has a JSON form.
    pub(crate) fn seal(&self, purpose: &str, value: &impl Serialize) -> Option<String> {
        let plain = serde_json::to_vec(&Purposeful { purpose: purpose.to_owned(), value }).ok()?;
        let mut header = JweHeader::new();
        header.set_content_encryption(ENCRYPTION);
        header.set_key_id(self.inner.current.to_string());
        jwe::serialize_compact(&plain, &header, &self.inner.encrypter).ok()
    }

    pub(crate) fn open<T: DeserializeOwned>(&self, purpose: &str, text: &str) -> Result<T, NotOurs> {
        if text.len() > LONGEST || !is_whole(text) {
            return Err(NotOurs);
        }
        let (plain, _) = jwe::deserialize_compact_with_selector(text, |header| Ok(self.decrypter(header)))
            .map_err(|_not_sealed_by_us: josekit::JoseError| NotOurs)?;
        let opened: Purposeful<T> =
            serde_json::from_slice(&plain).map_err(|_another_shape: serde_json::Error| NotOurs)?;
        // F8: what was sealed for one purpose serves no other.
        if opened.purpose == purpose { Ok(opened.value) } else { Err(NotOurs) }
    }

    fn decrypter(&self, header: &JweHeader) -> Option<&dyn JweDecrypter> {
        // A compressed value could blow up on opening, and we never make one.
        if header.claim("zip").is_some() || header.content_encryption() != Some(ENCRYPTION) {
            return None;
        }
        let version = header.key_id()?.parse().ok()?;
        self.inner.decrypters.get(&version).map(|decrypter| -> &dyn JweDecrypter { decrypter })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(from: u8) -> [u8; 32] {
        std::array::from_fn(|index| from.wrapping_add(u8::try_from(index).unwrap()))
    }

    #[test]
    fn a_sealed_value_whose_tag_was_cut_is_not_opened() {
        let sealer = Sealer::new(&[(1, key(1))]).unwrap();
        let text = sealer.seal("here", &"hello").unwrap();
        assert_eq!(sealer.open::<String>("here", &text).ok().as_deref(), Some("hello"));
        for missing in 1..=22 {
            let cut = text.get(..text.len() - missing).unwrap();
            assert!(sealer.open::<String>("here", cut).is_err(), "{missing} characters less");
        }
    }

    #[test]
    fn weak_keys_are_refused() {
        assert_eq!(Sealer::new(&[]).unwrap_err(), WeakKeys::None);
        assert_eq!(Sealer::new(&[(1, [7; 32])]).unwrap_err(), WeakKeys::NotRandom);
        assert_eq!(Sealer::new(&[(1, key(0)), (1, key(9))]).unwrap_err(), WeakKeys::Twice);
        assert!(!format!("{:?}", Sealer::new(&[(1, key(0))]).unwrap()).contains("decrypter"));
    }

    #[test]
    fn a_key_is_changed_without_losing_what_the_old_one_sealed() {
        let (old, both) = (Sealer::new(&[(1, key(0))]).unwrap(), Sealer::new(&[(1, key(0)), (2, key(9))]).unwrap());
        let (promoted, new) = (Sealer::new(&[(2, key(9)), (1, key(0))]).unwrap(), Sealer::new(&[(2, key(9))]).unwrap());
        let text = old.seal("p", &"hello").unwrap();
        assert_eq!(promoted.open::<String>("p", &text), Ok("hello".to_owned()));
        assert_eq!(new.open::<String>("p", &text), Err(NotOurs));
        assert_eq!(both.open::<String>("p", &promoted.seal("p", &"later").unwrap()), Ok("later".to_owned()));
    }

    #[test]
    fn a_value_serves_its_own_purpose_only_and_no_character_of_it_can_be_changed() {
        let sealer = Sealer::new(&[(1, key(0))]).unwrap();
        let text = sealer.seal("one", &"hello").unwrap();
        assert_eq!(sealer.open::<String>("other", &text), Err(NotOurs));
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(sealer.open::<String>("one", &changed), Err(NotOurs), "at {index}");
        }
    }
}
