//! `keys rotate`: the next signing key becomes the current one and a new next one is made. Live tokens stay valid: the
//! retired key is published until the last of them has expired.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Rotate the keys of one issuer
    Rotate(Rotate),
}

#[derive(Debug, Args)]
pub(super) struct Rotate {
    /// The issuer whose keys are rotated
    #[arg(long, value_name = "URL")]
    pub(super) issuer: String,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let Command::Rotate(_arguments) = command;
    let _config = settings.load_unchecked()?;
    Err(Failure::new("keys rotate is not connected"))
}
