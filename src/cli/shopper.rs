//! `shopper add`: an account of one issuer with a verified address, for demonstrations and tests. Real shoppers sign up.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::installation::Installation;
use super::password::PasswordSource;
use super::settings::Settings;
use crate::accounts::password::hash_now;
use crate::accounts::sign_up::{NewAccount, create};
use crate::accounts::trail::Occasion;
use crate::domain::email::normal;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a shopper
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The issuer that the account belongs to
    #[arg(long, value_name = "URL")]
    pub(super) issuer: String,
    /// The address that they sign in with
    #[arg(long)]
    pub(super) email: String,
    #[command(flatten)]
    pub(super) password: PasswordSource,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let Command::Add(arguments) = command;
    let config = settings.load_unchecked()?;
    let password = arguments.password.obtain()?;
    let hash = hash_now(&config.sign_in, &password.text).map_err(|error| Failure::new(error.to_string()))?;
    let installation = Installation::open(&config)?;
    let issuer = installation.directory()?.issuer(&arguments.issuer)?.clone();
    let email = normal(&arguments.email).ok_or_else(|| Failure::new("that is no e-mail address"))?;
    let account = NewAccount::new(&issuer.id, &email, hash, installation.now);
    let occasion = Occasion::of_operator(installation.now);
    if !installation.change(move |tx| Ok(create(tx, &account, &occasion)?))? {
        return Err(Failure::new(format!("{} has an account there already", arguments.email)));
    }
    password.announce();
    Ok(())
}
