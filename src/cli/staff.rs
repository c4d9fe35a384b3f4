//! `staff add`: somebody who works for a store, for both of its environments.

use clap::{Args, Subcommand, ValueEnum};

use super::failure::Failure;
use super::password::PasswordSource;
use super::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a member of staff
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// An issuer of the store, live or sandbox
    #[arg(long, value_name = "URL")]
    pub(super) issuer: String,
    /// The address that they sign in with
    #[arg(long)]
    pub(super) email: String,
    /// What they may do
    #[arg(long, value_enum, default_value_t = Role::Viewer)]
    pub(super) role: Role,
    #[command(flatten)]
    pub(super) password: PasswordSource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Sees sessions and the trail
    Viewer,
    /// Also ends sessions
    Support,
    /// Also changes settings
    Admin,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let Command::Add(arguments) = command;
    let _config = settings.load_unchecked()?;
    let _password = arguments.password.obtain()?;
    Err(Failure::new("staff add is not connected"))
}
