//! Ids that nobody guesses, from the operating system's generator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;

use crate::shop::backend::BackendError;

/// B15: state handles are random. 128 bits, written as `prefix_` and base64url.
pub(super) fn handle(prefix: &str) -> Result<String, BackendError> {
    Ok(format!("{prefix}_{}", text::<16>()?))
}

/// 256 bits in base64url: the address of a page that needs no sign-in.
pub(super) fn link() -> Result<String, BackendError> {
    text::<32>()
}

fn text<const BYTES: usize>() -> Result<String, BackendError> {
    let mut bytes = [0; BYTES];
    SysRng.try_fill_bytes(&mut bytes).map_err(|error| BackendError::Unavailable(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
