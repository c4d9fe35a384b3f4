//! `store add`: a store with its live and its sandbox issuer. `store serve`: a store's MCP server, as a process of its
//! own with settings of its own.

use clap::{Args, Subcommand};
use url::Url;

use super::failure::Failure;
use super::installation::Installation;
use super::output;
use super::settings::Settings;
use super::signals;
use super::store_server::StoreServer;

use crate::application::{bind, block_on};
use crate::config::{Config, Loader, Problems, unsafe_issuer};
use crate::domain;
use crate::domain::issuer::{Environment, InvalidIssuerUrl, IssuerUrl};
use crate::merchant::provisioning;
use mcp_resource::wire::money::InvalidCurrency;

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

fn add(settings: &Settings, arguments: &Add) -> Result<(), Failure> {
    let config = settings.load_unchecked()?;
    let installation = Installation::open(&config)?;
    let live = issuer_url(&arguments.issuer)?;
    let sandbox = match &arguments.sandbox_issuer {
        Some(url) => issuer_url(url)?,
        None => parsed(&live.join("/sandbox"))?,
    };
    for url in [&live, &sandbox] {
        safe(&config, url)?;
    }
    arguments
        .time_zone
        .parse::<chrono_tz::Tz>()
        .map_err(|_unknown_name| Failure::new("that is no IANA time zone; write one such as Europe/Paris"))?;
    let store = domain::store::Store {
        id: provisioning::store_id(),
        name: arguments.name.clone(),
        currency: arguments.currency.parse().map_err(|error: InvalidCurrency| Failure::new(error.to_string()))?,
        time_zone: arguments.time_zone.clone(),
        locale: arguments.locale.clone(),
        contact: arguments.contact.clone(),
        privacy_url: arguments.privacy.as_ref().map(ToString::to_string),
        terms_url: arguments.terms.as_ref().map(ToString::to_string),
        shop_may_read_orders: arguments.shop_may_read_orders,
    };
    let (secrets, now) = (installation.secrets.clone(), installation.now);
    let urls = [(Environment::Live, live), (Environment::Sandbox, sandbox)];
    let issuers = installation.change(move |tx| provisioning::add_store(tx, &secrets, &store, urls, now))?;
    for issuer in issuers {
        output::line(format_args!("{} issuer: {}", issuer.environment, issuer.url));
    }
    Ok(())
}

/// An origin is written with a slash by the parser and without one in an issuer (A12).
fn issuer_url(url: &Url) -> Result<IssuerUrl, Failure> {
    parsed(url.as_str().trim_end_matches('/'))
}

fn parsed(text: &str) -> Result<IssuerUrl, Failure> {
    text.parse().map_err(|error: InvalidIssuerUrl| Failure::new(format!("{text} is no issuer: {error}")))
}

/// Refuses an issuer that must not be served.
pub(super) fn safe(config: &Config, url: &IssuerUrl) -> Result<(), Failure> {
    let parsed = Url::parse(url.as_str()).map_err(|error| Failure::new(error.to_string()))?;
    if let Some(wrong) = unsafe_issuer(&parsed) {
        return Err(Failure::new(format!("{} {}", wrong.reason, wrong.remedy)));
    }
    match config.refuse_beside(&parsed) {
        problems if problems.is_empty() => Ok(()),
        problems => Err(Problems(problems).into()),
    }
}

fn serve(settings: &Settings) -> Result<(), Failure> {
    let config = Loader::for_store(settings.config.clone()).load_store()?;
    crate::telemetry::init(&config.log);
    let listeners = bind(&config.server.listen)?;
    block_on(async move {
        let mut store = StoreServer::start(config, listeners)?;
        tokio::select! {
            ended = store.wait() => ended?,
            () = signals::stop() => output::notice("stopping: calls in progress are finished"),
        }
        store.stop().await;
        Ok(())
    })
}
