//! What the consent page has to know before it asks: who the client is, and what it holds of this shopper already.

use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::client::Client;
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::restriction::Effect;
use crate::domain::shopper::Shopper;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{IssuerId, ScopeSet, Timestamp};
use crate::storage::clients::{Kept, find_kept};
use crate::storage::{DbConnection, StorageResult, connections, grants, restrictions};
use mcp_resource::wire::feed::Target;

/// What the page needs to know before it asks.
pub struct Asked {
    pub client: Client,
    /// What the live grant has ever held, if there is one and it was given to the client as it is now.
    pub held: Option<ScopeSet>,
    /// There is a live grant, given to the client as it described itself before (D18).
    pub has_changed: bool,
    /// The ceiling that the live grant has.
    pub limit: Option<SpendingLimit>,
    /// When what it has ends, if nobody ends it.
    pub ends_at: Option<Timestamp>,
}

/// What the database knows about it.
pub struct Found {
    pub kept: Option<Kept>,
    pub is_off: bool,
    grant: Option<Grant>,
    ends_at: Option<Timestamp>,
}

pub fn find_asked(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    request: &AuthorizationRequest,
    shopper: &Shopper,
) -> StorageResult<Found> {
    let kept = find_kept(connection, issuer_id, &request.client_id)?;
    let grant = grants::find_live(connection, &shopper.id, &request.client_id, &request.resource)?;
    let live = grant.as_ref().map(|grant| unrestricted(connection, issuer_id, grant)).transpose()?.unwrap_or_default();
    // A revocation of many that has ended everything it had leaves nothing that counts as held.
    let grant = grant.filter(|_| !live.is_empty());
    let ends_at = live.iter().filter(|row| row.refreshable).map(|row| row.expires_at).max();
    let is_off = restrictions::is_set(connection, issuer_id, Effect::Off, &Target::Issuer)?;
    Ok(Found { kept, is_off, grant, ends_at })
}

impl Asked {
    /// D18: what was given to another description of the client is asked about anew, as if it had never been given.
    pub fn of(client: Client, found: &Found) -> Self {
        let digest = client.consent_digest();
        let is_same = |grant: &&Grant| grant.client_digest.is_none() || grant.client_digest == digest;
        let held = found.grant.as_ref().filter(is_same).map(|grant| grant.scope);
        let limit = found.grant.as_ref().and_then(|grant| grant.limit);
        let ends_at = found.ends_at.filter(|_| held.is_some());
        Self { has_changed: found.grant.is_some() && held.is_none(), held, limit, ends_at, client }
    }
}

/// Its connections that have not ended and that no revocation of many covers.
pub(super) fn unrestricted(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    grant: &Grant,
) -> StorageResult<Vec<Connection>> {
    let mut live = Vec::new();
    for row in connections::list_of_grants(connection, &[grant.id.as_str()])? {
        live.extend(connections::find_unrestricted(connection, issuer_id, row.id)?);
    }
    Ok(live)
}
