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
use super::permission::{is_left, judged};

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
    let policy = agent_policies::find_classes(connection, &shopper.issuer_id)?;
    let mut listed = with_clients(connection, &shopper.issuer_id, found)?;
    let is_left = |found: &Found, client: Option<&Client>| is_left(found, (&policy, client), store);
    listed.retain(|one| one.found.standing != Standing::Over && is_left(&one.found, one.client.as_ref()));
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
    let judged = |found| judged(connection, found, store);
    let mut found = found.into_iter().map(judged).collect::<StorageResult<Vec<_>>>()?;
    if *filter == Filter::Awaiting {
        found.retain(|found| found.standing != Standing::Over);
    }
    let purchases = with_clients(connection, &issuer.id, found)?;
    Ok(List { purchases, older: last.filter(|_| has_older) })
}

pub fn client_of(connection: &mut DbConnection, found: &Found) -> StorageResult<Option<Client>> {
    clients::find(connection, &found.purchase.issuer_id, &found.purchase.client_id)
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
