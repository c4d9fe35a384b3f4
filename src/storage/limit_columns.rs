//! A spending limit in three columns: all NULL without one.

use crate::domain::spending_limit::SpendingLimit;

/// As they are bound.
pub(super) type Columns = (Option<String>, Option<i64>, Option<i64>);

pub(super) fn columns(limit: Option<SpendingLimit>) -> Columns {
    limit.map_or((None, None, None), |limit| (Some(limit.currency.to_string()), limit.per_order, limit.per_month))
}

/// `Err` names the column that contradicts the others.
pub(super) fn read((currency, per_order, per_month): Columns) -> Result<Option<SpendingLimit>, &'static str> {
    let Some(currency) = currency else {
        return if per_order.or(per_month).is_none() { Ok(None) } else { Err("limit_currency") };
    };
    let currency = currency.parse().ok().ok_or("limit_currency")?;
    SpendingLimit::new(currency, per_order, per_month).map(Some).ok_or("limit_per_order")
}
