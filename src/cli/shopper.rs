//! `shopper add`: an account of one issuer with a verified address, for demonstrations and tests. Real shoppers sign up.

use clap::Subcommand;

use super::failure::Failure;
use super::person::{Newcomer, Person};
use super::settings::Settings;
use crate::accounts::sign_up::{NewAccount, create};
use crate::accounts::trail::Occasion;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a shopper
    Add(Person),
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), Failure> {
    let Command::Add(person) = command;
    let Newcomer { installation, issuer, email, password, hash } = person.prepare(settings)?;
    let account = NewAccount::new(&issuer.id, &email, hash, installation.now);
    let occasion = Occasion::of_operator(installation.now);
    if !installation.change(move |tx| Ok(create(tx, &account, &occasion)?))? {
        return Err(Failure::new(format!("{email} has an account there already")));
    }
    password.announce();
    Ok(())
}
