//! `migrate`: brings the database to this version's form and ends.

use super::failure::Failure;
use super::settings::Settings;

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let config = settings.load_unchecked()?;
    crate::telemetry::init(&config.log);
    Err(Failure::new("migrate is not connected"))
}
