//! Clients that the merchant makes by hand, for platforms that cannot register (A22): a fixed list of redirect URIs, a default
//! resource, and a secret that is shown once. The same for the console and for the command line.

use std::time::Duration;

use super::revocation::{Whose, revoke_all};
use super::{Act, family};
use crate::domain::audit::{AuditKind, AuditSubject};
use crate::domain::client::{AgentClass, AuthMethod, Client, ClientOrigin};
use crate::domain::client_metadata::ClientMetadata;
use crate::domain::network::Network;
use crate::domain::redirect_uri::{InvalidRedirectUri, RedirectUri};
use crate::domain::{ClientId, Timestamp};
use crate::keys::{Secret, hash_secret, random};
use crate::storage::client_changes::{self, SecretChange};
use crate::storage::{StorageError, StorageResult, Tx, agent_policies, clients, private_use_uris, resource_servers};

/// What the merchant may say again later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub name: String,
    pub redirect_uris: Vec<String>,
    /// The resource meant when a request names none: one of the issuer's.
    pub default_resource: Option<String>,
    /// `None`: what the policy says.
    pub class: Option<AgentClass>,
    /// It may leave PKCE out, which only a client that proves itself can. Off unless its platform sends none.
    pub pkce_optional: bool,
    /// Its shoppers are asked for everything at once (spec/platforms.md 3.2). Off unless its platform demands it.
    pub bundled: bool,
}

/// How it proves itself, which stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub auth_method: AuthMethod,
    /// Where its public keys are, for `private_key_jwt`.
    pub jwks_uri: Option<String>,
}

