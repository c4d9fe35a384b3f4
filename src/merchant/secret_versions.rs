//! Another version of the installation's secret, in three steps of the operator's: configured everywhere, it is accepted
//! and nothing else; rotated to, everything new is made under it; and when the version before is retired, nothing made
//! under that counts any more (decision 1). The database says which step it is, so that replicas go together.

use std::time::Duration;

use mcp_resource::wire::feed::Event;

use super::provisioning::ProvisioningError;
use crate::domain::Timestamp;
use crate::domain::connection::EndReason;
use crate::domain::secret_version::{current, successor, superseded};
use crate::keys::{InstallationSecrets, IssuerKeys, Sealed};
use crate::storage::sweeping::{self, Stretch};
use crate::storage::{DbConnection, StorageResult, Tx, issuers, secret_versions, signing_keys};

/// For this long after a rotation a replica may not have heard of it: it looks every two seconds.
const HEARD: Duration = Duration::from_secs(5);
/// Connections that one transaction ends.
const BATCH: i64 = 100;

/// What retiring a version means for the connections whose newest token was made under it. That is when they were last
/// used, so no refresh has to note the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retirement {
    pub version: u32,
    used: Stretch,
}

/// From now on new values are made under the newest configured version, and the signing keys are sealed under it. Returns
/// it.
pub fn rotate(tx: &mut Tx<'_>, configured: &InstallationSecrets, now: Timestamp) -> Result<u32, ProvisioningError> {
    let mut recorded = secret_versions::list(tx)?;
    let Some(before) = current(&recorded).map(|current| current.version) else {
        return Err(ProvisioningError::Refused("nothing was made under any version of the secret yet".to_owned()));
    };
    let newest = configured.newest();
    if newest <= before {
        return Err(ProvisioningError::Refused(format!(
            "version {before} of the secret is in use and no newer one is configured. Add version {} beside it (secrets.file, \
             secrets.keys), restart every server, and rotate then",
            before.saturating_add(1)
        )));
    }
    let old = configured.standing(&recorded)?;
    secret_versions::activate(tx, newest, now)?;
    recorded = secret_versions::list(tx)?;
    reseal(tx, &old, &configured.standing(&recorded)?)?;
    Ok(newest)
}

fn reseal(tx: &mut Tx<'_>, old: &InstallationSecrets, new: &InstallationSecrets) -> Result<(), ProvisioningError> {
    let stored = signing_keys::list(tx)?;
    for issuer in issuers::list(tx)? {
        let (old, new) = (IssuerKeys::new(old, issuer.url.as_str())?, IssuerKeys::new(new, issuer.url.as_str())?);
        for key in stored.iter().filter(|key| key.issuer_id == issuer.id.as_str()) {
            let private: String = old.unseal(Sealed::SigningKey, &key.sealed_private_jwk).map_err(|_not_ours| {
                ProvisioningError::Refused(format!("the signing key {} was sealed under another secret", key.kid))
            })?;
            signing_keys::reseal(tx, &key.kid, &new.seal(Sealed::SigningKey, &private)?)?;
        }
    }
    Ok(())
}

/// What it would mean to retire `version`, or the only one that can be.
pub fn consider(connection: &mut DbConnection, version: Option<u32>) -> Result<Retirement, ProvisioningError> {
    let recorded = secret_versions::list(connection)?;
    let old: Vec<_> = superseded(&recorded).collect();
    let refused = |text: String| Err(ProvisioningError::Refused(text));
    let chosen = match (version, old.as_slice()) {
        (None, []) => return refused("no old version of the secret is left to retire".to_owned()),
        (None, [only]) => *only,
        (None, [..]) => {
            let versions: Vec<String> = old.iter().map(|old| old.version.to_string()).collect();
            return refused(format!("which one? These are left: {}", versions.join(", ")));
        }
        (Some(version), _) if current(&recorded).is_some_and(|current| current.version == version) => {
            return refused(format!("new values are made under version {version}: rotate to a newer one first"));
        }
        // Retired already: its connections may not all have ended then.
        (Some(version), _) => match recorded.iter().find(|old| old.version == version) {
            Some(old) => old,
            None => return refused(format!("nothing that counts was made under version {version}")),
        },
    };
    let next = successor(&recorded, chosen.version).map_or(chosen.activated_at, |next| next.activated_at);
    let used = Stretch { from: chosen.activated_at, until: next.plus(HEARD) };
    Ok(Retirement { version: chosen.version, used })
}

impl Retirement {
    /// How many connections it ends.
    pub fn count(&self, connection: &mut DbConnection, now: Timestamp) -> StorageResult<i64> {
        sweeping::count_used_within(connection, self.used, now)
    }

    /// From now on nothing made under the version counts.
    pub fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        configured: &InstallationSecrets,
        now: Timestamp,
    ) -> Result<(), ProvisioningError> {
        // A signing key made while the rotation was under way may have missed it.
        let standing = configured.standing(&secret_versions::list(tx)?)?;
        reseal(tx, &standing, &standing)?;
        Ok(secret_versions::retire(tx, self.version, now)?)
    }

    /// The next few connections that it ends, in the order of their ids. Looked for outside of any transaction: there is no
    /// index on when a connection was used.
    pub fn next(&self, connection: &mut DbConnection, after_id: &str, now: Timestamp) -> StorageResult<Vec<String>> {
        sweeping::list_used_within(connection, self.used, now, (after_id, BATCH))
    }

    /// Writes down the end of those of `ids` that were not used since; returns of how many.
    pub fn end(&self, tx: &mut Tx<'_>, ids: &[String], now: Timestamp) -> StorageResult<usize> {
        let ended = sweeping::end_used_within(tx, ids, EndReason::SecretRetired, (self.used, now))?;
        for connection in &ended {
            super::record_end(tx, connection, EndReason::SecretRetired, ("operator", now));
            let (id, issuer_id) = connection;
            // Access tokens that are out end with it.
            tx.publish(issuer_id.as_str(), now, Event::ConnectionEnded { connection_id: id.clone() });
        }
        Ok(ended.len())
    }
}
