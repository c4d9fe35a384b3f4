//! What the consent form says about spending: ceilings, and how long checkouts may be begun (decision 3; S1-93).

use std::time::Duration;

use mcp_resource::wire::money::Currency;

use super::amounts::LimitFields;
use super::consent::Spending;
use crate::accounts::consent::Ceiling;
use crate::domain::elevation::Elevation;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{Scope, ScopeSet};
use crate::oauth::parameters::Parameters;

/// What the fields are about.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) currency: Currency,
    /// What the agent asks to be held to: the shopper may lower it.
    pub(super) asked: Option<SpendingLimit>,
    /// What stands since an earlier consent.
    pub(super) held: Option<SpendingLimit>,
    /// The longest that the merchant allows checkouts to be begun.
    pub(super) cap: Duration,
}

/// What the shopper chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) ceiling: Ceiling,
    pub(super) elevation: Elevation,
}

impl Terms {
    /// As first shown: the lower of what stands and what is asked for, ready to be changed.
    pub(super) fn fields(self) -> Spending {
        let prefilled = SpendingLimit::lower_of(self.held, self.asked);
        self.shown(LimitFields::new(prefilled, self.currency, self.asked), Elevation::default())
    }

    /// Of a form in which `given` was ticked. The `Err` is what is shown again.
    pub(super) fn read(self, form: &Parameters, given: ScopeSet) -> Result<Chosen, Box<Spending>> {
        let field = |name| form.all(name).next().unwrap_or_default().to_owned();
        let elevation = field("window").parse().ok();
        let elevation = elevation.filter(|window| Elevation::offered(self.cap).contains(window)).unwrap_or_default();
        if !given.contains(Scope::CheckoutInitiate) {
            return Ok(Chosen { ceiling: Ceiling::Kept, elevation: Elevation::default() });
        }
        match LimitFields::read((&field("limit-order"), &field("limit-month")), self.currency, self.asked) {
            Ok(limit) => Ok(Chosen { ceiling: Ceiling::Set(limit), elevation }),
            Err(again) => Err(Box::new(self.shown(*again, elevation))),
        }
    }

    fn shown(self, limits: LimitFields, chosen: Elevation) -> Spending {
        let offered = Elevation::offered(self.cap);
        // With one there is nothing to choose.
        let windows = if offered.len() > 1 { offered } else { Vec::new() };
        Spending { limits, windows, chosen }
    }
}
