//! `client token add`: an initial access token (RFC 7591 §3), for stores where agents register only with one. Shown once.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::installation::Installation;
use super::output;
use crate::config::written_duration;
use crate::merchant::Act;
use crate::merchant::registration_tokens::{NewToken, add};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a token and show it; the console lists and removes them
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The issuer that it allows to register at
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// How many registrations it allows; any number, if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    uses: Option<u32>,
    /// After what time it counts no more, such as 30d; never, if left out
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// Whom it is for
    #[arg(long, default_value = "")]
    note: String,
}

pub(super) fn run(installation: &Installation, command: Command) -> Result<(), Failure> {
    let Command::Add(Add { issuer, uses, expires, note }) = command;
    let lifetime = expires.as_deref().map(written_duration).transpose();
    let lifetime = lifetime.map_err(|wrong| Failure::new(format!("--expires {}", wrong.remedy)))?;
    let issuer_id = installation.directory()?.issuer(&issuer)?.id.clone();
    let act = Act::of_operator(issuer_id, installation.now);
    let new = NewToken { note, uses, expires_at: lifetime.map(|lifetime| installation.now.plus(lifetime)) };
    let token = installation.change(move |tx| Ok(add(tx, &act, &new)?))?;
    output::line(format_args!("token: {}", token.expose()));
    Ok(())
}
