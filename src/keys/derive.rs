//! Keys derived from the installation's secret by HKDF (RFC 5869).

use hkdf::Hkdf;
use sha2::Sha256;

use super::secret::Secret;

/// What a key is for. The label is part of the derivation: NEVER CHANGE THE LABEL of a purpose in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    Code,
    Refresh,
    AuthorizationRequest,
    Form,
    SignUp,
    UpstreamState,
    SignInCode,
    Unproved,
    Passkey,
    SigningKey,
    Destination,
}

impl Purpose {
    pub const ALL: [Self; 11] = [
        Self::Code,
        Self::Refresh,
        Self::AuthorizationRequest,
        Self::Form,
        Self::SignUp,
        Self::UpstreamState,
        Self::SignInCode,
        Self::Unproved,
        Self::Passkey,
        Self::SigningKey,
        Self::Destination,
    ];

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Refresh => "refresh",
            Self::AuthorizationRequest => "authorization-request",
            Self::Form => "form",
            Self::SignUp => "sign-up",
            Self::UpstreamState => "upstream-state",
            Self::SignInCode => "sign-in-code",
            Self::Unproved => "upstream-unproved",
            Self::Passkey => "passkey",
            Self::SigningKey => "signing-key",
            Self::Destination => "destination",
        }
    }
}

/// The key of one purpose, issuer and version of the secret.
pub(super) fn derive(secret: &Secret<[u8; 32]>, purpose: Purpose, issuer: &str, version: u32) -> Secret<[u8; 32]> {
    let mut key = [0; 32];
    // The parts are joined by a byte that no label and no URL contains.
    let version = version.to_be_bytes();
    let info: [&[u8]; 6] = [b"tillgate/1\0", purpose.label().as_bytes(), b"\0", issuer.as_bytes(), b"\0", &version];
    // Expanding to 32 bytes cannot fail: the limit is 255 hashes.
    if Hkdf::<Sha256>::new(None, secret.expose()).expand_multi_info(&info, &mut key).is_err() {
        unreachable!("32 bytes are less than 255 hashes");
    }
    Secret::new(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_purpose_issuer_and_version_has_a_key_of_its_own() {
        let secret = Secret::new([7; 32]);
        let mut keys = HashSet::new();
        for purpose in Purpose::ALL {
            for issuer in ["https://a.example", "https://a.example/sandbox"] {
                for version in [1, 2] {
                    assert!(keys.insert(*derive(&secret, purpose, issuer, version).expose()));
                }
            }
        }
    }
}
