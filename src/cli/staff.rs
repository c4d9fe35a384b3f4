//! `staff add`, `list`, `set-password`, `remove`: who works for a store, for both of its environments.

use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::failure::Failure;
use super::installation::Installation;
use super::output;
use super::person::{Found, Newcomer, Person, Who};
use super::settings::Settings;
use crate::domain::StaffId;
use crate::domain::staff::{self as domain_staff, Staff};
use crate::merchant::{Act, staff_members};
use crate::storage::staff;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a member of staff
    Add(Add),
    /// List who works for the store of an issuer
    List(List),
    /// Give a member of staff a new password, and sign them out everywhere
    SetPassword(Person),
    /// Remove a member of staff, and sign them out everywhere
    Remove(Who),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    person: Person,
    /// What they may do
    #[arg(long, value_enum, default_value_t = Role::Viewer)]
    role: Role,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// An issuer of the store
    #[arg(long, value_name = "URL")]
    issuer: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Sees sessions and the trail
    Viewer,
    /// Also ends sessions
    Support,
    /// Also changes settings
    Admin,
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Add(Add { person, role }) => add(person.prepare(settings)?, *role),
        Command::List(List { issuer }) => list(settings, issuer),
        Command::SetPassword(person) => set_password(person.prepare(settings)?),
        Command::Remove(who) => remove(who.find(settings)?),
    }
}

fn add(newcomer: Newcomer, role: Role) -> Result<(), Failure> {
    let Newcomer { at: Found { installation, issuer, email }, password, hash } = newcomer;
    let member = Staff {
        id: StaffId::new(Uuid::new_v4().simple().to_string()),
        store_id: issuer.store_id,
        email: email.clone(),
        role: role.into(),
        created_at: installation.now,
    };
    let act = Act::of_operator(issuer.id, installation.now);
    if !installation.change(move |tx| Ok(staff_members::add(tx, &act, &member, &hash)?))? {
        return Err(Failure::new(format!(
            "{email} works for this store already: `staff set-password` gives them a new password, `staff remove` removes them"
        )));
    }
    password.announce();
    Ok(())
}

fn list(settings: &Settings, issuer: &str) -> Result<(), Failure> {
    let installation = Installation::open(&settings.load_unchecked()?)?;
    let store_id = installation.directory()?.issuer(issuer)?.store_id.clone();
    for member in installation.ask(move |connection| Ok(staff::list(connection, &store_id)?))? {
        output::line(format_args!("{}  {}  {}", member.email, member.role, member.id));
    }
    Ok(())
}

fn set_password(newcomer: Newcomer) -> Result<(), Failure> {
    let Newcomer { at: Found { installation, issuer, email }, password, hash } = newcomer;
    let (act, sought) = (Act::of_operator(issuer.id, installation.now), email.clone());
    let is_set = installation
        .change(move |tx| Ok(staff_members::set_password(tx, &act, (&issuer.store_id, &sought), &hash)?))?;
    if !is_set {
        return Err(nobody(&email));
    }
    password.announce();
    Ok(())
}

fn remove(found: Found) -> Result<(), Failure> {
    let Found { installation, issuer, email } = found;
    let (act, sought) = (Act::of_operator(issuer.id, installation.now), email.clone());
    if installation.change(move |tx| Ok(staff_members::remove(tx, &act, (&issuer.store_id, &sought))?))? {
        return Ok(());
    }
    Err(nobody(&email))
}

fn nobody(email: &str) -> Failure {
    Failure::new(format!("{email} does not work for this store: `staff list` says who does"))
}

impl From<Role> for domain_staff::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Support => Self::Support,
            Role::Admin => Self::Admin,
        }
    }
}
