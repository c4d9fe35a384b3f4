//! `serve`: the authorization server, until it is told to stop. Refuses unsafe settings, each by name.

use super::failure::Failure;
use super::output;
use super::settings::Settings;
use super::signals;
use crate::application::{Application, bind, block_on, open_database};
use crate::config::Config;
use crate::domain::Clock;
use crate::merchant::provisioning::read_directory;
use crate::storage::{Database, StorageError};

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let config = settings.load()?;
    crate::telemetry::init(&config.log);
    let listeners = bind(&config.server.listen)?;
    let db = open_database(&config.database)?;
    block_on(async move { serve(config, db, listeners).await })
}

async fn serve(config: Config, db: Database, listeners: Vec<std::net::TcpListener>) -> Result<(), Failure> {
    refuse_unsafe_issuers(&config, &db).await?;
    let addresses: Vec<String> = config.server.listen.iter().map(ToString::to_string).collect();
    let mut application = Application::start(config, db, listeners, Clock::System).await?;
    output::notice(format_args!("tillgate serves on {}", addresses.join(", ")));
    tokio::select! {
        ended = application.wait() => ended.map_err(|error| Failure::new(format!("the server ended: {error}")))?,
        () = signals::stop() => output::notice("stopping: requests in progress are finished"),
    }
    application.stop().await;
    Ok(())
}

/// An issuer in the database that is neither https nor on this machine is not served, nor one that the settings are
/// unsafe beside.
async fn refuse_unsafe_issuers(config: &Config, db: &Database) -> Result<(), Failure> {
    let read: Result<_, StorageError> = db.read(read_directory).await;
    let directory = read.map_err(|error| Failure::new(error.to_string()))?;
    directory.urls().try_for_each(|url| super::store::safe(config, url))
}