/// Why a client was not made or changed: variants name what to correct.
#[derive(Debug, thiserror::Error)]
pub enum ByHandError {
    #[error("write a name of at most 100 characters")]
    Name,
    #[error("write 1 to 20 redirect URIs")]
    RedirectUris,
    #[error("{uri} is no redirect URI: {reason}")]
    RedirectUri { uri: String, reason: InvalidRedirectUri },
    #[error("{0} is not a resource of this issuer; see `resource add`")]
    Resource(String),
    #[error("private_key_jwt needs the https address of the client's keys, and nothing else has one")]
    Keys,
    #[error("a client that cannot prove itself never leaves PKCE out")]
    Pkce,
    #[error("there is no such client")]
    NoSuchClient,
    #[error("this client was not made by hand, so it is not removed: end its sessions at the console instead")]
    NotByHand,
    #[error("this client has no secret")]
    NoSecret,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Redirect URIs of one client: no stranger writes them, so this only keeps a page readable.
const MOST_URIS: usize = 20;
const LONGEST_NAME: usize = 100;
/// A longer overlap is no rotation.
pub const LONGEST_OVERLAP: Duration = Duration::from_hours(90 * 24);

/// Makes a client. Its secret, where it has one, is returned once and kept as a hash.
///
/// # Errors
/// What of it cannot be; the issuer is left as it was.
pub fn add(
    tx: &mut Tx<'_>,
    act: &Act,
    details: &Details,
    proof: &Proof,
    known_private_use: &[String],
) -> Result<(Client, Option<Secret<String>>), ByHandError> {
    let needs_keys = proof.auth_method == AuthMethod::PrivateKeyJwt;
    if needs_keys != proof.jwks_uri.as_deref().is_some_and(|uri| uri.starts_with("https://")) {
        return Err(ByHandError::Keys);
    }
    check_pkce(details, proof.auth_method)?;
    let secret = proof.auth_method.has_secret().then(client_secret);
    let mut metadata = ClientMetadata::new(check(tx, act, details, known_private_use)?);
    metadata.client_name = Some(details.name.trim().to_owned());
    metadata.grant_types.push("refresh_token".to_owned());
    metadata.jwks_uri.clone_from(&proof.jwks_uri);
    metadata.is_pkce_optional = details.pkce_optional;
    metadata.is_bundled = details.bundled;
    let client = Client {
        secret_hash: secret.as_ref().map(|secret| *hash_secret(secret.expose().as_bytes()).as_bytes()),
        default_resource: details.default_resource.clone(),
        class: details.class,
        ..Client::new(
            ClientId::new(random::text("ch_")),
            ClientOrigin::PreRegistered,
            proof.auth_method,
            metadata,
            act.now,
        )
    };
    // The command line is on this machine.
    let source = act.network.clone().unwrap_or_else(|| Network::of([127, 0, 0, 1].into()));
    clients::insert(tx, &act.issuer_id, &client, &source)?;
    act.record(tx, AuditKind::ClientAdded, AuditSubject::of_client(&client.id), "ok");
    Ok((client, secret))
}

/// Replaces what may change of a client that was made by hand.
///
/// # Errors
/// As [`add`], and when there is no such client.
pub fn change(
    tx: &mut Tx<'_>,
    act: &Act,
    id: &ClientId,
    details: &Details,
    known_private_use: &[String],
) -> Result<(), ByHandError> {
    agent_policies::touch(tx, &act.issuer_id)?;
    let client = find(tx, act, id)?;
    check_pkce(details, client.auth_method)?;
    let has_new_class = client.class != details.class;
    let redirect_uris = check(tx, act, details, known_private_use)?;
    let metadata = ClientMetadata {
        client_name: Some(details.name.trim().to_owned()),
        redirect_uris,
        is_pkce_optional: details.pkce_optional,
        is_bundled: details.bundled,
        ..client.metadata.clone()
    };
    let changed =
        Client { metadata, default_resource: details.default_resource.clone(), class: details.class, ..client };
    client_changes::replace(tx, &act.issuer_id, &changed, SecretChange::Kept)?;
    act.record(tx, AuditKind::ClientUpdated, AuditSubject::of_client(id), "ok");
    if has_new_class {
        // As on the agent's own page: lowering it narrows live sessions at once.
        let targets = family::targets(tx, &act.issuer_id, id)?;
        act.narrow(tx, targets)?;
        let class = details.class.map_or("by_policy", AgentClass::as_str);
        act.record(tx, AuditKind::ClientClassed, AuditSubject::of_client(id), class);
    }
    Ok(())
}

/// A new secret for a client that has one, however it came to be known; the previous one counts until the overlap ends.
///
/// # Errors
/// When there is no such client, or it has no secret.
pub fn rotate_secret(
    tx: &mut Tx<'_>,
    act: &Act,
    id: &ClientId,
    overlap: Duration,
) -> Result<Secret<String>, ByHandError> {
    let client = clients::find(tx, &act.issuer_id, id)?.ok_or(ByHandError::NoSuchClient)?;
    if !client.auth_method.has_secret() {
        return Err(ByHandError::NoSecret);
    }
    let secret = client_secret();
    let hash = hash_secret(secret.expose().as_bytes());
    let until = act.now.plus(overlap.min(LONGEST_OVERLAP));
    client_changes::rotate_secret(tx, &act.issuer_id, id, hash.as_bytes(), until)?;
    act.record(tx, AuditKind::ClientSecretRotated, AuditSubject::of_client(id), "ok");
    Ok(secret)
}

/// Removes a client that was made by hand, and ends all its sessions.
///
/// # Errors
/// When there is no such client.
pub fn remove(tx: &mut Tx<'_>, act: &Act, id: &ClientId) -> Result<(), ByHandError> {
    find(tx, act, id)?;
    client_changes::remove(tx, &act.issuer_id, id)?;
    act.record(tx, AuditKind::ClientRemoved, AuditSubject::of_client(id), "ok");
    revoke_all(tx, act, &Whose::Client(id.to_string()))?;
    Ok(())
}

fn find(tx: &mut Tx<'_>, act: &Act, id: &ClientId) -> Result<Client, ByHandError> {
    let client = clients::find(tx, &act.issuer_id, id)?.ok_or(ByHandError::NoSuchClient)?;
    if client.origin == ClientOrigin::PreRegistered { Ok(client) } else { Err(ByHandError::NotByHand) }
}

fn check_pkce(details: &Details, auth_method: AuthMethod) -> Result<(), ByHandError> {
    if details.pkce_optional && auth_method.is_public() { Err(ByHandError::Pkce) } else { Ok(()) }
}

/// The redirect URIs, if everything is as it can be.
fn check(
    tx: &mut Tx<'_>,
    act: &Act,
    details: &Details,
    known_private_use: &[String],
) -> Result<Vec<RedirectUri>, ByHandError> {
    let name = details.name.trim();
    // PostgreSQL stores no NUL.
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('\0') {
        return Err(ByHandError::Name);
    }
    if !(1..=MOST_URIS).contains(&details.redirect_uris.len()) {
        return Err(ByHandError::RedirectUris);
    }
    if let Some(resource) = &details.default_resource {
        let servers = resource_servers::list(tx, &act.issuer_id)?;
        if !servers.iter().any(|known| known.server.resource == *resource) {
            return Err(ByHandError::Resource(resource.clone()));
        }
    }
    let known = [known_private_use, &private_use_uris::list(tx, &act.issuer_id)?].concat();
    let parse = |uri: &String| {
        RedirectUri::parse(uri, &known).map_err(|reason| ByHandError::RedirectUri { uri: uri.clone(), reason })
    };
    details.redirect_uris.iter().map(parse).collect()
}

fn client_secret() -> Secret<String> {
    Secret::new(random::text("tgs_"))
}

/// How long the previous secret of a client still counts.
pub fn overlaps_until(client: &Client, now: Timestamp) -> Option<Timestamp> {
    client.previous_secret.map(|(_, until)| until).filter(|until| now < *until)
}

/// All of an issuer, the newest first.
pub fn list(
    connection: &mut crate::storage::DbConnection,
    issuer_id: &crate::domain::IssuerId,
) -> StorageResult<Vec<Client>> {
    client_changes::list_by_hand(connection, issuer_id)
}

#[cfg(test)]
mod tests;
