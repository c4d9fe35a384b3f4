//! `migrate`: brings the database to this version's form and ends.

use super::failure::Failure;
use super::output;
use super::settings::Settings;
use crate::application::open_database;

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let config = settings.load_unchecked()?;
    crate::telemetry::init(&config.log);
    let db = open_database(&config.database)?;
    db.close();
    output::line("the database is up to date");
    Ok(())
}
