//! The program `tillgate`: hands what was typed to `cli`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    tillgate::cli::run(tillgate::cli::Cli::parse())
}
