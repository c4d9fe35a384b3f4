//! `resource add` and `resource rotate-secret`: the MCP servers of an issuer. The secret is shown once and kept as a
//! hash.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::installation::Installation;
use super::output;
use super::settings::Settings;
use crate::domain::issuer::Issuer;
use crate::merchant::provisioning::{add_resource_server, rotate_resource_secret};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register an MCP server and show its id and secret
    Add(Add),
    /// Replace an MCP server's secret and show the new one
    RotateSecret(Which),
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The issuer whose tokens it takes
    #[arg(long, value_name = "URL")]
    pub(super) issuer: String,
    /// Its canonical address, exactly as clients are to name it
    #[arg(long, value_name = "URL")]
    pub(super) resource: String,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    pub(super) which: Which,
    /// The name that the console shows
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Another address that clients may name it by; can be given several times
    #[arg(long, value_name = "URL")]
    pub(super) alias: Vec<String>,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let installation = Installation::open(&settings.load_unchecked()?)?;
    let now = installation.now;
    let issuer_of =
        |which: &Which| -> Result<Issuer, Failure> { Ok(installation.directory()?.issuer(&which.issuer)?.clone()) };
    let (id, secret) = match command {
        Command::Add(Add { which, name, alias }) => {
            let issuer = issuer_of(&which)?;
            let name = name.unwrap_or_else(|| which.resource.clone());
            installation.change(move |tx| add_resource_server(tx, &issuer, (&which.resource, alias, &name), now))?
        }
        Command::RotateSecret(which) => {
            let issuer = issuer_of(&which)?;
            installation.change(move |tx| rotate_resource_secret(tx, &issuer, &which.resource, now))?
        }
    };
    output::line(format_args!("id: {id}"));
    output::line(format_args!("secret: {secret}"));
    Ok(())
}
