//! `demo`: a store and its authorization server in one process, with people to sign in as.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::settings::unwritable;
use crate::config::{Loader, Mode};
use crate::keys::random;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder that everything is kept in
    #[arg(long, default_value = "data", value_name = "DIR")]
    pub(super) data: PathBuf,
    /// The port of the authorization server
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// The port of the store's MCP server
    #[arg(long, default_value_t = 8081)]
    pub(super) store_port: u16,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let loader = Loader::without_file().demo(&arguments.data, arguments.port, random::bytes());
    let config = loader.map_err(|error| unwritable(&arguments.data, &error))?.load_safely(Mode::Development)?;
    crate::telemetry::init(&config.log);
    Err(Failure::new("demo is not connected"))
}
