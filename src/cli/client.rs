//! `client add`, `list`, `show`, `rotate-secret` and `remove`: clients made by hand, for platforms that cannot register. A
//! secret is shown once and kept as a hash.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::client_token;
use super::failure::Failure;
use super::installation::Installation;
use super::output;
use super::settings::Settings;
use crate::config::{Config, written_duration};
use crate::domain::client::{self as domain_client, Client, SECRET_OVERLAP};
use crate::domain::redirect_uri::RedirectUri;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::locale::{Locale, Moment};
use crate::merchant::Act;
use crate::merchant::clients_by_hand::{self, Details, Proof, overlaps_until};
use crate::storage::clients;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a client and show its id and secret
    Add(Box<Add>),
    /// List the clients that were made by hand
    List(Where),
    /// Show a client
    Show(Which),
    /// Replace a client's secret and show the new one; the previous one counts for a while
    RotateSecret(RotateSecret),
    /// Remove a client that was made by hand, and end all its sessions
    Remove(Which),
    /// Tokens that allow agents to register (RFC 7591 section 3)
    #[command(subcommand)]
    Token(client_token::Command),
}

#[derive(Debug, Args)]
pub(super) struct Where {
    /// The issuer
    #[arg(long, value_name = "URL")]
    pub(super) issuer: String,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    place: Where,
    /// The name that shoppers read
    #[arg(long)]
    name: String,
    /// Where its answers may go, complete and exact; can be given several times
    #[arg(long, value_name = "URI", required = true)]
    redirect_uri: Vec<String>,
    /// How it proves itself
    #[arg(long, value_enum, default_value_t = AuthMethod::ClientSecretBasic)]
    auth_method: AuthMethod,
    /// Where its public keys are, for `private_key_jwt`
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// The resource that it means when it names none: one of the issuer's
    #[arg(long, value_name = "URL")]
    default_resource: Option<String>,
    /// What it may ever ask for, instead of what the store's policy says
    #[arg(long, value_enum)]
    class: Option<Class>,
    /// It may leave PKCE out. Only for a platform that sends none, and never for a public client
    #[arg(long)]
    pkce_optional: bool,
    /// Ask its shoppers for everything at once, without a box for each permission, as Google demands
    #[arg(long)]
    bundled_consent: bool,
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The `client_id`
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Debug, Args)]
pub(super) struct RotateSecret {
    #[command(flatten)]
    which: Which,
    /// For how long the previous secret still counts, such as 7d; 0s ends it at once [default: 24h]
    #[arg(long, value_name = "TIME")]
    overlap: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum AuthMethod {
    /// It cannot keep a secret: PKCE alone protects it
    None,
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Class {
    Browse,
    Shop,
    Support,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let config = settings.load_unchecked()?;
    let installation = Installation::open(&config)?;
    match command {
        Command::Add(add) => make(&installation, &config, *add),
        Command::List(place) => list(&installation, &place),
        Command::Show(which) => show(&installation, &which),
        Command::RotateSecret(rotate) => rotate_secret(&installation, &rotate),
        Command::Remove(which) => {
            let (issuer_id, client) = find(&installation, &which)?;
            let act = Act::of_operator(issuer_id, installation.now);
            installation.change(move |tx| Ok(clients_by_hand::remove(tx, &act, &client.id)?))
        }
        Command::Token(command) => client_token::run(&installation, command),
    }
}

fn make(installation: &Installation, config: &Config, add: Add) -> Result<(), Failure> {
    let issuer = installation.directory()?.issuer(&add.place.issuer)?.clone();
    let details = Details {
        name: add.name,
        redirect_uris: add.redirect_uri,
        default_resource: add.default_resource,
        class: add.class.map(Into::into),
        pkce_optional: add.pkce_optional,
        bundled: add.bundled_consent,
    };
    let proof = Proof { auth_method: add.auth_method.into(), jwks_uri: add.jwks_uri };
    let act = Act::of_operator(issuer.id, installation.now);
    let known = config.registration.private_use_uris.clone();
    let (client, secret) =
        installation.change(move |tx| Ok(clients_by_hand::add(tx, &act, &details, &proof, &known)?))?;
    output::line(format_args!("id: {}", client.id));
    if let Some(secret) = secret {
        output::line(format_args!("secret: {}", secret.expose()));
    }
    Ok(())
}

fn list(installation: &Installation, place: &Where) -> Result<(), Failure> {
    let issuer_id = installation.directory()?.issuer(&place.issuer)?.id.clone();
    let found = installation.ask(move |connection| Ok(clients_by_hand::list(connection, &issuer_id)?))?;
    for client in found {
        output::line(format_args!("{}  {}", client.id, name(&client)));
    }
    Ok(())
}

fn show(installation: &Installation, which: &Which) -> Result<(), Failure> {
    let (_, client) = find(installation, which)?;
    output::line(format_args!("id: {}", client.id));
    output::line(format_args!("name: {}", name(&client)));
    output::line(format_args!("origin: {}", client.origin));
    output::line(format_args!("auth-method: {}", client.auth_method));
    for uri in client.redirect_uris().iter().map(RedirectUri::as_str) {
        output::line(format_args!("redirect-uri: {uri}"));
    }
    let optional = [
        ("jwks-uri", client.metadata.jwks_uri.clone()),
        ("default-resource", client.default_resource.clone()),
        ("class", client.class.map(|class| class.to_string())),
        ("pkce", client.may_omit_pkce().then(|| "optional".to_owned())),
        ("consent", client.is_bundled().then(|| "bundled".to_owned())),
        ("previous-secret-until", overlaps_until(&client, installation.now).map(|at| exact(at, installation.now))),
    ];
    for (label, value) in optional {
        if let Some(value) = value {
            output::line(format_args!("{label}: {value}"));
        }
    }
    Ok(())
}

fn rotate_secret(installation: &Installation, rotate: &RotateSecret) -> Result<(), Failure> {
    let overlap = rotate.overlap.as_deref().map_or(Ok(SECRET_OVERLAP), overlap)?;
    let (issuer_id, client) = find(installation, &rotate.which)?;
    let act = Act::of_operator(issuer_id, installation.now);
    let (id, until) = (client.id, exact(installation.now.plus(overlap), installation.now));
    let secret = installation.change(move |tx| Ok(clients_by_hand::rotate_secret(tx, &act, &id, overlap)?))?;
    output::line(format_args!("secret: {}", secret.expose()));
    output::notice(format_args!("the previous secret counts until {until}"));
    Ok(())
}

fn overlap(text: &str) -> Result<Duration, Failure> {
    if text == "0s" {
        return Ok(Duration::ZERO);
    }
    let overlap = written_duration(text).map_err(|wrong| Failure::new(format!("--overlap {}", wrong.remedy)))?;
    if overlap > clients_by_hand::LONGEST_OVERLAP {
        return Err(Failure::new("--overlap: at most 90d, or it is no rotation"));
    }
    Ok(overlap)
}

/// The client of that id, at whichever issuer: ids are unique.
fn find(installation: &Installation, which: &Which) -> Result<(IssuerId, Client), Failure> {
    let (issuer_ids, id) = (installation.directory()?.issuer_ids(), ClientId::new(which.id.as_str()));
    let found = installation.ask(move |connection| {
        for issuer_id in issuer_ids {
            if let Some(client) = clients::find(connection, &issuer_id, &id)? {
                return Ok(Some((issuer_id, client)));
            }
        }
        Ok(None)
    })?;
    found.ok_or_else(|| Failure::new(format!("there is no client {}; see `client list`", which.id)))
}

fn exact(at: Timestamp, now: Timestamp) -> String {
    Moment::new(at, now, Locale::english()).exact
}

/// On one line, whatever a registration has put into it.
fn name(client: &Client) -> String {
    let name = client.metadata.client_name.as_deref().unwrap_or("(unnamed)");
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl From<AuthMethod> for domain_client::AuthMethod {
    fn from(method: AuthMethod) -> Self {
        match method {
            AuthMethod::None => Self::None,
            AuthMethod::ClientSecretBasic => Self::ClientSecretBasic,
            AuthMethod::ClientSecretPost => Self::ClientSecretPost,
            AuthMethod::PrivateKeyJwt => Self::PrivateKeyJwt,
        }
    }
}

impl From<Class> for domain_client::AgentClass {
    fn from(class: Class) -> Self {
        match class {
            Class::Browse => Self::Browse,
            Class::Shop => Self::Shop,
            Class::Support => Self::Support,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_a_time_of_at_most_ninety_days_or_none_at_all() {
        assert_eq!(overlap("0s").unwrap(), Duration::ZERO);
        assert_eq!(overlap("7d").unwrap(), Duration::from_hours(7 * 24));
        assert!(overlap("91d").is_err() && overlap("soon").is_err());
    }
}
