//! `staff add`: somebody who works for a store, for both of its environments.

use clap::{Args, Subcommand, ValueEnum};

use uuid::Uuid;

use super::failure::Failure;
use super::installation::Installation;
use super::password::PasswordSource;
use super::settings::Settings;
use crate::accounts::password::hash_now;
use crate::domain::StaffId;
use crate::domain::email::normal;
use crate::domain::staff::{self as domain_staff, Staff};
use crate::storage::staff;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a member of staff
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// An issuer of the store, live or sandbox
    #[arg(long, value_name = "URL")]
    pub(super) issuer: String,
    /// The address that they sign in with
    #[arg(long)]
    pub(super) email: String,
    /// What they may do
    #[arg(long, value_enum, default_value_t = Role::Viewer)]
    pub(super) role: Role,
    #[command(flatten)]
    pub(super) password: PasswordSource,
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

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let Command::Add(arguments) = command;
    let config = settings.load_unchecked()?;
    let password = arguments.password.obtain()?;
    let hash = hash_now(&config.sign_in, &password.text).map_err(|error| Failure::new(error.to_string()))?;
    let installation = Installation::open(&config)?;
    let issuer = installation.directory()?.issuer(&arguments.issuer)?.clone();
    let email = normal(&arguments.email).ok_or_else(|| Failure::new("that is no e-mail address"))?;
    let member = Staff {
        id: StaffId::new(Uuid::new_v4().simple().to_string()),
        store_id: issuer.store_id,
        email,
        role: arguments.role.into(),
        created_at: installation.now,
    };
    let added = installation.change(move |tx| Ok(staff::insert(tx, &member, &hash)?))?;
    if !added {
        return Err(Failure::new(format!("{} works for this store already", arguments.email)));
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
