//! `store add`: a store with its live and its sandbox issuer. `store serve`: a store's MCP server, as a process of its
//! own with settings of its own.

use clap::{Args, Subcommand};
use url::Url;

use super::failure::Failure;
use super::settings::Settings;
use crate::config::Loader;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a store; its sandbox issuer is the live one's address with /sandbox
    Add(Box<Add>),
    /// Serve the demo catalog's MCP server by `tillgate-store.toml` and `TILLGATE_STORE__` variables
    Serve,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The name that shoppers read
    #[arg(long)]
    pub(super) name: String,
    /// The address of the live issuer: https, or http on loopback
    #[arg(long, value_name = "URL")]
    pub(super) issuer: Url,
    /// The address of the sandbox issuer, if it is not the live one's with /sandbox
    #[arg(long, value_name = "URL")]
    pub(super) sandbox_issuer: Option<Url>,
    /// The currency of prices and limits, by ISO 4217
    #[arg(long, default_value = "EUR")]
    pub(super) currency: String,
    /// The time zone that periods run in, by its IANA name
    #[arg(long, default_value = "UTC")]
    pub(super) time_zone: String,
    /// The language of pages, where a reader has no other wish
    #[arg(long, default_value = "en")]
    pub(super) locale: String,
    /// How shoppers reach the store
    #[arg(long)]
    pub(super) contact: Option<String>,
    /// The address of the privacy notice
    #[arg(long, value_name = "URL")]
    pub(super) privacy: Option<Url>,
    /// The address of the terms
    #[arg(long, value_name = "URL")]
    pub(super) terms: Option<Url>,
    /// Let shopping agents ask to read orders
    #[arg(long)]
    pub(super) shop_may_read_orders: bool,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(arguments) => add(settings, &arguments),
        Command::Serve => serve(settings),
    }
}

fn add(settings: &Settings, _arguments: &Add) -> Result<(), Failure> {
    let _config = settings.load_unchecked()?;
    Err(Failure::new("store add is not connected"))
}

fn serve(settings: &Settings) -> Result<(), Failure> {
    let config = Loader::for_store(settings.config.clone()).load_store()?;
    crate::telemetry::init(&config.log);
    Err(Failure::new("store serve is not connected"))
}
