//! Purchases: a resource server registers a frozen checkout, the shopper approves or declines it, and the resource server
//! uses it once (decision 5, F20 to F23). Nothing is ever approved because somebody did not answer.
//!
//! What is refused changes nothing, and says why with evidence; a shopper's second answer changes nothing either.

pub mod asking;
mod by_rule;
pub mod consume;
pub mod decide;
pub mod ledger;
pub mod listing;
mod permission;
pub mod places;
mod refused;
pub mod register;
pub mod settle;
pub mod standing;
#[cfg(test)]
mod tests;
mod trail;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_resource::wire::purchase as wire;

use crate::domain::Timestamp;
use crate::domain::audit::Occasion;
use crate::domain::issuer::Issuer;
pub use crate::domain::purchase::Decision;
use crate::domain::store::Store;
use crate::keys::IssuerKeys;
pub use crate::storage::purchases::Found;
pub use refused::Refused;

/// The resource server that calls, at which issuer, and when.
#[derive(Debug, Clone)]
pub struct Caller {
    pub issuer: Issuer,
    pub store: Store,
    pub resource: String,
    /// Of the issuer: what is kept of addresses is made with one.
    pub keys: Arc<IssuerKeys>,
    /// New purchases of one agent in an hour: [`crate::domain::purchase::MOST_NEW`].
    pub most_new: i64,
    /// Whether this server sends mails at all.
    pub has_mail: bool,
    pub occasion: Occasion,
}

impl Caller {
    /// A purchase as its resource server is told of it: never with the address.
    pub fn shown(&self, found: &Found) -> wire::Purchase {
        shown(found, &self.issuer, self.occasion.now)
    }
}

fn shown(found: &Found, issuer: &Issuer, now: Timestamp) -> wire::Purchase {
    let purchase = &found.purchase;
    wire::Purchase {
        id: purchase.id.to_string(),
        checkout_id: purchase.checkout_id.clone(),
        state: found.state(now),
        // F10: an id and nothing else; whoever opens it has to sign in.
        approval_url: issuer.url.join(&format!("/purchases/{}", purchase.id)),
        digest: URL_SAFE_NO_PAD.encode(purchase.digest),
        created_at: purchase.created_at,
        expires_at: purchase.expires_at,
        order_id: purchase.order_id.clone(),
    }
}
