//! Why a call on a purchase was refused: the word that the resource server is told, and the evidence for `tillgate why`.

use mcp_resource::wire::purchase::Refusal;

use crate::domain::evidence::{Check, Evidence, Shown};
use crate::domain::ledger::OverLimit;
use crate::domain::purchase::Invalid;
use crate::domain::{Money, Timestamp};

use super::Found;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub refusal: Refusal,
    pub evidence: Evidence,
}

impl Refused {
    pub(super) fn new(refusal: Refusal, evidence: Evidence) -> Self {
        Self { refusal, evidence }
    }

    /// Of another resource server, or nowhere: the answer is the same.
    pub(super) fn unknown(presented: impl Into<Shown>) -> Self {
        let expected = "a purchase, or a grant and a connection of it, of this resource server";
        Self::new(Refusal::Unknown, Check::PurchaseKnown.found(expected, presented))
    }

    pub(super) fn invalid(invalid: Invalid) -> Self {
        Self::new(Refusal::InvalidDocument, Check::PurchaseDocument.found(invalid.expected, invalid.presented))
    }

    pub(super) fn paused() -> Self {
        Self::new(Refusal::Paused, Check::PurchaseHeld.found("agents that are not held", "held, or switched off"))
    }

    pub(super) fn grant_ended(presented: &str) -> Self {
        let expected = "a live grant and connection that hold checkout:initiate";
        Self::new(Refusal::GrantEnded, Check::PurchaseGrant.found(expected, presented))
    }

    pub(super) fn silenced() -> Self {
        Self::new(Refusal::Silenced, Check::PurchaseAsking.found("fewer than three declined in a row", "three"))
    }

    /// The agent may know its own ceiling: its tokens say it.
    pub(super) fn over_limit(over: &OverLimit, total: Money) -> Self {
        let spent = Money::new(over.spent, over.limit.currency);
        let expected = format!("within {}, of which {spent} counts this month", over.limit);
        Self::new(Refusal::OverLimit, Check::PurchaseLimit.found(expected, total.to_string()))
    }

    /// What the purchase is, in a word, against what the call needs.
    pub(super) fn of_state(refusal: Refusal, found: &Found, (needed, now): (&str, Timestamp)) -> Self {
        match refusal {
            Refusal::Paused => Self::paused(),
            Refusal::GrantEnded => Self::grant_ended("one that has ended"),
            Refusal::Unknown => Self::unknown("another checkout than the purchase's"),
            Refusal::DigestDiffers => {
                let evidence = Check::PurchaseDigest.found("the digest of what was approved", "another");
                Self::new(refusal, evidence)
            }
            _ => {
                let presented = format!("{:?}, until {}", found.state(now), Shown::from(found.purchase.expires_at));
                Self::new(refusal, Check::PurchaseState.found(needed, presented))
            }
        }
    }
}
