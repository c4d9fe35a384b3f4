//! `config check` prints what the settings mean, secrets masked; `config example` the documented file, and
//! `config platforms` the agent platforms that are built in, `config providers` how OpenID providers are written.

use clap::Subcommand;

use super::failure::Failure;
use super::output;
use super::settings::Settings;
use crate::config::{example, identity_providers, platforms, store_example};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print every setting with its origin, or everything that is wrong
    Check,
    /// Print the agent platforms that are built in, in the form of a file of your own (`agents.platforms_file`)
    Platforms,
    /// Print how the OpenID providers that shoppers sign in with are written (`sign_in.providers_file`)
    Providers,
    /// Print the documented example file
    Example {
        /// That of a store's MCP server
        #[arg(long)]
        store: bool,
    },
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Check => check(settings),
        Command::Platforms => {
            output::line(platforms::known().trim_end());
            Ok(())
        }
        Command::Providers => {
            output::line(identity_providers::EXAMPLE.trim_end());
            Ok(())
        }
        Command::Example { store } => {
            output::line(if *store { store_example() } else { example() }.trim_end());
            Ok(())
        }
    }
}

fn check(settings: &Settings) -> Result<(), Failure> {
    let config = settings.load()?;
    for setting in &config.settings {
        output::line(format_args!("{} = \"{}\"  # {}", setting.key, setting.value, setting.origin));
    }
    Ok(())
}
