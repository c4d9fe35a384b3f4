//! `keys rotate`: the next signing key becomes the current one and a new next one is made. Live tokens stay valid: the
//! retired key is published until the last of them has expired.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::installation::Installation;
use super::output;
use super::settings::Settings;
use crate::merchant::provisioning::rotate_keys;

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
    let Command::Rotate(arguments) = command;
    let installation = Installation::open(&settings.load_unchecked()?)?;
    let issuer = installation.directory()?.issuer(&arguments.issuer)?.clone();
    let (secrets, now) = (installation.secrets.clone(), installation.now);
    installation.change(move |tx| rotate_keys(tx, &secrets, &issuer, now))?;
    output::line(format_args!("the keys of {} are rotated; running servers follow within seconds", arguments.issuer));
    Ok(())
}
