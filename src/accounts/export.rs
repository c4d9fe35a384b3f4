//! A shopper's own copy of what is kept about them: read in one go, bounded, and never of anybody else.

use crate::domain::client::Client;
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::identity::Identity;
use crate::domain::purchase::Purchase;
use crate::domain::session::ListedSession;
use crate::domain::shopper::Shopper;
use crate::domain::{ClientId, GrantId, Timestamp};
use crate::storage::consent_receipts::Receipt;
use crate::storage::ledger::Entry;
use crate::storage::own_trail::OwnEntry;
use crate::storage::{
    DbConnection, StorageResult, clients, connections, consent_receipts, grants, identities, ledger, own_trail,
    purchases, shopper_sessions, shoppers,
};

/// Of each list, the newest.
const MOST: usize = 5_000;

/// Everything, newest first in each list.
#[derive(Debug, Clone)]
pub struct OwnData {
    pub shopper: Shopper,
    /// By which the trail knows the shopper.
    pub pseudonym: String,
    pub identities: Vec<Identity>,
    pub sessions: Vec<ListedSession>,
    pub grants: Vec<Grant>,
    /// Those of the grants that are still known.
    pub clients: Vec<Client>,
    pub connections: Vec<Connection>,
    pub receipts: Vec<Receipt>,
    pub purchases: Vec<Purchase>,
    pub ledger: Vec<Entry>,
    pub trail: Vec<OwnEntry>,
    /// False when a list was cut at its most.
    pub is_complete: bool,
}

pub fn collect(connection: &mut DbConnection, shopper: &Shopper, now: Timestamp) -> StorageResult<OwnData> {
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX).saturating_add(1);
    let pseudonym = shoppers::pseudonym_of(connection, &shopper.id)?.unwrap_or_default();
    let grants = grants::list_all(connection, &shopper.id, limit)?;
    let ids: Vec<&str> = grants.iter().map(|grant| grant.id.as_str()).collect();
    let client_ids: Vec<&str> = grants.iter().map(|grant| grant.client_id.as_str()).collect();
    let made = connections::list_of_shopper(connection, &shopper.id, limit)?;
    let connection_ids: Vec<String> = made.iter().map(|row| row.id.to_string()).collect();
    let mut data = OwnData {
        identities: identities::list_of(connection, &shopper.id)?,
        sessions: shopper_sessions::list_of(connection, &shopper.id, now)?,
        clients: clients::list(connection, &shopper.issuer_id, &client_ids)?,
        receipts: consent_receipts::list_of_grants(connection, &ids, limit)?,
        purchases: purchases::list_of_shopper(connection, &shopper.id, limit)?,
        ledger: ledger::list_of_grants(connection, &ids, limit)?,
        trail: own_trail::list(connection, &shopper.issuer_id, (&pseudonym, &connection_ids), limit)?,
        shopper: shopper.clone(),
        pseudonym,
        grants,
        connections: made,
        is_complete: true,
    };
    data.is_complete = [
        cut(&mut data.grants),
        cut(&mut data.connections),
        cut(&mut data.receipts),
        cut(&mut data.purchases),
        cut(&mut data.ledger),
        cut(&mut data.trail),
    ]
    .iter()
    .all(|is_whole| *is_whole);
    Ok(data)
}

/// Whether it was no longer than that.
fn cut<T>(list: &mut Vec<T>) -> bool {
    let is_whole = list.len() <= MOST;
    list.truncate(MOST);
    is_whole
}

impl OwnData {
    pub fn client(&self, id: &ClientId) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == *id)
    }

    pub fn connections_of<'a>(&'a self, id: &'a GrantId) -> impl Iterator<Item = &'a Connection> {
        self.connections.iter().filter(move |row| row.grant_id == *id)
    }

    pub fn receipts_of<'a>(&'a self, id: &'a GrantId) -> impl Iterator<Item = &'a Receipt> {
        self.receipts.iter().filter(move |receipt| receipt.grant_id == *id)
    }
}
