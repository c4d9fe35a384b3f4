//! Plain secrets, which never show themselves, and the hashes that are stored in their place.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

pub use crate::config::Secret;
use crate::domain::secret_version::{self, SecretVersion};

/// SHA-256 of a secret with 256 random bits. Such secrets need no slow hash: there is nothing to guess.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Whether both are of one secret, in constant time.
    pub fn is(&self, other: &Self) -> bool {
        bool::from(self.0.ct_eq(&other.0))
    }
    /// Whether `presented` is the secret, in constant time.
    pub fn is_of(&self, presented: &str) -> bool {
        self.is(&hash_secret(presented.as_bytes()))
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash")
    }
}

pub fn hash_secret(secret: &[u8]) -> SecretHash {
    SecretHash(Sha256::digest(secret).into())
}

/// The installation's secret in its versions: new values are made with the current one, old ones are still accepted.
#[derive(Debug, Clone)]
pub struct InstallationSecrets {
    current: u32,
    versions: BTreeMap<u32, Secret<[u8; 32]>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "version {0} of the installation's secret, which new values are made under, is not configured (secrets.file, secrets.keys)"
)]
pub struct MissingVersion(pub u32);

impl InstallationSecrets {
    pub fn new(current: u32, versions: BTreeMap<u32, Secret<[u8; 32]>>) -> Result<Self, MissingVersion> {
        if versions.contains_key(&current) { Ok(Self { current, versions }) } else { Err(MissingVersion(current)) }
    }
    /// All that are configured. Until a database says otherwise the newest is current.
    pub fn configured(versions: BTreeMap<u32, Secret<[u8; 32]>>) -> Result<Self, MissingVersion> {
        let newest = versions.keys().next_back().copied().ok_or(MissingVersion(1))?;
        Self::new(newest, versions)
    }
    /// Those that stand by what the database says. One that it does not know yet is accepted: the next one is configured
    /// everywhere before anything is made under it.
    pub fn standing(&self, recorded: &[SecretVersion]) -> Result<Self, MissingVersion> {
        let retired = |version| recorded.iter().any(|known| known.version == version && known.retired_at.is_some());
        let versions = self.versions.iter().filter(|(version, _)| !retired(**version));
        let versions = versions.map(|(version, secret)| (*version, secret.clone())).collect();
        Self::new(secret_version::current(recorded).map_or(self.current, |current| current.version), versions)
    }
    pub fn current(&self) -> u32 {
        self.current
    }
    pub fn newest(&self) -> u32 {
        self.versions.keys().next_back().copied().unwrap_or(self.current)
    }
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Secret<[u8; 32]>)> {
        self.versions.iter().map(|(version, secret)| (*version, secret))
    }
}
