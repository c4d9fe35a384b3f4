//! Setting up: stores with their issuers, signing keys, and resource servers. Used by the command line and the demo.

use super::clients_by_hand::ByHandError;
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::issuer::{Environment, Issuer, IssuerUrl};
use crate::domain::resource::{Credentials, ResourceServer};
use crate::domain::secret_version::SecretVersion;
use crate::domain::store::Store;
use crate::domain::{IssuerId, ResourceServerId, StoreId, Timestamp};
use crate::keys::{
    InstallationSecrets, IssuerContext, IssuerKeys, Keyring, MissingVersion, SealError, Sealed, SigningKey,
    UnreadableKey, generate, random,
};
use crate::storage::signing_keys::{self, StoredKey};
use crate::storage::{
    DbConnection, StorageError, StorageResult, Tx, agent_policies, audit, issuers, resource_servers, secret_versions,
    stores,
};
use crate::telemetry::ReferenceId;
use mcp_resource::wire::feed::Event;
use std::collections::BTreeSet;
use std::time::Duration;

/// Why something could not be set up or read.
#[derive(Debug, thiserror::Error)]
pub enum ProvisioningError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Key(#[from] UnreadableKey),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Secret(#[from] MissingVersion),
    #[error("{0}")]
    Refused(String),
}

impl From<ByHandError> for ProvisioningError {
    fn from(error: ByHandError) -> Self {
        match error {
            ByHandError::Storage(error) => Self::Storage(error),
            wrong => Self::Refused(wrong.to_string()),
        }
    }
}

/// After a rotation the previous secret of a resource server still counts for this long.
const OVERLAP: Duration = Duration::from_hours(24);

/// An id of `[a-z0-9]`, since ids of issuers and stores are part of cookie names (design §5).
fn short_id(prefix: char) -> String {
    random::bytes::<5>().iter().fold(String::from(prefix), |id, byte| format!("{id}{byte:02x}"))
}

/// A new store's id.
pub fn store_id() -> StoreId {
    StoreId::new(short_id('s'))
}

/// Adds a store with its two issuers, each with a signing key and a next one.
pub fn add_store(
    tx: &mut Tx<'_>,
    secrets: &InstallationSecrets,
    store: &Store,
    urls: [(Environment, IssuerUrl); 2],
    now: Timestamp,
) -> Result<[Issuer; 2], ProvisioningError> {
    let secrets = &standing(tx, secrets, now)?;
    stores::insert(tx, store, now)?;
    let issuers = urls.map(|(environment, url)| Issuer {
        id: IssuerId::new(short_id('i')),
        store_id: store.id.clone(),
        environment,
        url,
    });
    for issuer in &issuers {
        issuers::insert(tx, issuer, now).map_err(|error| taken(error, issuer))?;
        let keys = IssuerKeys::new(secrets, issuer.url.as_str())?;
        signing_keys::insert(tx, &new_key(&keys, issuer, now, Some(now))?)?;
        signing_keys::insert(tx, &new_key(&keys, issuer, now, None)?)?;
    }
    Ok(issuers)
}

/// The versions of the secret that stand. The first time that something is made, the newest goes on record.
fn standing(
    tx: &mut Tx<'_>,
    configured: &InstallationSecrets,
    now: Timestamp,
) -> Result<InstallationSecrets, ProvisioningError> {
    let recorded = secret_versions::list(tx)?;
    if recorded.is_empty() {
        secret_versions::activate(tx, configured.newest(), now)?;
    }
    Ok(configured.standing(&recorded)?)
}

fn taken(error: StorageError, issuer: &Issuer) -> ProvisioningError {
    if error.is_unique_violation() {
        ProvisioningError::Refused(format!("there is an issuer {} already", issuer.url))
    } else {
        error.into()
    }
}

