//! `secret rotate` and `secret retire`: another version of the installation's secret, in the order that
//! `merchant::secret_versions` explains.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::installation::Installation;
use super::output;
use super::settings::Settings;
use crate::merchant::provisioning::ProvisioningError;
use crate::merchant::secret_versions::{consider, rotate};

/// Between two batches of connections that end.
const PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make everything new under the newest configured version, and seal the signing keys under it
    Rotate,
    /// Say how many connections end when an old version counts no more; with --yes, end them
    Retire(Retire),
}

#[derive(Debug, Args)]
pub(super) struct Retire {
    /// The version; not needed where only one old version is left
    pub(super) version: Option<u32>,
    /// Do it
    #[arg(long)]
    pub(super) yes: bool,
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), Failure> {
    let installation = Installation::open(&settings.load_unchecked()?)?;
    match command {
        Command::Rotate => {
            let (secrets, now) = (installation.secrets.clone(), installation.now);
            let version = installation.change(move |tx| rotate(tx, &secrets, now))?;
            output::line(format_args!(
                "new values are made under version {version} of the secret; running servers follow within seconds"
            ));
            Ok(())
        }
        Command::Retire(arguments) => retire(&installation, arguments),
    }
}

fn retire(installation: &Installation, arguments: &Retire) -> Result<(), Failure> {
    let (wanted, now, secrets) = (arguments.version, installation.now, installation.secrets.clone());
    let (retirement, count) = installation.ask(move |connection| {
        let retirement = consider(connection, wanted)?;
        Ok((retirement, retirement.count(connection, now)?))
    })?;
    let version = retirement.version;
    if !arguments.yes {
        output::line(format_args!(
            "retiring version {version} of the secret ends {count} connections, whose agents have to ask their shoppers again; \
             retire it with --yes"
        ));
        return Ok(());
    }
    installation.change(move |tx| retirement.carry_out(tx, &secrets, now))?;
    let (mut ended, mut after) = (0_usize, String::new());
    loop {
        let from = after.clone();
        let ids = installation.ask(move |c| Ok::<_, ProvisioningError>(retirement.next(c, &from, now)?))?;
        let Some(last) = ids.last() else { break };
        after.clone_from(last);
        let some = installation.change(move |tx| Ok::<_, ProvisioningError>(retirement.end(tx, &ids, now)?))?;
        ended = ended.saturating_add(some);
        // A running server writes to the same database.
        std::thread::sleep(PAUSE);
    }
    output::line(format_args!(
        "version {version} of the secret is retired and {ended} connections have ended; running servers follow within \
         seconds, and then it need not be configured any more"
    ));
    Ok(())
}
