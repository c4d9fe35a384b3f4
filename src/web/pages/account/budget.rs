//! What an agent may spend, and has: on its card.

use mcp_resource::wire::{Scope, ScopeSet};

use crate::domain::Money;
use crate::domain::ledger::left;
use crate::domain::spending_limit::SpendingLimit;

/// The grant's ceilings, with what is left of the month's.
#[derive(Debug, Clone)]
pub struct Budget {
    pub order: Option<Money>,
    pub month: Option<Month>,
    /// What counts this month where no ceiling says how much may.
    pub spent: Option<Money>,
    /// The shopper has set different ones for what is one agent now: the lowest holds.
    pub has_several: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Month {
    pub most: Money,
    pub spent: Money,
}

impl Month {
    pub(super) fn left(&self) -> Money {
        Money::new(left(self.most.amount, self.spent.amount), self.most.currency)
    }

    /// No more than the meter holds.
    pub(super) fn filled(&self) -> i64 {
        self.spent.amount.clamp(0, self.most.amount)
    }
}

impl Budget {
    /// For an agent that can begin checkouts, or could.
    pub fn of(limit: Option<SpendingLimit>, permissions: ScopeSet, spent: Money) -> Option<Self> {
        let month = limit.and_then(SpendingLimit::month).map(|most| Month { most, spent });
        let is_shown = limit.is_some() || permissions.contains(Scope::CheckoutInitiate);
        is_shown.then(|| Self {
            order: limit.and_then(SpendingLimit::order),
            month,
            spent: Some(spent).filter(|spent| month.is_none() && spent.amount > 0),
            has_several: false,
        })
    }
}