fn new_key(
    keys: &IssuerKeys,
    issuer: &Issuer,
    now: Timestamp,
    activated_at: Option<Timestamp>,
) -> Result<StoredKey, ProvisioningError> {
    let kid = random::text("").chars().take(16).collect::<String>();
    let (private_jwk, public_jwk) = generate(&kid)?;
    Ok(StoredKey {
        sealed_private_jwk: keys.seal(Sealed::SigningKey, &private_jwk)?,
        kid,
        issuer_id: issuer.id.to_string(),
        public_jwk,
        created_at: now.as_micros(),
        activated_at: activated_at.map(Timestamp::as_micros),
        retired_at: None,
    })
}

/// The next key signs, the signing one retires, and a new next one is shown. Live tokens stay good.
pub fn rotate_keys(
    tx: &mut Tx<'_>,
    secrets: &InstallationSecrets,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<(), ProvisioningError> {
    let keys = IssuerKeys::new(&standing(tx, secrets, now)?, issuer.url.as_str())?;
    signing_keys::rotate(tx, &issuer.id, now)?;
    signing_keys::insert(tx, &new_key(&keys, issuer, now, None)?)?;
    tx.publish(issuer.id.as_str(), now, Event::KeysChanged);
    let entry = AuditEntry::new(AuditKind::KeysRotated, now, ReferenceId::generate(), AuditSubject::default());
    audit::record(tx, &issuer.id, &AuditEntry { actor: Some("operator".to_owned()), ..entry });
    Ok(())
}

/// Registers a resource server; its secret is returned once and kept as a hash.
pub fn add_resource_server(
    tx: &mut Tx<'_>,
    issuer: &Issuer,
    (resource, aliases, name): (&str, Vec<String>, &str),
    now: Timestamp,
) -> Result<(ResourceServerId, String), ProvisioningError> {
    let id = ResourceServerId::new(short_id('r'));
    let server = ResourceServer { id: id.clone(), resource: resource.to_owned(), aliases, name: name.to_owned() };
    if !server.answers_to(resource) {
        return Err(ProvisioningError::Refused(format!("{resource} is no absolute URI without fragment")));
    }
    let secret = random::text("tgr_secret_");
    let hash = crate::keys::hash_secret(secret.as_bytes());
    resource_servers::insert(tx, &issuer.id, &server, hash.as_bytes(), now).map_err(|error| {
        if error.is_unique_violation() {
            ProvisioningError::Refused(format!("{resource} is registered at {} already", issuer.url))
        } else {
            error.into()
        }
    })?;
    Ok((id, secret))
}

/// A new secret for a resource server; the previous one counts for another day.
pub fn rotate_resource_secret(
    tx: &mut Tx<'_>,
    issuer: &Issuer,
    resource: &str,
    now: Timestamp,
) -> Result<(ResourceServerId, String), ProvisioningError> {
    let servers = resource_servers::list(tx, &issuer.id)?;
    let found = servers.into_iter().map(|known| known.server).find(|server| server.answers_to(resource));
    let server = found.ok_or_else(|| {
        ProvisioningError::Refused(format!("{resource} is not registered at {}; see `resource add`", issuer.url))
    })?;
    let secret = random::text("tgr_secret_");
    let hash = crate::keys::hash_secret(secret.as_bytes());
    resource_servers::rotate_secret(tx, &issuer.id, &server.id, hash.as_bytes(), now.plus(OVERLAP))?;
    Ok((server.id, secret))
}

/// An issuer with what belongs to it alone.
#[derive(Clone, PartialEq, Eq)]
struct StoredIssuer {
    issuer: Issuer,
    servers: Vec<Credentials>,
    policy: AgentPolicy,
}

/// Every issuer as the database has it, unread.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredDirectory {
    stores: Vec<Store>,
    issuers: Vec<StoredIssuer>,
    keys: Vec<StoredKey>,
    secret_versions: Vec<SecretVersion>,
}

