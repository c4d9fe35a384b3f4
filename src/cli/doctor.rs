//! `doctor URL`: examines a deployment from outside and says what each agent platform will make of it. Needs no configuration
//! and works for any MCP server. Status 0: every platform links; 1: something stops one; 2: there was nothing to examine.

mod json;
mod text;

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use url::Url;

use super::failure::Failure;
use super::output;
use crate::application::block_on;
use crate::doctor::{NoAnswer, Options, Report};
use crate::domain::Clock;
use crate::locale::Locale;
use crate::outbound::probe::Prober;

/// What no access token exceeds.
const LONGEST_TOKEN: u64 = 64 * 1024;
const NOTHING_TO_EXAMINE: u8 = 2;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The MCP server's address, exactly as people type it into an agent
    url: String,
    /// Print a report for programs
    #[arg(long)]
    json: bool,
    /// Register no clients; those that are registered otherwise are unused and expire
    #[arg(long)]
    no_register: bool,
    /// A file with an access token, or - for standard input: checks also how tokens are validated
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Call up to 130 times in a row, which should be too often; only at a deployment of your own
    #[arg(long, requires = "token_file")]
    burst: bool,
    /// A PEM file with a root certificate to believe beside those of the system
    #[arg(long, value_name = "FILE")]
    root_certificate: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    match examine(arguments) {
        Ok(status) => status,
        Err(failure) => {
            output::failure(&failure);
            ExitCode::from(NOTHING_TO_EXAMINE)
        }
    }
}

fn examine(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let url = Url::parse(&arguments.url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        let typed = &arguments.url;
        return Err(Failure::new(format!(
            "{typed} is no address. Write the MCP server's, such as https://shop.example/mcp."
        )));
    }
    let token = arguments.token_file.as_deref().map(token).transpose()?;
    let root =
        arguments.root_certificate.as_deref().map(|path| std::fs::read(path).map_err(|error| unreadable(path, &error)));
    let prober =
        Prober::new(Clock::System, root.transpose()?.as_deref()).map_err(|error| Failure::new(error.to_string()))?;
    let options = Options { register: !arguments.no_register, token, burst: arguments.burst, only_origins: None };
    let seen = block_on(prober.examine(&arguments.url, options));
    let report = Report::of(&seen);
    let locale = Locale::english();
    if arguments.json {
        output::line(json::of(&report, locale));
    } else if report.was_reached() {
        let is_terminal = std::io::stdout().is_terminal();
        text::lines(&report, locale, arguments.no_register, is_terminal).iter().for_each(output::line);
    }
    if !report.was_reached() {
        let first = seen.seen.values().find_map(|seen| seen.answer.as_ref().err()).map(NoAnswer::to_string);
        return Err(Failure::new(locale.t1("doctor-unreached", &("reason", first.unwrap_or_default().as_str()))));
    }
    Ok(if report.stops_somebody() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Never an argument: other users of a machine can see those.
fn token(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(LONGEST_TOKEN).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST_TOKEN).read_to_string(&mut text))
    };
    read.map_err(|error| unreadable(path, &error))?;
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::new(format!("{} holds no access token", path.display())));
    }
    Ok(token.to_owned())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be read: {error}", path.display()))
}
