//! What the commands about shoppers and staff have in common: whose address it is, and the password of somebody new.

use clap::Args;

use super::failure::Failure;
use super::installation::Installation;
use super::password::{Password, PasswordSource};
use super::settings::Settings;
use crate::accounts::password::hash_now;
use crate::config::Config;
use crate::domain::email::normal;
use crate::domain::issuer::Issuer;

/// Somebody, by the address that they sign in with.
#[derive(Debug, Args)]
pub(super) struct Who {
    /// An issuer of the store: a shopper's account belongs to it alone, staff work for both
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// The address that they sign in with
    #[arg(long)]
    email: String,
}

#[derive(Debug, Args)]
pub(super) struct Person {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    password: PasswordSource,
}

/// Where somebody is looked for.
pub(super) struct Found {
    pub(super) installation: Installation,
    pub(super) issuer: Issuer,
    pub(super) email: String,
}

/// Somebody who is given a password.
pub(super) struct Newcomer {
    pub(super) at: Found,
    pub(super) password: Password,
    pub(super) hash: String,
}

impl Who {
    pub(super) fn find(&self, settings: &Settings) -> Result<Found, Failure> {
        self.find_in(&settings.load_unchecked()?)
    }

    pub(super) fn find_in(&self, config: &Config) -> Result<Found, Failure> {
        let email = normal(&self.email).ok_or_else(|| Failure::new("that is no e-mail address"))?;
        let installation = Installation::open(config)?;
        let issuer = installation.directory()?.issuer(&self.issuer)?.clone();
        Ok(Found { installation, issuer, email })
    }
}

impl Person {
    pub(super) fn prepare(&self, settings: &Settings) -> Result<Newcomer, Failure> {
        let config = settings.load_unchecked()?;
        let password = self.password.obtain()?;
        let hash = hash_now(&config.sign_in, &password.text).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Newcomer { at: self.who.find_in(&config)?, password, hash })
    }
}
