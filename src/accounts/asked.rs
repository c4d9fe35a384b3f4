//! What the consent page has to know before it asks: who the client is, and what it holds of this shopper already.

use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::client::Client;
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::restriction::Effect;
use crate::domain::shopper::Shopper;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::wording::Stands;
use crate::domain::{IssuerId, Scope, ScopeSet, Timestamp};
use crate::storage::clients::{Kept, find_kept};
use crate::storage::{DbConnection, StorageResult, connections, grants, restrictions};
use mcp_resource::wire::feed::Target;

/// What the page needs to know before it asks.
pub struct Asked {
    pub client: Client,
    /// What the live grant holds, if there is one and it was given to the client as it is now, in today's words; with
    /// `offline_access` if a connection of it can stay.
    pub held: Option<ScopeSet>,
    /// There is a live grant, and what it was given for is not what it would be given for now.
    pub change: Option<Change>,
    /// The ceiling that the live grant has.
    pub limit: Option<SpendingLimit>,
    /// When what it has ends, if nobody ends it.
    pub ends_at: Option<Timestamp>,
}

/// Why what was given before is asked about from the beginning (spec/pages.md 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The client describes itself otherwise (D18).
    Client,
    /// What is asked for is put in other words.
    Wording,
}

impl Change {
    /// Whether, and why, what `grant` has `held` of what is `asked` for counts as never given; of the client first, which asks for
    /// more care.
    pub(super) fn since(
        (grant, held): (&Grant, ScopeSet),
        client: &Client,
        (asked, stands): (ScopeSet, Stands),
    ) -> Option<Self> {
        if grant.client_digest.is_some_and(|digest| client.consent_digest() != Some(digest)) {
            return Some(Self::Client);
        }
        (!grant.wordings.stand_for(held.intersection(asked), stands)).then_some(Self::Wording)
    }
}

/// What the database knows about it.
pub struct Found {
    pub kept: Option<Kept>,
    pub is_off: bool,
    grant: Option<Grant>,
    /// Of that grant: see [`unrestricted`].
    live: Vec<Connection>,
    now: Timestamp,
}

pub fn find_asked(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    request: &AuthorizationRequest,
    (shopper, now): (&Shopper, Timestamp),
) -> StorageResult<Found> {
    let kept = find_kept(connection, issuer_id, &request.client_id)?;
    let grant = grants::find_live(connection, &shopper.id, &request.client_id, &request.resource)?;
    let live = grant.as_ref().map(|grant| unrestricted(connection, issuer_id, grant)).transpose()?.unwrap_or_default();
    // A revocation of many that has ended everything it had leaves nothing that counts as held.
    let grant = grant.filter(|_| !live.is_empty());
    let is_off = restrictions::is_set(connection, issuer_id, Effect::Off, &Target::Issuer)?;
    Ok(Found { kept, is_off, grant, live, now })
}

impl Asked {
    /// What was given to another description of the client (D18) is asked about anew, as if it had never been given. So is what is
    /// `requested` and was given in other words.
    pub fn of(client: Client, found: &Found, (requested, stands): (ScopeSet, Stands)) -> Self {
        let grant = found.grant.as_ref();
        let held = grant.map(|grant| (grant, held(grant, &found.live, found.now)));
        let change = held.and_then(|held| Change::since(held, &client, (requested, stands)));
        // Who has nothing is asked as if for the first time.
        let held = held.filter(|_| change.is_none()).map(|(_, held)| held).filter(|held| !held.is_empty());
        let ends_at = stays_until(&found.live, found.now).filter(|_| held.is_some());
        Self { change, held, limit: grant.and_then(|grant| grant.limit), ends_at, client }
    }
}

/// What the grant holds, with `offline_access` if one of its `live` connections can stay.
pub(super) fn held(grant: &Grant, live: &[Connection], now: Timestamp) -> ScopeSet {
    let scope = grant.scope;
    if stays_until(live, now).is_some() { scope.with(Scope::OfflineAccess) } else { scope }
}

/// Until when the last of them does. Whose code nobody has redeemed is not connected, and may never be.
fn stays_until(live: &[Connection], now: Timestamp) -> Option<Timestamp> {
    let can_stay = |row: &&Connection| row.refreshable && row.is_live(now) && row.generation > 0;
    live.iter().filter(can_stay).map(|row| row.expires_at).max()
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
