//! Configuration: what was written (`tillgate.toml`, `TILLGATE__SECTION__KEY` variables) becomes what it means, typed
//! and complete, or a report of everything that is wrong at once. `application` takes a [`Config`] apart; a module gets
//! its own section. Nothing else in the crate reads the environment, and a setting is read once, at the start.

mod agents;
mod audit;
mod database;
mod example;
pub mod identity_providers;
mod limits;
mod loader;
mod log;
mod mail;
mod outbound;
mod parse;
pub mod platforms;
mod postgres_address;
mod problem;
mod provider_presets;
mod reader;
mod registration;
mod retention;
mod safety;
mod secret;
mod secrets;
mod section;
mod server;
mod sign_in;
mod source;
mod store;
#[doc(hidden)]
pub mod testing;
mod tokens;

pub use agents::Agents;
pub use audit::Audit;
pub use database::{Database, DatabaseUrl};
pub use example::{example, store_example};
pub use identity_providers::IdentityProvider;
pub use limits::Limits;
pub use loader::{Loader, make_parent};
pub use log::{Format, Log};
pub use mail::{Mail, Transport};
pub use outbound::Outbound;
pub use parse::written_duration;
pub use postgres_address::{Encryption, PostgresAddress};
pub use problem::{Origin, Problem, Problems, Wrong};
pub use provider_presets::{ClientAuthentication, Preset};
pub use reader::Resolved;
pub use registration::{Registration, StatementIssuer, private_use_uri};
pub use retention::Retention;
pub use safety::{Mode, unsafe_issuer};
pub use secret::Secret;
pub use secrets::{SecretKey, SecretVersion, Secrets};
pub use server::Server;
pub use sign_in::SignIn;
pub use store::{ProtectedResource, StepUp, StoreConfig, StoreServer};
pub use tokens::{DefaultResource, Tokens};

use reader::Reader;
use source::Written;

/// All settings of the authorization server.
#[derive(Debug, Clone)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub secrets: Secrets,
    pub tokens: Tokens,
    pub registration: Registration,
    pub agents: Agents,
    pub sign_in: SignIn,
    pub mail: Mail,
    pub outbound: Outbound,
    pub limits: Limits,
    pub log: Log,
    pub audit: Audit,
    pub retention: Retention,
    /// Every setting with its origin, secrets masked, in the order of the sections.
    pub settings: Vec<Resolved>,
}

impl Config {
    fn resolve(written: Written) -> Result<Self, Problems> {
        let mut reader = Reader::new(written);
        // Every section is read before any problem ends the start.
        let server = Server::read(&mut reader);
        let database = Database::read(&mut reader);
        let secrets = Secrets::read(&mut reader);
        let tokens = Tokens::read(&mut reader);
        let mut registration = Registration::read(&mut reader);
        let agents = Agents::read(&mut reader);
        let sign_in = SignIn::read(&mut reader);
        let mail = Mail::read(&mut reader);
        let outbound = Outbound::read(&mut reader);
        let limits = Limits::read(&mut reader);
        let log = Log::read(&mut reader);
        let audit = Audit::read(&mut reader);
        let retention = Retention::read(&mut reader);
        if let Some(tokens) = &tokens {
            tokens.check(&mut reader);
        }
        if let (Some(registration), Some(agents)) = (&mut registration, &agents) {
            registration.spell_out(&agents.platforms_file);
        }
        let config = || {
            Some(Self {
                server: server?,
                database: database?,
                secrets: secrets?,
                tokens: tokens?,
                registration: registration?,
                agents: agents?,
                sign_in: sign_in?,
                mail: mail?,
                outbound: outbound?,
                limits: limits?,
                log: log?,
                audit: audit?,
                retention: retention?,
                settings: Vec::new(),
            })
        };
        let (config, settings) = reader.finish(config())?;
        Ok(Self { settings, ..config })
    }
}
