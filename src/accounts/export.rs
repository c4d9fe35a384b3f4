//! A shopper's own copy of what is kept about them: read in one go, bounded, and never of anybody else.

use std::collections::BTreeSet;

use crate::domain::Timestamp;
use crate::domain::client::Client;
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::identity::Identity;
use crate::domain::purchase::Purchase;
use crate::domain::session::ListedSession;
use crate::domain::shopper::Shopper;
use crate::storage::consent_receipts::Receipt;
use crate::storage::ledger::Entry;
use crate::storage::own_trail::OwnEntry;
use crate::storage::{
    DbConnection, StorageResult, clients, connections, consent_receipts, grants, identities, ledger, own_trail,
    purchases, shopper_sessions, shoppers,
};

/// Of each list, the newest.
const MOST: usize = 5_000;
/// Each holds all of its checkout.
const MOST_PURCHASES: usize = 500;
/// Clients in one statement: databases bound how many values one can have.
const AT_ONCE: usize = 500;

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
    let (id, limit) = (&shopper.id, one_more(MOST));
    let most_sessions = usize::try_from(shopper_sessions::MOST_LISTED).unwrap_or(MOST);
    let pseudonym = shoppers::pseudonym_of(connection, id)?.unwrap_or_default();
    let grants = grants::list_all(connection, id, limit)?;
    let mut data = OwnData {
        identities: identities::list_of(connection, id)?,
        sessions: shopper_sessions::list_of(connection, id, now, one_more(most_sessions))?,
        clients: clients_of(connection, shopper, &grants)?,
        connections: connections::list_of_shopper(connection, id, limit)?,
        receipts: consent_receipts::list_of_shopper(connection, id, limit)?,
        purchases: purchases::list_of_shopper(connection, id, one_more(MOST_PURCHASES))?,
        ledger: ledger::list_of_shopper(connection, id, limit)?,
        trail: own_trail::list(connection, shopper, &pseudonym, limit)?,
        shopper: shopper.clone(),
        pseudonym,
        grants,
        is_complete: true,
    };
    data.is_complete = [
        cut(&mut data.sessions, most_sessions),
        cut(&mut data.grants, MOST),
        cut(&mut data.connections, MOST),
        cut(&mut data.receipts, MOST),
        cut(&mut data.purchases, MOST_PURCHASES),
        cut(&mut data.ledger, MOST),
        cut(&mut data.trail, MOST),
    ]
    .iter()
    .all(|is_whole| *is_whole);
    Ok(data)
}

/// By which it is seen that there are more.
fn one_more(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)
}

/// Whether it was no longer than that.
fn cut<T>(list: &mut Vec<T>, most: usize) -> bool {
    let is_whole = list.len() <= most;
    list.truncate(most);
    is_whole
}

/// Each once, however many grants it has.
fn clients_of(connection: &mut DbConnection, shopper: &Shopper, grants: &[Grant]) -> StorageResult<Vec<Client>> {
    let ids: BTreeSet<&str> = grants.iter().map(|grant| grant.client_id.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut known = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        known.extend(clients::list(connection, &shopper.issuer_id, some)?);
    }
    Ok(known)
}
