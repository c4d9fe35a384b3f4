//! Secrets and what is made with them: derived keys, sealed values, codes and refresh tokens, signed access tokens.
//!
//! Every derived value has a key of its own, from the installation's secret by a label of purpose, issuer and version
//! (decision 1), so that nothing made for one purpose, environment or store is ever taken for another.

mod access_token;
mod client_keys;
mod derive;
mod issuer_context;
mod issuer_keys;
mod keyring;
pub mod random;
mod sealed;
mod secret;
mod token;

pub use access_token::{AccessTokenError, sign, verify};
pub use client_keys::ClientKeys;
pub use derive::Purpose;
pub use issuer_context::IssuerContext;
pub use issuer_keys::{IssuerKeys, Sealed};
pub use keyring::{Keyring, SigningKey, UnreadableKey, generate};
pub use sealed::{NotOurs, SealError};
pub use secret::{InstallationSecrets, MissingVersion, Secret, SecretHash, hash_secret};
pub use token::{PresentedToken, TokenKind};
