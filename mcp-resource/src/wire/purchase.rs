//! A purchase as both halves speak of it (design, decision 5; F20 to F24): a frozen checkout that awaits the shopper.
//!
//! A resource server registers one (`POST {issuer}/resource/purchases`), looks at it (`GET .../purchases/{id}`), uses it
//! once it is approved (`POST .../purchases/{id}/consume`) and tells what became of it (`POST .../purchases/{id}/settle`).
//! Both halves compute the digest over the same document; the authorization server never takes one over it on trust.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::digest::{NotCanonical, canonical_sha256};
use super::{Money, Timestamp};

/// F20: a purchase waits no longer for its shopper, and is used no later, extended or not.
pub const LONGEST: Duration = Duration::from_mins(15);

/// Everything the shopper sees and approves. Equal documents have one digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckoutDocument {
    /// The `resource` of the store's server.
    pub store: String,
    /// `live` or `sandbox`.
    pub environment: String,
    /// The agent's client id.
    pub agent: String,
    pub lines: Vec<DocumentLine>,
    /// A word for the page, such as `standard` or `pickup`.
    pub shipping_method: String,
    /// `None` when nothing is sent, such as a pickup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<ShipTo>,
    /// The sum of the lines.
    pub subtotal: Money,
    pub shipping: Money,
    pub taxes: Money,
    /// Whether `taxes` are part of the prices above, not on top of them.
    pub taxes_included: bool,
    /// What leaves the shopper's account.
    pub total: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentLine {
    pub variant_id: String,
    pub title: String,
    pub quantity: i64,
    pub unit_price: Money,
    pub total: Money,
}

/// Where a parcel goes. Personal data: for the shopper's own page, never for an agent or a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipTo {
    pub name: String,
    pub line1: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    pub postal_code: String,
    pub city: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
}

impl std::fmt::Debug for ShipTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShipTo").field("country", &self.country).finish_non_exhaustive()
    }
}

impl CheckoutDocument {
    /// SHA-256 of the RFC 8785 form.
    ///
    /// # Errors
    /// When the document has no canonical form.
    pub fn digest(&self) -> Result<[u8; 32], NotCanonical> {
        canonical_sha256(self)
    }
}

/// Body of `POST {issuer}/resource/purchases`. The same checkout with an equal document gives the purchase there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPurchase {
    /// Of the token that made the call.
    pub grant_id: String,
    pub connection_id: String,
    /// The resource server's own id of the frozen checkout: the idempotency key of the order, too.
    pub checkout_id: String,
    /// At most one purchase of a cart awaits approval: a new one replaces it.
    pub cart_id: String,
    pub document: CheckoutDocument,
    /// Of the token that made the call, so that an order leads to it (S1-94). Older resource servers do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// H20: the token that made the call may not begin checkouts. The page is then a consent for this purchase alone, and the
    /// authorization server decides whether the merchant and the grant allow that. See [`Offer`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_elevation: bool,
}

/// Body of `POST {issuer}/resource/purchases/offer`: may a purchase be registered for an agent that may not begin checkouts?
/// Answered with 204 and nothing, before anything is frozen for it; or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub grant_id: String,
    pub connection_id: String,
}

/// How far a purchase has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    AwaitingApproval,
    /// The shopper, or a rule that the shopper set, said yes. Not yet used.
    Approved,
    Declined,
    /// The time ran out before it was approved, or used.
    Expired,
    /// A newer purchase of the same cart, or of the same grant, took its place.
    Superseded,
    /// The grant ended before it was used.
    Cancelled,
    /// The resource server took it and is placing the order.
    Consumed,
    /// There is an order.
    Completed,
    /// Taken, and given back: no order came of it.
    Released,
}

/// Answer of every call on a purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    pub id: String,
    pub checkout_id: String,
    pub state: PurchaseState,
    /// The page on the authorization server where the signed-in shopper decides. Proves nothing by itself (F10, F11).
    pub approval_url: String,
    /// Base64url of the digest that the authorization server computed.
    pub digest: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
}

/// Body of `POST .../purchases/{id}/consume`. The same checkout may repeat it: a purchase that it has consumed is answered
/// like the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consume {
    pub checkout_id: String,
    /// Base64url, computed by the resource server over what it is about to sell.
    pub digest: String,
}

/// Body of `POST .../purchases/{id}/settle`: what became of a consumed purchase. Repeatable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Settle {
    Completed {
        checkout_id: String,
        order_id: String,
    },
    /// No order will come of it: the amount counts no longer.
    Released {
        checkout_id: String,
    },
}

/// Why a call on a purchase was refused: 409, or 404 for `unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such purchase, grant or connection for this resource server.
    Unknown,
    /// The grant or connection that it names is over.
    GrantEnded,
    /// Agents are held for now.
    Paused,
    /// The document contradicts itself, the grant or the environment.
    InvalidDocument,
    /// The agent has begun too many purchases in the last hour.
    TooMany,
    /// The shopper declined three in a row and has not let the agent ask again.
    Silenced,
    /// Above what the shopper lets this agent spend.
    OverLimit,
    /// The agent may not begin checkouts, and gets no link in the place of that (H20).
    NotOffered,
    /// The shopper has not decided yet.
    NotApproved,
    Declined,
    Expired,
    Superseded,
    /// What is about to be sold is not what was approved.
    DigestDiffers,
    /// Consumed by another checkout, or settled otherwise.
    AlreadyUsed,
}

/// Body of a refused call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub error: Refusal,
    /// For developers; names the remedy and the reference id.
    pub error_description: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.error, self.error_description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> CheckoutDocument {
        let euros = |amount| Money::new(amount, "EUR".parse().unwrap());
        CheckoutDocument {
            store: "https://shop.example/mcp".to_owned(),
            environment: "live".to_owned(),
            agent: "https://agent.example/client.json".to_owned(),
            lines: vec![DocumentLine {
                variant_id: "tea-50g".to_owned(),
                title: "Tea".to_owned(),
                quantity: 2,
                unit_price: euros(500),
                total: euros(1_000),
            }],
            shipping_method: "standard".to_owned(),
            ship_to: Some(ShipTo {
                name: "Robin Field".to_owned(),
                line1: "Lindenweg 12".to_owned(),
                line2: None,
                postal_code: "34117".to_owned(),
                city: "Kassel".to_owned(),
                country: "DE".to_owned(),
            }),
            subtotal: euros(1_000),
            shipping: euros(490),
            taxes: euros(238),
            taxes_included: true,
            total: euros(1_490),
        }
    }

    #[test]
    fn a_document_that_travelled_as_json_has_the_same_digest() {
        let sent = document();
        let read: CheckoutDocument = serde_json::from_str(&serde_json::to_string(&sent).unwrap()).unwrap();
        assert_eq!(read.digest().unwrap(), sent.digest().unwrap());
    }

    #[test]
    fn any_change_of_what_is_sold_or_where_it_goes_changes_the_digest() {
        let digest = document().digest().unwrap();
        let mut elsewhere = document();
        elsewhere.ship_to.as_mut().unwrap().city = "Fulda".to_owned();
        let mut more = document();
        more.lines[0].quantity = 3;
        let mut by_another = document();
        by_another.agent = "c1_other".to_owned();
        for changed in [elsewhere, more, by_another] {
            assert_ne!(changed.digest().unwrap(), digest);
        }
    }

    #[test]
    fn an_address_is_not_written_into_a_log() {
        assert_eq!(format!("{:?}", document().ship_to.unwrap()), "ShipTo { country: \"DE\", .. }");
    }
}
