//! What commands that change the installation work on: its database, its secret, and a runtime to wait in.

use std::future::Future;

use super::failure::Failure;
use crate::application::{installation_secrets, open_database};
use crate::config::Config;
use crate::domain::{Clock, Timestamp};
use crate::keys::InstallationSecrets;
use crate::merchant::provisioning::{ProvisioningError, StoredDirectory, read_directory};
use crate::storage::{Database, DbConnection, Tx};

pub(super) struct Installation {
    pub(super) db: Database,
    pub(super) secrets: InstallationSecrets,
    pub(super) now: Timestamp,
}

impl Installation {
    pub(super) fn open(config: &Config) -> Result<Self, Failure> {
        let secrets = installation_secrets(&config.secrets).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Self { db: open_database(&config.database)?, secrets, now: Clock::System.now() })
    }

    /// One change in one transaction.
    pub(super) fn change<T, F>(&self, change: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, ProvisioningError> + Send + 'static,
    {
        Ok(wait(self.db.write(change))??)
    }

    /// One question.
    pub(super) fn ask<T, F>(&self, question: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConnection) -> Result<T, ProvisioningError> + Send + 'static,
    {
        Ok(wait(self.db.read(question))??)
    }

    pub(super) fn directory(&self) -> Result<StoredDirectory, Failure> {
        self.ask(|connection| Ok(read_directory(connection)?))
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.db.close();
    }
}

/// Runs to the end outside any server.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failure::new(error.to_string()))?.block_on(future))
}
