//! A shopper's rule that an agent may buy without asking each time: up to an amount, and to an address that the same shopper has
//! approved by hand for the same grant before (decision 5). There is none unless the shopper has set it, and none counts unless
//! the merchant allows rules: the default of both is to ask every time.
//!
//! A rule never reaches further than the ceilings beside it. It needs one for the month: without, an amount for one order would
//! be none for many.

use mcp_resource::wire::money::Currency;

use super::spending_limit::SpendingLimit;
use super::{Money, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRule {
    /// A random UUID; another one each time the shopper sets it.
    pub id: String,
    pub currency: Currency,
    /// For one order, in minor units of the currency.
    pub most: i64,
    pub created_at: Timestamp,
}

/// The highest amount that a rule beside `limit` may have; `None` where there can be no rule.
pub fn highest(limit: Option<SpendingLimit>) -> Option<Money> {
    let limit = limit?;
    let month = limit.per_month?;
    Some(Money::new(limit.per_order.map_or(month, |order| order.min(month)), limit.currency))
}

impl ApprovalRule {
    /// What it comes to beside `limit`: the lower of both; `None` where it counts for nothing.
    pub fn reach(&self, limit: Option<SpendingLimit>) -> Option<Money> {
        let highest = highest(limit).filter(|highest| highest.currency == self.currency)?;
        Some(Money::new(self.most.min(highest.amount), self.currency))
    }

    /// Whether an order of `total` is within it. One in another currency than the limit's never is.
    pub fn covers(&self, total: Money, limit: Option<SpendingLimit>) -> bool {
        self.reach(limit).is_some_and(|most| most.currency == total.currency && total.amount <= most.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(most: i64) -> ApprovalRule {
        ApprovalRule { id: "r".to_owned(), currency: "EUR".parse().unwrap(), most, created_at: Timestamp::from_secs(0) }
    }

    fn limit(currency: &str, order: Option<i64>, month: Option<i64>) -> Option<SpendingLimit> {
        SpendingLimit::new(currency.parse().unwrap(), order, month)
    }

    #[test]
    fn a_rule_reaches_no_further_than_the_ceilings_and_nowhere_without_one_for_the_month() {
        let euros = |amount| Money::new(amount, "EUR".parse().unwrap());
        assert!(rule(2_000).covers(euros(2_000), limit("EUR", None, Some(10_000))));
        assert!(!rule(2_000).covers(euros(2_001), limit("EUR", None, Some(10_000))));
        assert!(!rule(2_000).covers(euros(1_501), limit("EUR", Some(1_500), Some(10_000))));
        assert!(!rule(2_000).covers(euros(1_001), limit("EUR", None, Some(1_000))));
        for none in [None, limit("EUR", Some(9_999), None), limit("USD", None, Some(9_999))] {
            assert!(!rule(2_000).covers(euros(1), none), "{none:?}");
        }
        let dollars = Money::new(1, "USD".parse().unwrap());
        assert!(!rule(2_000).covers(dollars, limit("EUR", None, Some(10_000))), "another currency is asked for");
    }
}
