//! Whether a grant may have purchases asked for at all: live with its connection, held by nobody, and allowed to begin
//! checkouts. Of an agent that may not, the merchant may have purchases asked for all the same (H20); the shopper's yes to one
//! is then a consent of its own, for this one only.

use mcp_resource::wire::feed::Target;
use mcp_resource::wire::purchase::{Offer, Refusal};
use uuid::Uuid;

use super::{Caller, Found, Refused, ledger, permission};
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::restriction::Effect;
use crate::domain::store::Store;
use crate::domain::{ConnectionId, GrantId, Scope, Timestamp};
use crate::storage::introspection::Active;
use crate::storage::{
    DbConnection, StorageResult, connections, grants, introspection, purchase_declines, restrictions,
};

/// A grant and one of its connections, of the caller's resource and of nobody else's.
pub(super) fn pair(
    connection: &mut DbConnection,
    caller: &Caller,
    (grant_id, connection_id): (&str, &str),
) -> StorageResult<Result<(Grant, Connection), Refused>> {
    let unknown = || Ok(Err(Refused::unknown(format!("grant {grant_id}, connection {connection_id}"))));
    let Ok(id) = Uuid::parse_str(connection_id) else { return unknown() };
    let grant = grants::find(connection, &caller.issuer.id, &GrantId::new(grant_id))?;
    let began = connections::find(connection, &caller.issuer.id, ConnectionId(id))?;
    match (grant, began) {
        (Some(grant), Some(began)) if began.grant_id == grant.id && grant.resource == caller.resource => {
            Ok(Ok((grant, began)))
        }
        _ => unknown(),
    }
}

/// Why no purchase may be asked for. `is_elevation`: by an agent that may not begin checkouts.
pub(super) fn refusal(
    connection: &mut DbConnection,
    caller: &Caller,
    (grant, began): (&Grant, &Connection),
    is_elevation: bool,
) -> StorageResult<Option<Refused>> {
    let (issuer_id, now) = (&caller.issuer.id, caller.occasion.now);
    if grant.ended_at.is_some() {
        return Ok(Some(Refused::grant_ended("one that has ended")));
    }
    match introspection::find_active(connection, issuer_id, (began.id, ""), now)? {
        Some(active) if active.is_paused => Ok(Some(Refused::paused())),
        Some(active) if is_elevation => Ok(refuse_offer(&active, grant, &caller.store)),
        Some(active) => {
            // What the merchant or the shopper has narrowed since the token was minted counts, and what the connection never had.
            let allowed = active.allowed(&caller.store).intersection(grant.scope);
            let may = allowed.contains(Scope::CheckoutInitiate);
            Ok((!may).then(|| Refused::grant_ended(&allowed.to_string())))
        }
        None if restrictions::is_set(connection, issuer_id, Effect::Off, &Target::Issuer)? => {
            Ok(Some(Refused::paused()))
        }
        None => Ok(Some(Refused::grant_ended("a connection that has ended"))),
    }
}

fn refuse_offer(active: &Active, grant: &Grant, store: &Store) -> Option<Refused> {
    let allowed = active.allowed(store).intersection(grant.scope);
    let missing = permission::refuse_offer(&active.policy, active.ceiling(store), allowed);
    missing.map(|evidence| Refused::new(Refusal::NotOffered, evidence))
}

/// Whether a link would be given: asked before anything is frozen for it.
pub fn offer(connection: &mut DbConnection, caller: &Caller, offer: &Offer) -> StorageResult<Result<(), Refused>> {
    let (grant, began) = match pair(connection, caller, (&offer.grant_id, &offer.connection_id))? {
        Ok(pair) => pair,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Some(refused) = refusal(connection, caller, (&grant, &began), true)? {
        return Ok(Err(refused));
    }
    let agent = ledger::agent_of(connection, &grant.id)?;
    Ok(if purchase_declines::is_silenced(connection, &agent)? { Err(Refused::silenced()) } else { Ok(()) })
}

/// Whether the merchant still lets the shopper say yes. Always, but to an agent that may not begin checkouts.
pub fn may_be_approved(
    connection: &mut DbConnection,
    found: &Found,
    (store, now): (&Store, Timestamp),
) -> StorageResult<bool> {
    let purchase = &found.purchase;
    if !purchase.is_elevation {
        return Ok(true);
    }
    let Some(grant) = grants::find(connection, &purchase.issuer_id, &purchase.grant_id)? else { return Ok(false) };
    let active = introspection::find_active(connection, &purchase.issuer_id, (purchase.connection_id, ""), now)?;
    Ok(active.is_some_and(|active| refuse_offer(&active, &grant, store).is_none()))
}