pub fn read_directory(connection: &mut DbConnection) -> StorageResult<StoredDirectory> {
    let mut stored = Vec::new();
    for issuer in issuers::list(connection)? {
        let servers = resource_servers::list(connection, &issuer.id)?;
        let policy = agent_policies::find(connection, &issuer.id)?;
        stored.push(StoredIssuer { issuer, servers, policy });
    }
    Ok(StoredDirectory {
        stores: stores::list(connection)?,
        issuers: stored,
        keys: signing_keys::list(connection)?,
        secret_versions: secret_versions::list(connection)?,
    })
}

impl StoredDirectory {
    /// The ids of all issuers.
    pub fn issuer_ids(&self) -> Vec<IssuerId> {
        self.issuers.iter().map(|stored| stored.issuer.id.clone()).collect()
    }

    pub fn has_resource(&self, issuer_id: &IssuerId, resource: &str) -> bool {
        let mut servers =
            self.issuers.iter().filter(|stored| stored.issuer.id == *issuer_id).flat_map(|stored| &stored.servers);
        servers.any(|known| known.server.resource == resource)
    }

    /// The URLs of all issuers.
    pub fn urls(&self) -> impl Iterator<Item = &IssuerUrl> {
        self.issuers.iter().map(|stored| &stored.issuer.url)
    }

    /// Every issuer with its keys read.
    pub fn open(&self, secrets: &InstallationSecrets) -> Result<Vec<IssuerContext>, ProvisioningError> {
        let secrets = secrets.standing(&self.secret_versions)?;
        self.issuers.iter().map(|stored| self.context(&secrets, stored)).collect()
    }

    fn context(
        &self,
        secrets: &InstallationSecrets,
        StoredIssuer { issuer, servers, policy }: &StoredIssuer,
    ) -> Result<IssuerContext, ProvisioningError> {
        let store = self.store(issuer)?.clone();
        let keys = IssuerKeys::new(secrets, issuer.url.as_str())?;
        let stored = self.keys.iter().filter(|key| key.issuer_id == issuer.id.as_str());
        let keyring = Keyring::new(stored.map(|key| open_key(&keys, key)).collect::<Result<_, _>>()?);
        let (issuer, resource_servers, policy) = (issuer.clone(), servers.clone(), policy.clone());
        Ok(IssuerContext { issuer, store, keys: keys.into(), keyring, resource_servers, policy })
    }

    /// The store of this issuer.
    pub fn store(&self, issuer: &Issuer) -> Result<&Store, ProvisioningError> {
        let found = self.stores.iter().find(|store| store.id == issuer.store_id);
        Ok(found.ok_or_else(|| StorageError::inconsistent("issuers", issuer.id.as_str(), "store_id"))?)
    }

    /// The issuer with this URL.
    pub fn issuer(&self, url: &str) -> Result<&Issuer, ProvisioningError> {
        let found = self.issuers.iter().map(|stored| &stored.issuer).find(|issuer| issuer.url.as_str() == url);
        found.ok_or_else(|| {
            let known: BTreeSet<&str> = self.issuers.iter().map(|stored| stored.issuer.url.as_str()).collect();
            let known: Vec<&str> = known.into_iter().collect();
            ProvisioningError::Refused(format!("there is no issuer {url}; there is: {}", known.join(", ")))
        })
    }
}

fn open_key(keys: &IssuerKeys, stored: &StoredKey) -> Result<SigningKey, ProvisioningError> {
    let unreadable =
        || UnreadableKey { kid: stored.kid.clone(), reason: "it was sealed under another secret".to_owned() };
    let private: String =
        keys.unseal(Sealed::SigningKey, &stored.sealed_private_jwk).map_err(|_not_ours| unreadable())?;
    let at = |micros: Option<i64>| micros.map(Timestamp::from_micros);
    Ok(SigningKey::read(
        stored.kid.clone(),
        &private,
        &stored.public_jwk,
        at(stored.activated_at),
        at(stored.retired_at),
    )?)
}
