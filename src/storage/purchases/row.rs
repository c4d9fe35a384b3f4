//! The row of a purchase, and the purchase in it with what it hangs on.

use diesel::prelude::*;
use mcp_resource::wire::purchase::PurchaseState;

use crate::domain::connection::EndReason;
use crate::domain::purchase::{Purchase, Standing};
use crate::domain::{ClientId, ConnectionId, GrantId, IssuerId, PurchaseId, Scope, ScopeSet, ShopperId, Timestamp};
use crate::storage::bytes::digest as digest_of;
use crate::storage::schema::purchases;
use crate::storage::{StorageError, StorageResult};

/// Ends that nobody decided: what a connection began goes on without it (decision 5).
pub(super) const BY_ITSELF: [&str; 3] =
    [EndReason::Superseded.as_str(), EndReason::NeverUsed.as_str(), EndReason::Expired.as_str()];

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = purchases, treat_none_as_default_value = false)]
pub(in crate::storage) struct PurchaseRow {
    id: String,
    issuer_id: String,
    grant_id: String,
    connection_id: String,
    shopper_id: String,
    client_id: String,
    resource: String,
    checkout_id: String,
    cart_id: String,
    jti: Option<String>,
    is_elevation: bool,
    document: String,
    digest: Vec<u8>,
    destination: Option<Vec<u8>>,
    stage: String,
    rule_id: Option<String>,
    created_at: i64,
    expires_at: i64,
    extended_at: Option<i64>,
    decided_at: Option<i64>,
    consumed_at: Option<i64>,
    settled_at: Option<i64>,
    order_id: Option<String>,
}

/// When and why the connection ended, when the grant, and what it may do.
type Ends = (Option<i64>, Option<String>, Option<i64>, String);

/// As `found!` selects it: the row, the ends, whether it is shut out and whether it is held, pseudonym and redirect URI.
pub(in crate::storage) type FoundRow = (PurchaseRow, Ends, bool, bool, (String, String));

/// A purchase and what it hangs on.
#[derive(Debug, Clone)]
pub struct Found {
    pub purchase: Purchase,
    pub standing: Standing,
    /// What the grant may do now.
    pub scope: ScopeSet,
    /// The shopper in the audit trail.
    pub pseudonym: String,
    /// Where the answer to the connection's consent went.
    pub redirect_uri: String,
}

impl Found {
    pub(in crate::storage) fn of((row, ends, is_shut_out, is_held, about): FoundRow) -> StorageResult<Self> {
        let (connection_ended, reason, grant_ended, scope) = ends;
        let scope: ScopeSet =
            scope.parse().ok().ok_or_else(|| StorageError::inconsistent("grants", row.grant_id.as_str(), "scope"))?;
        // H20: the yes to one purchase stands in for the permission to begin it, and for no other.
        let builds_on = if row.is_elevation { Scope::CartWrite } else { Scope::CheckoutInitiate };
        let may_check_out = scope.contains(builds_on);
        let is_revoked =
            connection_ended.is_some() && !reason.is_some_and(|reason| BY_ITSELF.contains(&reason.as_str()));
        let standing = if grant_ended.is_some() || !may_check_out || is_revoked || is_shut_out {
            Standing::Over
        } else if is_held {
            Standing::Held
        } else {
            Standing::Live
        };
        let (pseudonym, redirect_uri) = about;
        Ok(Self { purchase: row.try_into()?, standing, scope, pseudonym, redirect_uri })
    }

    pub fn state(&self, now: Timestamp) -> PurchaseState {
        self.purchase.state(self.standing, now)
    }
}

impl PurchaseRow {
    pub(super) fn new(purchase: &Purchase) -> StorageResult<Self> {
        let micros = |at: Option<Timestamp>| at.map(Timestamp::as_micros);
        let document = serde_json::to_string(&purchase.document).ok();
        let document =
            document.ok_or_else(|| StorageError::inconsistent("purchases", purchase.id.as_str(), "document"))?;
        Ok(Self {
            id: purchase.id.to_string(),
            issuer_id: purchase.issuer_id.to_string(),
            grant_id: purchase.grant_id.to_string(),
            connection_id: purchase.connection_id.to_string(),
            shopper_id: purchase.shopper_id.to_string(),
            client_id: purchase.client_id.to_string(),
            resource: purchase.resource.clone(),
            checkout_id: purchase.checkout_id.clone(),
            cart_id: purchase.cart_id.clone(),
            jti: purchase.jti.clone(),
            is_elevation: purchase.is_elevation,
            document,
            digest: purchase.digest.to_vec(),
            destination: purchase.destination.map(|digest| digest.to_vec()),
            stage: purchase.stage.to_string(),
            rule_id: purchase.rule_id.clone(),
            created_at: purchase.created_at.as_micros(),
            expires_at: purchase.expires_at.as_micros(),
            extended_at: micros(purchase.extended_at),
            decided_at: micros(purchase.decided_at),
            consumed_at: micros(purchase.consumed_at),
            settled_at: micros(purchase.settled_at),
            order_id: purchase.order_id.clone(),
        })
    }
}

impl TryFrom<PurchaseRow> for Purchase {
    type Error = StorageError;

    fn try_from(row: PurchaseRow) -> StorageResult<Self> {
        let wrong = |column| StorageError::inconsistent("purchases", row.id.as_str(), column);
        let digest = digest_of(Some(&row.digest), || wrong("digest"))?.ok_or_else(|| wrong("digest"))?;
        let destination = digest_of(row.destination.as_deref(), || wrong("destination"))?;
        let at = |micros: Option<i64>| micros.map(Timestamp::from_micros);
        Ok(Self {
            connection_id: ConnectionId(row.connection_id.parse().ok().ok_or_else(|| wrong("connection_id"))?),
            document: serde_json::from_str(&row.document).ok().ok_or_else(|| wrong("document"))?,
            stage: row.stage.parse().ok().ok_or_else(|| wrong("stage"))?,
            digest,
            destination,
            rule_id: row.rule_id,
            id: PurchaseId::new(row.id),
            issuer_id: IssuerId::new(row.issuer_id),
            grant_id: GrantId::new(row.grant_id),
            shopper_id: ShopperId::new(row.shopper_id),
            client_id: ClientId::new(row.client_id),
            resource: row.resource,
            checkout_id: row.checkout_id,
            cart_id: row.cart_id,
            jti: row.jti,
            is_elevation: row.is_elevation,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            extended_at: at(row.extended_at),
            decided_at: at(row.decided_at),
            consumed_at: at(row.consumed_at),
            settled_at: at(row.settled_at),
            order_id: row.order_id,
        })
    }
}
