//! Authorization codes and refresh tokens: a connection's id and generation under a MAC (decision 1).
//!
//! The MAC is checked before the database is touched, so forged tokens cost no query. The seed is checked by the database,
//! which holds only its hash: neither the secret nor the database alone forges a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::secret::Secret;
use crate::domain::{ConnectionId, Timestamp};

/// NEVER CHANGE THE PREFIXES: tokens in use begin with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Code,
    Refresh,
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Code => "tgc_",
            Self::Refresh => "tgr_",
        }
    }
}

/// What a code or refresh token says, its MAC having been checked.
#[derive(Clone, PartialEq, Eq)]
pub struct PresentedToken {
    pub connection_id: ConnectionId,
    /// 0 is the code's, 1 and up are refresh tokens'.
    pub generation: i64,
    pub seed: [u8; 16],
    /// The end of the connection, in whole seconds: past it a token means nothing any more.
    pub expires_at: Timestamp,
}

impl PresentedToken {
    /// What the connection's row keeps of the seed.
    pub fn seed_hash(&self) -> [u8; 32] {
        seed_hash(&self.seed)
    }
}

/// The seed must not reach a log.
impl std::fmt::Debug for PresentedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PresentedToken({}, generation {})", self.connection_id, self.generation)
    }
}

pub(super) fn seed_hash(seed: &[u8; 16]) -> [u8; 32] {
    Sha256::digest(seed).into()
}

/// The length of the body before the MAC: version 4, id 16, generation 8, seed 16, expiry 8.
const BODY: usize = 52;
const MAC: usize = 32;

pub(super) fn encode(token: &PresentedToken, kind: TokenKind, version: u32, key: &Secret<[u8; 32]>) -> String {
    let mut bytes = Vec::with_capacity(BODY + MAC);
    bytes.extend(version.to_be_bytes());
    bytes.extend(token.connection_id.0.as_bytes());
    bytes.extend(token.generation.to_be_bytes());
    bytes.extend(token.seed);
    bytes.extend(token.expires_at.as_secs().to_be_bytes());
    let tag = mac(key, &bytes).finalize().into_bytes();
    bytes.extend(tag);
    let mut text = kind.prefix().to_owned();
    URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
    text
}

/// `None` for anything that is no token of this kind made with a key that `key_of` knows.
pub(super) fn decode<'k>(
    text: &str,
    kind: TokenKind,
    key_of: impl Fn(u32) -> Option<&'k Secret<[u8; 32]>>,
) -> Option<PresentedToken> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(kind.prefix())?).ok()?;
    let (body, tag) = bytes.split_at_checked(BODY)?;
    let (version, rest) = take::<4>(body)?;
    // Constant-time, as `Mac::verify_slice` is; a tag of another length fails too.
    mac(key_of(u32::from_be_bytes(version))?, body).verify_slice(tag).ok()?;
    let (id, rest) = take::<16>(rest)?;
    let (generation, rest) = take::<8>(rest)?;
    let (seed, rest) = take::<16>(rest)?;
    let (expires_at, _) = take::<8>(rest)?;
    Some(PresentedToken {
        connection_id: ConnectionId(Uuid::from_bytes(id)),
        generation: i64::from_be_bytes(generation),
        seed,
        expires_at: Timestamp::from_secs(i64::from_be_bytes(expires_at)),
    })
}

fn take<const N: usize>(bytes: &[u8]) -> Option<([u8; N], &[u8])> {
    bytes.split_first_chunk::<N>().map(|(head, tail)| (*head, tail))
}

pub(super) fn mac(key: &Secret<[u8; 32]>, message: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else { unreachable!("HMAC takes any key") };
    mac.update(message);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> PresentedToken {
        PresentedToken {
            connection_id: ConnectionId(Uuid::from_u128(42)),
            generation: 3,
            seed: [9; 16],
            expires_at: Timestamp::from_secs(1_900_000_000),
        }
    }

    #[test]
    fn a_token_is_read_back_only_as_its_own_kind_with_its_own_key() {
        let (key, other) = (Secret::new([1; 32]), Secret::new([2; 32]));
        let text = encode(&token(), TokenKind::Refresh, 1, &key);
        assert_eq!(decode(&text, TokenKind::Refresh, |v| (v == 1).then_some(&key)), Some(token()));
        assert_eq!(decode(&text, TokenKind::Refresh, |_| Some(&other)), None);
        assert_eq!(decode(&text, TokenKind::Refresh, |v| (v == 2).then_some(&key)), None);
        assert_eq!(decode(&text.replace("tgr_", "tgc_"), TokenKind::Refresh, |_| Some(&key)), None);
    }

    #[test]
    fn no_character_of_a_token_can_be_changed() {
        let key = Secret::new([1; 32]);
        let text = encode(&token(), TokenKind::Code, 1, &key);
        for index in 4..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(decode(&changed, TokenKind::Code, |_| Some(&key)), None, "at {index}");
        }
    }
}
