//! What the demo makes at its first start: the store, its people, its resource servers. At later starts it finds them, and
//! gives the store's server new credentials.

use super::demo::{Credentials, Told};
use super::failure::Failure;
use crate::accounts::password::hash_now;
use crate::accounts::sign_up::{NewAccount, create};
use crate::accounts::trail::Occasion;
use crate::application::installation_secrets;
use crate::config::{Config, Secret};
use crate::domain::issuer::{Environment, Issuer};
use crate::domain::staff::{Role, Staff};
use crate::domain::store::Store;
use crate::domain::{Clock, ResourceServerId, StaffId, Timestamp};
use crate::keys::InstallationSecrets;
use crate::merchant::provisioning::{
    ProvisioningError, add_resource_server, add_store, read_directory, rotate_resource_secret, store_id,
};
use crate::storage::{Database, Tx, shoppers, staff};

pub(super) struct Seeded {
    /// Id and secret of the live and the sandbox resource server.
    pub(super) resources: Vec<(String, Secret<String>)>,
    /// Issuer and `sub` of the shopper's two accounts.
    pub(super) subjects: Vec<(String, String)>,
}

/// The hashes of the two passwords.
struct Hashes {
    shopper: String,
    staff: String,
}

pub(super) async fn seed(db: &Database, config: &Config, told: &Told) -> Result<Seeded, Failure> {
    let hash = |person: &Credentials| {
        hash_now(&config.sign_in, &Secret::new(person.password.clone()))
            .map_err(|error| Failure::new(error.to_string()))
    };
    let hashes = Hashes { shopper: hash(&told.shopper)?, staff: hash(&told.staff)? };
    let secrets = installation_secrets(&config.secrets).map_err(|error| Failure::new(error.to_string()))?;
    let (shopper, member) = (told.shopper.email.clone(), told.staff.email.clone());
    let urls =
        [(told.issuer.clone(), told.mcp_url.clone()), (told.sandbox_issuer.clone(), told.sandbox_mcp_url.clone())];
    let now = Clock::System.now();
    let seeded = db.write(move |tx| {
        let issuers = issuers(tx, &secrets, &urls, now)?;
        people(tx, &issuers, (&shopper, &member), &hashes, now)?;
        let mut seeded = Seeded { resources: Vec::new(), subjects: Vec::new() };
        for (issuer, (_, resource)) in issuers.iter().zip(&urls) {
            let (id, secret) = resource_server(tx, issuer, resource, now)?;
            seeded.resources.push((id.into_string(), Secret::new(secret)));
            if let Some(found) = shoppers::find_by_email(tx, &issuer.id, &shopper)? {
                seeded.subjects.push((issuer.url.to_string(), found.subject));
            }
        }
        Ok::<_, ProvisioningError>(seeded)
    });
    Ok(seeded.await?)
}

fn issuers(
    tx: &mut Tx<'_>,
    secrets: &InstallationSecrets,
    urls: &[(String, String); 2],
    now: Timestamp,
) -> Result<[Issuer; 2], ProvisioningError> {
    let directory = read_directory(tx)?;
    let [(live, _), (sandbox, _)] = urls;
    if let (Ok(live), Ok(sandbox)) = (directory.issuer(live), directory.issuer(sandbox)) {
        return Ok([live.clone(), sandbox.clone()]);
    }
    let refused = |text: &dyn std::fmt::Display| ProvisioningError::Refused(text.to_string());
    let store = Store {
        id: store_id(),
        name: "Fern & Field".to_owned(),
        currency: "EUR".parse().map_err(|error| refused(&error))?,
        time_zone: "Europe/Paris".to_owned(),
        locale: "en".to_owned(),
        contact: Some("hello@fernandfield.example".to_owned()),
        privacy_url: None,
        terms_url: None,
        // The demo shows every tool.
        shop_may_read_orders: true,
    };
    let urls = [
        (Environment::Live, live.parse().map_err(|error| refused(&error))?),
        (Environment::Sandbox, sandbox.parse().map_err(|error| refused(&error))?),
    ];
    add_store(tx, secrets, &store, urls, now)
}

/// One shopper in each environment, since a sandbox shopper is not a live one, and one member of staff.
fn people(
    tx: &mut Tx<'_>,
    issuers: &[Issuer; 2],
    (shopper, member): (&str, &str),
    hashes: &Hashes,
    now: Timestamp,
) -> Result<(), ProvisioningError> {
    for issuer in issuers {
        if shoppers::find_by_email(tx, &issuer.id, shopper)?.is_none() {
            create(
                tx,
                &NewAccount::new(&issuer.id, shopper, hashes.shopper.clone(), now),
                &Occasion::of_operator(now),
            )?;
        }
    }
    let [live, _] = issuers;
    let member = Staff {
        id: StaffId::new(uuid::Uuid::new_v4().simple().to_string()),
        store_id: live.store_id.clone(),
        email: member.to_owned(),
        role: Role::Admin,
        created_at: now,
    };
    // False when they work there already, which is as well.
    staff::insert(tx, &member, &hashes.staff)?;
    Ok(())
}

fn resource_server(
    tx: &mut Tx<'_>,
    issuer: &Issuer,
    resource: &str,
    now: Timestamp,
) -> Result<(ResourceServerId, String), ProvisioningError> {
    let known = read_directory(tx)?.has_resource(&issuer.id, resource);
    if known {
        return rotate_resource_secret(tx, issuer, resource, now);
    }
    add_resource_server(tx, issuer, (resource, Vec::new(), "Fern & Field"), now)
}
