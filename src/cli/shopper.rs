//! `shopper add`: an account of one issuer with a verified address, for demonstrations and tests. Real shoppers sign up.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::password::PasswordSource;
use super::settings::Settings;

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
    let _config = settings.load_unchecked()?;
    let _password = arguments.password.obtain()?;
    Err(Failure::new("shopper add is not connected"))
}
