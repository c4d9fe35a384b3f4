//! The agents that may act for a shopper, and disconnecting one: its grant ends with every connection (S1-22, decision 4).
//!
//! Nobody sees or ends the grant of somebody else, or of another issuer. Consent receipts stay.

use std::collections::HashMap;

use mcp_resource::wire::feed::{Event, Target};

use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::client::Client;
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::overdue::Unended;
use crate::domain::restriction::{Effect, end_of_grant};
use crate::domain::shopper::Shopper;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{ClientId, GrantId, ScopeSet, Timestamp};
use crate::storage::{
    DbConnection, StorageResult, Tx, clients, connections, consent_receipts, grants, restrictions, shoppers,
};

/// A grant that can be used.
#[derive(Debug, Clone)]
pub struct ConnectedAgent {
    pub grant: Grant,
    /// Those of what the merchant has merged with its client, on the same card, whether or not anything uses them.
    pub guests: Vec<Grant>,
    /// `None` when the client has gone.
    pub client: Option<Client>,
    /// Of all of them, newest first, never empty.
    pub connections: Vec<Connection>,
    /// Those without use since a later one of the grant began (decision 3).
    pub folded: Vec<Connection>,
    /// The shopper holds its tool calls.
    pub is_paused: bool,
    /// The merchant does.
    pub is_held: bool,
}

/// A grant of the shopper's, live or ended, with what it is called by.
#[derive(Debug, Clone)]
pub struct OwnGrant {
    pub grant: Grant,
    pub client: Option<Client>,
    /// Where the answer to its newest consent went.
    pub redirect_uri: Option<String>,
}

/// The live grants of the shopper, newest first. Left out is what is over though its row says nothing yet: connections past
/// their time or idle for too long, those that a revocation of many covers, and grants that have no other. What is merely
/// held stays, since it will go on.
pub fn list(connection: &mut DbConnection, shopper: &Shopper, now: Timestamp) -> StorageResult<Vec<ConnectedAgent>> {
    let live = grants::list_live(connection, &shopper.id)?;
    let grant_ids: Vec<&str> = live.iter().map(|grant| grant.id.as_str()).collect();
    let client_ids: Vec<&str> = live.iter().map(|grant| grant.client_id.as_str()).collect();
    let about = [grant_ids.as_slice(), client_ids.as_slice(), &[shopper.subject.as_str()]].concat();
    let made = restrictions::list_about(connection, &shopper.issuer_id, about)?;
    let is_usable = |row: &Connection| {
        let is_shut_out = made.iter().any(|made| made.restriction.shuts_out(row));
        !is_shut_out && Unended::from(row).overdue(now, None).is_none()
    };
    let mut usable: HashMap<GrantId, Vec<Connection>> = HashMap::new();
    for row in connections::list_of_grants(connection, &grant_ids)?.into_iter().filter(is_usable) {
        usable.entry(row.grant_id.clone()).or_default().push(row);
    }
    let known = clients::list(connection, &shopper.issuer_id, &client_ids)?;
    let subject = &shopper.subject;
    let agents = live.into_iter().map(|grant| {
        let (folded, connections) = fold(usable.remove(&grant.id).unwrap_or_default());
        let client = known.iter().find(|client| client.id == grant.client_id).cloned();
        let id = Target::Grant(grant.id.to_string());
        let is_paused = made.iter().any(|made| made.is(Effect::PausedByShopper, &id));
        let held_by =
            [Target::Issuer, Target::Client(grant.client_id.to_string()), Target::Shopper(subject.clone()), id];
        let is_held = held_by.iter().any(|target| made.iter().any(|made| made.is(Effect::Paused, target)));
        ConnectedAgent { grant, guests: Vec::new(), client, connections, folded, is_paused, is_held }
    });
    let mut cards = as_one(agents.collect());
    cards.retain(|card| !card.connections.is_empty());
    Ok(cards)
}

/// What the merchant has merged is one agent to the shopper, and its grants for one resource are one card: the successor's, where
/// it has one that is used, else the newest.
fn as_one(agents: Vec<ConnectedAgent>) -> Vec<ConnectedAgent> {
    let mut cards: Vec<ConnectedAgent> = Vec::new();
    for agent in agents {
        let is_same = |card: &&mut ConnectedAgent| {
            successor(card) == successor(&agent) && card.grant.resource == agent.grant.resource
        };
        let Some(card) = cards.iter_mut().find(is_same) else {
            cards.push(agent);
            continue;
        };
        let is_successor = agent.grant.client_id == *successor(&agent);
        let is_host = !agent.connections.is_empty() && (is_successor || card.connections.is_empty());
        let guest = if is_host { std::mem::replace(card, agent) } else { agent };
        card.connections.extend(guest.connections);
        card.folded.extend(guest.folded);
        card.guests.extend(guest.guests);
        card.guests.push(guest.grant);
        card.connections.sort_by_key(|connection| std::cmp::Reverse(connection.connected_at));
    }
    cards
}

