//! Which configuration a command works with: that of the file and the variables, or the one that `--development` makes.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::output;
use crate::config::{Config, Loader, Mode};
use crate::keys::random;

/// Where `--development` keeps everything.
const DEVELOPMENT_DATA: &str = "data";

#[derive(Debug, Args)]
pub(super) struct Settings {
    /// The configuration file; otherwise tillgate.toml in this folder, if there is one
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Work without configuration: loopback, SQLite and a generated secret in ./data
    #[arg(long, global = true)]
    pub(super) development: bool,
}

impl Settings {
    pub(super) fn mode(&self) -> Mode {
        if self.development { Mode::Development } else { Mode::Production }
    }

    /// The configuration; every problem at once, what is unsafe included.
    pub(super) fn load(&self) -> Result<Config, Failure> {
        Ok(self.loader()?.load_safely(self.mode())?)
    }

    /// The same without what only `serve` refuses.
    pub(super) fn load_unchecked(&self) -> Result<Config, Failure> {
        Ok(self.loader()?.load()?)
    }

    fn loader(&self) -> Result<Loader, Failure> {
        let loader = Loader::new(self.config.clone());
        if !self.development {
            return Ok(loader);
        }
        output::notice(
            "development: a loopback issuer, SQLite and a generated secret in ./data. Not for people's purchases.",
        );
        let data = Path::new(DEVELOPMENT_DATA);
        loader.development(data, random::bytes()).map_err(|error| unwritable(data, &error))
    }
}

pub(super) fn unwritable(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("the folder {} cannot be written: {error}", folder.display()))
}
