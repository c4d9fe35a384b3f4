//! `resource add` and `resource rotate-secret`: the MCP servers of an issuer. The secret is shown once and kept as a
//! hash.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::settings::Settings;

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
    let _config = settings.load_unchecked()?;
    match command {
        Command::Add(_arguments) => Err(Failure::new("resource add is not connected")),
        Command::RotateSecret(_which) => Err(Failure::new("resource rotate-secret is not connected")),
    }
}
