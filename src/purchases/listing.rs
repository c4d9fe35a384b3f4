//! Purchases as lists: what awaits a shopper, and what the merchant answers for (S1-94, F26).

use crate::domain::client::Client;
use crate::domain::issuer::Issuer;
use crate::domain::purchase::Standing;
use crate::domain::shopper::Shopper;
use crate::domain::store::Store;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::storage::purchase_listing;
pub use crate::storage::purchase_listing::{Filter, Place};
use crate::storage::{DbConnection, StorageResult, agent_policies, clients, purchases};

use super::Found;
use super::permission::judged_by;

/// A purchase with the agent that asks; `None` when the client has gone.
#[derive(Debug, Clone)]
pub struct Listed {
    pub found: Found,
    pub client: Option<Client>,
}

/// What awaits the shopper's answer and can still be answered, oldest first.
pub fn awaiting(
    connection: &mut DbConnection,
    shopper: &Shopper,
    (store, now): (&Store, Timestamp),
) -> StorageResult<Vec<Listed>> {
    let found = purchases::list_awaiting(connection, (&shopper.issuer_id, &shopper.id), now)?;
    let mut listed = judged(connection, &shopper.issuer_id, found, store)?;
    listed.retain(|one| one.found.standing != Standing::Over);
    Ok(listed)
}

/// One page of an issuer's, newest first, and where the next begins.
#[derive(Debug, Clone)]
pub struct List {
    pub purchases: Vec<Listed>,
    pub older: Option<Place>,
}

/// What was taken back since is shown as whoever else looks is told.
pub fn list(
    connection: &mut DbConnection,
    (issuer, store): (&Issuer, &Store),
    (filter, now): (&Filter, Timestamp),
    before: Option<&Place>,
    limit: u16,
) -> StorageResult<List> {
    let (found, has_older) = purchase_listing::list(connection, &issuer.id, (filter, now), before, limit)?;
    let last = found.last().map(|last| Place { at: last.purchase.created_at, id: last.purchase.id.to_string() });
    let mut purchases = judged(connection, &issuer.id, found, store)?;
    if *filter == Filter::Awaiting {
        purchases.retain(|one| one.found.standing != Standing::Over);
    }
    Ok(List { purchases, older: last.filter(|_| has_older) })
}

pub fn client_of(connection: &mut DbConnection, found: &Found) -> StorageResult<Option<Client>> {
    clients::find(connection, &found.purchase.issuer_id, &found.purchase.client_id)
}

/// Each with its client, and as whoever uses it is told by now.
fn judged(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    found: Vec<Found>,
    store: &Store,
) -> StorageResult<Vec<Listed>> {
    let policy = agent_policies::find_classes(connection, issuer_id)?;
    let listed = with_clients(connection, issuer_id, found)?;
    let judge = |Listed { found, client }: Listed| {
        Ok(Listed { found: judged_by(connection, found, (&policy, client.as_ref()), store)?, client })
    };
    listed.into_iter().map(judge).collect()
}

fn with_clients(connection: &mut DbConnection, issuer_id: &IssuerId, found: Vec<Found>) -> StorageResult<Vec<Listed>> {
    let mut ids: Vec<&ClientId> = found.iter().map(|found| &found.purchase.client_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let ids: Vec<&str> = ids.into_iter().map(ClientId::as_str).collect();
    let known = clients::list(connection, issuer_id, &ids)?;
    let client = |found: &Found| known.iter().find(|client| client.id == found.purchase.client_id).cloned();
    Ok(found.into_iter().map(|found| Listed { client: client(&found), found }).collect())
}
