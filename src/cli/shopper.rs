//! `shopper add`, an account of one issuer with a verified address, for demonstrations and tests: real shoppers sign up. And
//! `shopper remove`, for who asks the merchant to be forgotten instead of doing it on their own page.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::installation::wait;
use super::output;
use super::person::{Found, Newcomer, Person, Who};
use super::settings::Settings;
use crate::accounts::deletion;
use crate::accounts::sign_up::{NewAccount, create};
use crate::accounts::trail::Occasion;
use crate::config;
use crate::domain::store::Store;
use crate::locale::{Locale, MailText};
use crate::outbound::mail::{Delivered, deliver};
use crate::storage::{grants, shoppers};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a shopper
    Add(Person),
    /// Say what deleting a shopper's account ends; with --yes, delete it for good
    Remove(Remove),
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    #[command(flatten)]
    who: Who,
    /// Do it
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Add(person) => add(person.prepare(settings)?),
        Command::Remove(Remove { who, yes }) => {
            let config = settings.load_unchecked()?;
            remove(who.find_in(&config)?, *yes, &config.mail)
        }
    }
}

fn add(newcomer: Newcomer) -> Result<(), Failure> {
    let Newcomer { at: Found { installation, issuer, email }, password, hash } = newcomer;
    let account = NewAccount::new(&issuer.id, &email, hash, installation.now);
    let occasion = Occasion::of_operator(installation.now);
    if !installation.change(move |tx| Ok(create(tx, &account, &occasion)?))? {
        return Err(Failure::new(format!("{email} has an account there already")));
    }
    password.announce();
    Ok(())
}

/// The same as on the shopper's own page.
fn remove(found: Found, is_meant: bool, mail: &config::Mail) -> Result<(), Failure> {
    let Found { installation, issuer, email } = found;
    let store = installation.directory()?.store(&issuer)?.clone();
    let sought = email.clone();
    let asked = installation.ask(move |connection| {
        let Some(shopper) = shoppers::find_by_email(connection, &issuer.id, &sought)? else { return Ok(None) };
        let count = grants::list_live(connection, &shopper.id)?.len();
        Ok(Some((shopper, count)))
    })?;
    let (shopper, count) = asked.ok_or_else(|| Failure::new(format!("{email} has no account there")))?;
    if !is_meant {
        output::line(format_args!(
            "Deleting the account of {email} disconnects its agents, signs its owner out everywhere, and cannot be taken back; \
             what the law wants kept stays under no name. Agents connected to it: {count}. Delete it with --yes"
        ));
        return Ok(());
    }
    let occasion = Occasion::of_operator(installation.now);
    installation.change(move |tx| Ok(deletion::delete(tx, &shopper, ("operator", &occasion))?))?;
    output::line(format_args!("the account of {email} is deleted"));
    say_farewell(mail, &email, &store)
}

/// In the store's language: what the shopper chose is deleted as well.
fn say_farewell(mail: &config::Mail, email: &str, store: &Store) -> Result<(), Failure> {
    let text = MailText::farewell_of_store(Locale::negotiate([store.locale.as_str()]), &store.name);
    let sent = wait(deliver(mail, email, text))?;
    match sent {
        Ok(Delivered::Yes) => output::line(format_args!("a last mail tells them so")),
        Ok(Delivered::No) => output::line(format_args!("mail is off: tell them so yourself")),
        Err(error) => output::line(format_args!("the last mail was not sent, tell them so yourself: {error}")),
    }
    Ok(())
}
