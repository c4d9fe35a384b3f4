//! All derived keys of one issuer, made once: what seals, what signs tokens, what guards forms.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::derive::{Purpose, derive};
use super::sealed::{NotOurs, SealError, Sealer};
use super::secret::{InstallationSecrets, Secret};
use super::token::{self, PresentedToken, TokenKind};

type Versions = BTreeMap<u32, Secret<[u8; 32]>>;

pub struct IssuerKeys {
    current: u32,
    code: Versions,
    refresh: Versions,
    form: Versions,
    destination: Versions,
    authorization_request: Sealer,
    sign_up: Sealer,
    upstream_state: Sealer,
    sign_in_code: Sealer,
    unproved: Sealer,
    passkey: Sealer,
    signing_key: Sealer,
}

/// What can be sealed; each has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    AuthorizationRequest,
    SignUp,
    UpstreamState,
    SignInCode,
    Unproved,
    Passkey,
    SigningKey,
}

impl IssuerKeys {
    /// `issuer` is the issuer string, or for staff's forms the store's id.
    pub fn new(secrets: &InstallationSecrets, issuer: &str) -> Result<Self, SealError> {
        let versions = |purpose| -> Versions {
            secrets.iter().map(|(version, secret)| (version, derive(secret, purpose, issuer, version))).collect()
        };
        let current = secrets.current();
        let sealer = |purpose| Sealer::new(current, &versions(purpose));
        Ok(Self {
            current,
            code: versions(Purpose::Code),
            refresh: versions(Purpose::Refresh),
            form: versions(Purpose::Form),
            destination: versions(Purpose::Destination),
            authorization_request: sealer(Purpose::AuthorizationRequest)?,
            sign_up: sealer(Purpose::SignUp)?,
            upstream_state: sealer(Purpose::UpstreamState)?,
            sign_in_code: sealer(Purpose::SignInCode)?,
            unproved: sealer(Purpose::Unproved)?,
            passkey: sealer(Purpose::Passkey)?,
            signing_key: sealer(Purpose::SigningKey)?,
        })
    }

    pub fn seal(&self, what: Sealed, value: &impl Serialize) -> Result<String, SealError> {
        self.sealer(what).seal(value)
    }

    pub fn unseal<T: DeserializeOwned>(&self, what: Sealed, text: &str) -> Result<T, NotOurs> {
        self.sealer(what).unseal(text)
    }

    pub fn encode(&self, kind: TokenKind, token: &PresentedToken) -> Option<String> {
        let key = self.token_keys(kind).get(&self.current)?;
        Some(token::encode(token, kind, self.current, key))
    }

    pub fn decode(&self, kind: TokenKind, text: &str) -> Option<PresentedToken> {
        token::decode(text, kind, |version| self.token_keys(kind).get(&version))
    }

    /// A MAC over what a form was shown with. Each part goes in with its length, so that none can flow into the next.
    pub fn form_token(&self, parts: &[&[u8]]) -> Option<String> {
        let tag = form_mac(self.form.get(&self.current)?, parts).finalize().into_bytes();
        Some(format!("{}.{}", self.current, URL_SAFE_NO_PAD.encode(tag)))
    }

    /// Whether `token` was made by [`Self::form_token`] over the same parts; constant-time.
    pub fn form_token_matches(&self, token: &str, parts: &[&[u8]]) -> bool {
        let check = || -> Option<bool> {
            let (version, tag) = token.split_once('.')?;
            let key = self.form.get(&version.parse().ok()?)?;
            let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
            Some(form_mac(key, parts).verify_slice(&tag).is_ok())
        };
        check().unwrap_or(false)
    }

    /// MACs over where a purchase goes, for its grant, under each version of the secret and the current one first: what is kept
    /// of an address after the address has gone. Each part goes in with its length.
    pub fn destinations(&self, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        let current = self.destination.get(&self.current);
        let others = self.destination.iter().filter(|(version, _)| **version != self.current).map(|(_, key)| key);
        current.into_iter().chain(others).map(|key| form_mac(key, parts).finalize().into_bytes().into()).collect()
    }

    fn sealer(&self, what: Sealed) -> &Sealer {
        match what {
            Sealed::AuthorizationRequest => &self.authorization_request,
            Sealed::SignUp => &self.sign_up,
            Sealed::UpstreamState => &self.upstream_state,
            Sealed::SignInCode => &self.sign_in_code,
            Sealed::Unproved => &self.unproved,
            Sealed::Passkey => &self.passkey,
            Sealed::SigningKey => &self.signing_key,
        }
    }

    fn token_keys(&self, kind: TokenKind) -> &Versions {
        match kind {
            TokenKind::Code => &self.code,
            TokenKind::Refresh => &self.refresh,
        }
    }
}

fn form_mac(key: &Secret<[u8; 32]>, parts: &[&[u8]]) -> hmac::Hmac<sha2::Sha256> {
    let mut message = Vec::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        message.extend(length.to_be_bytes());
        message.extend(*part);
    }
    token::mac(key, &message)
}

impl std::fmt::Debug for IssuerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IssuerKeys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(issuer: &str) -> IssuerKeys {
        let secrets = InstallationSecrets::new(1, BTreeMap::from([(1, Secret::new([3; 32]))])).unwrap();
        IssuerKeys::new(&secrets, issuer).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_for_its_own_purpose_and_issuer_only() {
        let live = keys("https://a.example");
        let all = [
            Sealed::AuthorizationRequest,
            Sealed::SignUp,
            Sealed::UpstreamState,
            Sealed::SignInCode,
            Sealed::Unproved,
            Sealed::Passkey,
            Sealed::SigningKey,
        ];
        for what in all {
            let text = live.seal(what, &"x").unwrap();
            for other in all {
                assert_eq!(live.unseal::<String>(other, &text).is_ok(), other == what);
                assert!(keys("https://a.example/sandbox").unseal::<String>(other, &text).is_err());
            }
        }
    }

    #[test]
    fn parts_of_a_form_do_not_flow_into_each_other() {
        let live = keys("https://a.example");
        let token = live.form_token(&[b"ab", b"c"]).unwrap();
        assert!(live.form_token_matches(&token, &[b"ab", b"c"]));
        assert!(!live.form_token_matches(&token, &[b"a", b"bc"]));
        assert!(!keys("https://b.example").form_token_matches(&token, &[b"ab", b"c"]));
    }
}
