//! The command line: what was typed, and one file for each command. A command loads the configuration, does one thing
//! through `application`, and says what came of it; a failure is one clear sentence and exit code 1.

mod client;
mod client_token;
mod config;
mod demo;
mod demo_seed;
mod doctor;
mod failure;
mod installation;
mod keys;
mod migrate;
mod output;
mod password;
mod person;
mod resource;
mod secret;
mod serve;
mod settings;
mod shopper;
mod signals;
mod staff;
mod store;
mod store_server;
mod why;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use settings::Settings;

/// An OAuth 2.1 authorization server for AI shopping agents.
#[derive(Debug, Parser)]
#[command(name = "tillgate", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything out: a demo store and its authorization server in one process
    Demo(demo::Arguments),
    /// Serve the authorization server
    Serve,
    /// Bring the database to this version's form (serve does so too)
    Migrate,
    /// Add a store with its issuers, or serve a store's MCP server
    #[command(subcommand)]
    Store(store::Command),
    /// Add people who work for a store
    #[command(subcommand)]
    Staff(staff::Command),
    /// Add shoppers, for trying out
    #[command(subcommand)]
    Shopper(shopper::Command),
    /// Register MCP servers of an issuer
    #[command(subcommand)]
    Resource(resource::Command),
    /// Make clients by hand, for platforms that cannot register, and tokens that allow to register
    #[command(subcommand)]
    Client(client::Command),
    /// Rotate an issuer's signing keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// Rotate the installation's secret, and retire its old versions
    #[command(subcommand)]
    Secret(secret::Command),
    /// Say why an agent was refused, by the reference id in its error
    Why(why::Arguments),
    /// Examine an MCP server from outside: what every agent platform will make of it
    Doctor(doctor::Arguments),
    /// Check or explain the configuration
    #[command(subcommand)]
    Config(config::Command),
}

/// Runs what was typed and says how it ended.
pub fn run(cli: Cli) -> ExitCode {
    match dispatch(cli) {
        Ok(status) => status,
        Err(failure) => {
            output::failure(&failure);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    let settings = cli.settings;
    match cli.command {
        Command::Doctor(arguments) => return Ok(doctor::run(&arguments)),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Serve => serve::run(&settings),
        Command::Migrate => migrate::run(&settings),
        Command::Store(command) => store::run(&settings, command),
        Command::Staff(command) => staff::run(&settings, &command),
        Command::Shopper(command) => shopper::run(&settings, &command),
        Command::Resource(command) => resource::run(&settings, command),
        Command::Client(command) => client::run(&settings, command),
        Command::Keys(command) => keys::run(&settings, command),
        Command::Secret(command) => secret::run(&settings, &command),
        Command::Why(arguments) => why::run(&settings, &arguments),
        Command::Config(command) => config::run(&settings, &command),
    }?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_argument_is_a_password_or_a_secret() {
        fn walk(command: &clap::Command) {
            for argument in command.get_arguments() {
                let takes_value = argument.get_action().takes_values();
                let name = argument.get_id().as_str();
                assert!(!(takes_value && (name.contains("password") || name.contains("secret"))), "{name}");
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&Cli::command());
    }

    #[test]
    fn the_demo_has_the_promised_defaults() {
        let Command::Demo(demo) = Cli::parse_from(["tillgate", "demo"]).command else { panic!("not the demo") };
        assert_eq!((demo.data.to_str(), demo.port, demo.store_port), (Some("data"), 8080, 8081));
    }
}
