//! A frozen checkout that awaits, has, or was refused the shopper's approval (decision 5; F12, F20 to F23).
//!
//! The row knows what was done to a purchase; what follows from the time and from the grant's end is judged when it is read
//! ([`Purchase::state`]). The database decides who moves a row; when nobody could, [`Purchase::refuse_consume`] and
//! [`Purchase::refuse_settle`] say what that means.

mod document;

use std::time::Duration;

use mcp_resource::wire::purchase::{CheckoutDocument, PurchaseState, Refusal};
use subtle::ConstantTimeEq as _;

use super::client::words;
use super::{ClientId, ConnectionId, GrantId, IssuerId, PurchaseId, ShopperId, Timestamp};

pub use document::{Invalid, Terms, validate, validate_id};
pub use mcp_resource::wire::purchase::LONGEST;

/// How long a purchase waits for the shopper, and then for its order.
pub const LIFETIME: Duration = Duration::from_mins(10);
/// What the shopper may add, once (WCAG 2.2.1).
pub const EXTENSION: Duration = Duration::from_mins(5);
/// How long an approved purchase can be used at least, where [`LONGEST`] allows it: who approves in the last second
/// means it.
pub const TIME_TO_USE: Duration = Duration::from_mins(5);
/// Purchases of one agent that may await approval; a new one replaces the oldest.
pub const MOST_PENDING: i64 = 3;
/// So many in a row, and the agent asks no more until the shopper lets it.
pub const MOST_DECLINES: i64 = 3;
/// After this long, what was never taken is forgotten with its address: the trail keeps that it was.
pub const KEPT_UNSOLD: Duration = Duration::from_hours(30 * 24);
/// New purchases of one agent in [`ASKING_WINDOW`], whatever becomes of them.
pub const MOST_NEW: i64 = 30;
pub const ASKING_WINDOW: Duration = Duration::from_hours(1);
/// E-mails to one shopper in [`MAIL_WINDOW`].
pub const MOST_MAILS: i64 = 5;
pub const MAIL_WINDOW: Duration = Duration::from_hours(1);

words! {
    /// What was done to a purchase, as the row says it.
    Stage {
        Awaiting = "awaiting_approval",
        Approved = "approved",
        Declined = "declined",
        Superseded = "superseded",
        Consumed = "consumed",
        Completed = "completed",
        Released = "released",
    }
}

/// What no order came of, or is being placed for.
pub const UNSOLD: [Stage; 5] = [Stage::Awaiting, Stage::Approved, Stage::Declined, Stage::Superseded, Stage::Released];

/// Whether what a purchase hangs on still stands: its grant, the connection that began it, and nobody holding either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Live,
    /// Agents of this kind are held, or switched off: it may go on later.
    Held,
    /// The grant has ended or may not check out any more, or the connection was revoked. One that ended by itself takes nothing
    /// along, and neither does an elevation that has run out.
    Over,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    pub id: PurchaseId,
    pub issuer_id: IssuerId,
    pub grant_id: GrantId,
    pub connection_id: ConnectionId,
    pub shopper_id: ShopperId,
    pub client_id: ClientId,
    pub resource: String,
    pub checkout_id: String,
    pub cart_id: String,
    /// The token that began it. `None` where the resource server did not say.
    pub jti: Option<String>,
    /// Its agent may not begin checkouts: the shopper's yes is a consent to this one purchase (H20).
    pub is_elevation: bool,
    pub document: CheckoutDocument,
    /// Of the document, computed here (decision 5).
    pub digest: [u8; 32],
    /// Of where it goes, under the issuer's key and for its grant; `None` where nothing is sent.
    pub destination: Option<[u8; 32]>,
    pub stage: Stage,
    /// The shopper's rule that has approved it in their place.
    pub rule_id: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub extended_at: Option<Timestamp>,
    /// Approved or declined.
    pub decided_at: Option<Timestamp>,
    pub consumed_at: Option<Timestamp>,
    /// Completed or released.
    pub settled_at: Option<Timestamp>,
    pub order_id: Option<String>,
}

/// What the shopper says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Decline,
}

impl Purchase {
    /// How far it has come. Time and the grant's end count until it is consumed, and no longer then.
    pub fn state(&self, standing: Standing, now: Timestamp) -> PurchaseState {
        match self.stage {
            Stage::Awaiting | Stage::Approved if standing == Standing::Over => PurchaseState::Cancelled,
            Stage::Awaiting | Stage::Approved if self.expires_at <= now => PurchaseState::Expired,
            Stage::Awaiting => PurchaseState::AwaitingApproval,
            Stage::Approved => PurchaseState::Approved,
            Stage::Declined => PurchaseState::Declined,
            Stage::Superseded => PurchaseState::Superseded,
            Stage::Consumed => PurchaseState::Consumed,
            Stage::Completed => PurchaseState::Completed,
            Stage::Released => PurchaseState::Released,
        }
    }

    pub fn can_be_extended(&self, now: Timestamp) -> bool {
        self.stage == Stage::Awaiting && self.extended_at.is_none() && self.expires_at > now
    }

    /// The digest is still that of the whole document.
    pub fn is_address_forgotten(&self) -> bool {
        self.document.ship_to.is_none() && self.document.digest().is_ok_and(|digest| digest != self.digest)
    }

    /// Until when it can be used if it is approved now.
    pub fn usable_until(&self, now: Timestamp) -> Timestamp {
        self.expires_at.max(now.plus(TIME_TO_USE).min(self.created_at.plus(LONGEST)))
    }

    /// Why it could not be consumed; `None` when it was, by this checkout, and is answered like the first time (F23).
    pub fn refuse_consume(
        &self,
        (checkout_id, digest): (&str, &[u8]),
        standing: Standing,
        now: Timestamp,
    ) -> Option<Refusal> {
        let is_same = bool::from(self.digest.as_slice().ct_eq(digest));
        let is_used = matches!(self.stage, Stage::Consumed | Stage::Completed | Stage::Released);
        if self.checkout_id != checkout_id {
            return Some(if is_used { Refusal::AlreadyUsed } else { Refusal::Unknown });
        }
        match self.state(standing, now) {
            PurchaseState::Consumed | PurchaseState::Completed => (!is_same).then_some(Refusal::DigestDiffers),
            PurchaseState::Released => Some(Refusal::AlreadyUsed),
            PurchaseState::Declined => Some(Refusal::Declined),
            PurchaseState::Superseded => Some(Refusal::Superseded),
            PurchaseState::Cancelled => Some(Refusal::GrantEnded),
            PurchaseState::Expired => Some(Refusal::Expired),
            PurchaseState::AwaitingApproval => Some(Refusal::NotApproved),
            PurchaseState::Approved if !is_same => Some(Refusal::DigestDiffers),
            // Held, or held a moment ago: in both cases a later try can succeed.
            PurchaseState::Approved => Some(Refusal::Paused),
        }
    }

    /// Why it could not be settled so; `None` when it was settled so before. `order_id` is `None` for a release.
    pub fn refuse_settle(&self, checkout_id: &str, order_id: Option<&str>) -> Option<Refusal> {
        if self.checkout_id != checkout_id {
            return Some(Refusal::Unknown);
        }
        match self.stage {
            Stage::Completed => (self.order_id.as_deref() != order_id).then_some(Refusal::AlreadyUsed),
            Stage::Released => order_id.is_some().then_some(Refusal::AlreadyUsed),
            Stage::Declined => Some(Refusal::Declined),
            Stage::Superseded => Some(Refusal::Superseded),
            Stage::Awaiting | Stage::Approved | Stage::Consumed => Some(Refusal::NotApproved),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
