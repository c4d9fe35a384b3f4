//! The approval page: which store, what, where to, for how much, who asks, and how long there is to answer; Approve and
//! Decline alike (F21, S1-95). Decided, it says what was decided, and cannot be decided again.

use askama::Template;
use mcp_resource::wire::purchase::CheckoutDocument;

use crate::domain::agent_policy::Trust;
use crate::locale::{Foreign, Moment};

use super::super::{CsrfToken, Layout, ReturnsTo};

#[derive(Debug, Template)]
#[template(path = "pages/account/purchase.html")]
pub struct PurchasePage<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    /// The id of the purchase.
    pub id: &'a str,
    pub asker: Asker<'a>,
    pub document: &'a CheckoutDocument,
    /// Its time is over (`[retention] addresses`).
    pub is_address_forgotten: bool,
    /// The agent may not begin checkouts: a yes is a consent to this purchase alone.
    pub is_elevation: bool,
    /// The shopper's rule said yes, and nobody was asked.
    pub by_rule: bool,
    pub status: Status<'a>,
}

/// Who asks, as the consent page has shown it.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    pub name: Option<Foreign<'a>>,
    pub trust: Trust,
    /// D15: the host of its own description, if that is how it introduced itself.
    pub described_by: Option<&'a str>,
    pub returns_to: ReturnsTo<'a>,
}

/// How far the purchase has come, for its shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status<'a> {
    Asking {
        ends: Moment,
        can_extend: bool,
        /// The store holds agents: it can only be declined now.
        is_held: bool,
        /// It is above the shopper's own ceiling: it can only be declined.
        over: Option<String>,
    },
    Approved {
        until: Moment,
    },
    Declined {
        /// Three in a row: the agent may not ask any more.
        is_silenced: bool,
    },
    Expired,
    Superseded,
    Cancelled,
    Consumed,
    Completed {
        order: &'a str,
    },
    Released,
}

impl Status<'_> {
    /// The keys of its title, and of what follows from it; the question has words of its own.
    const fn keys(&self) -> Option<[&'static str; 2]> {
        Some(match self {
            Self::Asking { .. } => return None,
            Self::Approved { .. } => ["purchase-approved", "purchase-approved-detail"],
            Self::Declined { .. } => ["purchase-declined", "purchase-declined-detail"],
            Self::Expired => ["purchase-expired", "purchase-expired-detail"],
            Self::Superseded => ["purchase-superseded", "purchase-superseded-detail"],
            Self::Cancelled => ["purchase-cancelled", "purchase-cancelled-detail"],
            Self::Consumed => ["purchase-consumed", "purchase-consumed-detail"],
            Self::Completed { .. } => ["purchase-completed", "purchase-completed-detail"],
            Self::Released => ["purchase-released", "purchase-released-detail"],
        })
    }

    /// The shopper has said something, which stays so.
    const fn is_decided(&self) -> bool {
        !matches!(self, Self::Asking { .. } | Self::Expired | Self::Superseded | Self::Cancelled)
    }
}

impl PurchasePage<'_> {
    fn heading(&self) -> String {
        if self.by_rule && matches!(self.status, Status::Approved { .. }) {
            return self.layout.t("purchase-ruled");
        }
        match (self.status.keys(), self.asker.name) {
            (Some([title, _]), _) => self.layout.t(title),
            (None, Some(name)) => self.layout.t1("purchase-asks", &("agent", name)),
            (None, None) => self.layout.t("purchase-asks-unnamed"),
        }
    }

    fn detail(&self) -> Option<String> {
        let [_, detail] = self.status.keys()?;
        Some(match &self.status {
            Status::Approved { until } => self.layout.t1(detail, &("when", until.words.as_str())),
            Status::Completed { order } => self.layout.t1(detail, &("order", Foreign(order))),
            _ => self.layout.t(detail),
        })
    }
}
