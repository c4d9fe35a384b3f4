//! `staff add`: somebody who works for a store, for both of its environments.

use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::failure::Failure;
use super::person::{Newcomer, Person};
use super::settings::Settings;
use crate::domain::StaffId;
use crate::domain::staff::{self as domain_staff, Staff};
use crate::storage::staff;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a member of staff
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    person: Person,
    /// What they may do
    #[arg(long, value_enum, default_value_t = Role::Viewer)]
    role: Role,
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
    let Command::Add(Add { person, role }) = command;
    let Newcomer { installation, issuer, email, password, hash } = person.prepare(settings)?;
    let member = Staff {
        id: StaffId::new(Uuid::new_v4().simple().to_string()),
        store_id: issuer.store_id,
        email: email.clone(),
        role: (*role).into(),
        created_at: installation.now,
    };
    if !installation.change(move |tx| Ok(staff::insert(tx, &member, &hash)?))? {
        return Err(Failure::new(format!("{email} works for this store already")));
    }
    password.announce();
    Ok(())
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
