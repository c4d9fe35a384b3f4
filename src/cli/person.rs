//! What `shopper add` and `staff add` have in common: an address and a password of somebody new.

use clap::Args;

use super::failure::Failure;
use super::installation::Installation;
use super::password::{Password, PasswordSource};
use super::settings::Settings;
use crate::accounts::password::hash_now;
use crate::domain::email::normal;
use crate::domain::issuer::Issuer;

#[derive(Debug, Args)]
pub(super) struct Person {
    /// An issuer of the store: a shopper's account belongs to it alone, staff work for both
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// The address that they sign in with
    #[arg(long)]
    email: String,
    #[command(flatten)]
    password: PasswordSource,
}

/// Somebody who can be added.
pub(super) struct Newcomer {
    pub(super) installation: Installation,
    pub(super) issuer: Issuer,
    pub(super) email: String,
    pub(super) password: Password,
    pub(super) hash: String,
}

impl Person {
    pub(super) fn prepare(&self, settings: &Settings) -> Result<Newcomer, Failure> {
        let config = settings.load_unchecked()?;
        let email = normal(&self.email).ok_or_else(|| Failure::new("that is no e-mail address"))?;
        let password = self.password.obtain()?;
        let hash = hash_now(&config.sign_in, &password.text).map_err(|error| Failure::new(error.to_string()))?;
        let installation = Installation::open(&config)?;
        let issuer = installation.directory()?.issuer(&self.issuer)?.clone();
        Ok(Newcomer { installation, issuer, email, password, hash })
    }
}
