//! The one home of randomness: the operating system's generator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng as _;

pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one home of randomness")]
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// `prefix` and 256 random bits as base64url: secrets that are looked up by their hash.
pub fn text(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes::<32>()))
}
