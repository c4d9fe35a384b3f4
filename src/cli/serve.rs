//! `serve`: the authorization server, until it is told to stop. Refuses unsafe settings, each by name.

use super::failure::Failure;
use super::settings::Settings;

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let config = settings.load()?;
    crate::telemetry::init(&config.log);
    Err(Failure::new("serve is not connected"))
}