/// The client that it is one agent with.
fn successor(agent: &ConnectedAgent) -> &ClientId {
    let into = agent.client.as_ref().and_then(|client| client.merged_into.as_ref());
    into.unwrap_or(&agent.grant.client_id)
}

/// Decision 3: apart, those without use since the newest used one began.
fn fold(connections: Vec<Connection>) -> (Vec<Connection>, Vec<Connection>) {
    let used = connections.iter().filter(|connection| connection.generation > 0);
    let newest = used.map(|connection| connection.connected_at).max();
    let is_superseded = |row: &Connection| newest.is_some_and(|newest| Unended::from(row).is_superseded(newest));
    connections.into_iter().partition(is_superseded)
}

/// The shopper's grant of this id.
pub fn find(connection: &mut DbConnection, shopper: &Shopper, id: &GrantId) -> StorageResult<Option<OwnGrant>> {
    let Some(grant) = own(connection, shopper, id)? else { return Ok(None) };
    let client = clients::find(connection, &shopper.issuer_id, &grant.client_id)?;
    let redirect_uri = consent_receipts::newest_redirect_uri(connection, id)?;
    Ok(Some(OwnGrant { grant, client, redirect_uri }))
}

pub(super) fn own(connection: &mut DbConnection, shopper: &Shopper, id: &GrantId) -> StorageResult<Option<Grant>> {
    let found = grants::find(connection, &shopper.issuer_id, id)?;
    Ok(found.filter(|grant| grant.shopper_id == shopper.id))
}

/// Ends the grant and all its connections; false when the shopper has none of that id. One that is over already stays as
/// it is, so that a second click is answered like the first.
pub fn disconnect(tx: &mut Tx<'_>, shopper: &Shopper, id: &GrantId, occasion: &Occasion) -> StorageResult<bool> {
    shoppers::hold(tx, &shopper.id)?;
    let Some(grant) = own(tx, shopper, id)? else { return Ok(false) };
    for one in card_of(tx, grant)? {
        end(tx, shopper, &one, occasion)?;
    }
    Ok(true)
}

/// Tells the store that something is wrong with the agent of this live grant, which says nothing when there is none.
pub fn report(tx: &mut Tx<'_>, shopper: &Shopper, id: &GrantId, occasion: &Occasion) -> StorageResult<()> {
    shoppers::hold(tx, &shopper.id)?;
    match own(tx, shopper, id)?.filter(|grant| grant.ended_at.is_none()) {
        Some(grant) => trail::record_grant(tx, AuditKind::AgentReported, shopper, &grant, occasion),
        None => Ok(()),
    }
}

/// Ends all that the shopper's agents hold.
pub fn disconnect_all(tx: &mut Tx<'_>, shopper: &Shopper, occasion: &Occasion) -> StorageResult<()> {
    shoppers::hold(tx, &shopper.id)?;
    for grant in grants::list_live(tx, &shopper.id)? {
        end(tx, shopper, &grant, occasion)?;
    }
    Ok(())
}

/// The grant, and after it the shopper's other live ones that stand on the same card. Who holds several of them holds the shopper
/// first (`storage::ledger`).
pub fn card_of(connection: &mut DbConnection, grant: Grant) -> StorageResult<Vec<Grant>> {
    let mut others = grants::list_of_agent(connection, &grant.id)?;
    others.retain(|other| other.id != grant.id);
    others.insert(0, grant);
    Ok(others)
}

/// What one card may do.
pub fn held(card: &[Grant]) -> ScopeSet {
    card.iter().fold(ScopeSet::EMPTY, |all, grant| all.union(grant.scope))
}

/// What one card may spend, the first grant's currency before the others': each of its ceilings holds for all of it.
pub fn lowest<'a>(card: impl Iterator<Item = &'a Grant> + Clone) -> Option<SpendingLimit> {
    let limits = card.filter_map(|grant| grant.limit);
    let currency = limits.clone().next()?.currency;
    SpendingLimit::lowest_in(currency, limits)
}

fn end(tx: &mut Tx<'_>, shopper: &Shopper, grant: &Grant, occasion: &Occasion) -> StorageResult<()> {
    if grants::end(tx, &grant.id, "shopper", occasion.now)? {
        // What refresh, redemption and introspection check in their own statements; the rows themselves are swept later.
        let target = Target::Grant(grant.id.to_string());
        // What has ended is not held any more.
        restrictions::lift(tx, &shopper.issuer_id, Effect::PausedByShopper, &target)?;
        restrictions::shut_out_before(tx, &shopper.issuer_id, &target, end_of_grant(occasion.now), "shopper")?;
        trail::record_grant(tx, AuditKind::GrantRevoked, shopper, grant, occasion)?;
        let event = Event::GrantRevoked { grant_id: grant.id.to_string() };
        tx.publish(shopper.issuer_id.as_str(), occasion.now, event);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
