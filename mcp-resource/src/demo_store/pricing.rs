//! Sums: prices include tax, shipping has three prices, and the tax contained is told by category and by shipping.

use super::products::money;
use crate::shop::backend::BackendError;
use crate::shop::results::{Line, ShippingMethod, Totals};
use crate::wire::Money;

/// From this subtotal on, in minor units, standard shipping is free.
const FREE_FROM: i64 = 6_000;
const STANDARD: i64 = 490;
const EXPRESS: i64 = 1_190;
/// Percent contained in the shipping price.
const SHIPPING_VAT: i64 = 19;

fn overflow() -> BackendError {
    BackendError::Conflict("the sum is too large".to_owned())
}

/// Quantity times price.
pub(super) fn times(price: Money, quantity: i64) -> Result<Money, BackendError> {
    price.checked_mul(quantity).ok_or_else(overflow)
}

/// The sum of the lines, in the catalog's currency also when there are none.
pub(super) fn subtotal(lines: &[Line], currency: &str) -> Result<Money, BackendError> {
    let nothing = money(0, currency)?;
    lines.iter().try_fold(nothing, |sum, line| sum.checked_add(line.total).ok_or_else(overflow))
}

/// The sums of an order of `lines`, each with the percent of tax in its price.
pub(super) fn totals(lines: &[(Line, i64)], method: ShippingMethod, currency: &str) -> Result<Totals, BackendError> {
    let only: Vec<Line> = lines.iter().map(|(line, _)| line.clone()).collect();
    let subtotal = subtotal(&only, currency)?;
    let shipping = match method {
        ShippingMethod::Standard if subtotal.amount >= FREE_FROM => 0,
        ShippingMethod::Standard => STANDARD,
        ShippingMethod::Express => EXPRESS,
        ShippingMethod::Pickup => 0,
    };
    let tax: i64 = lines.iter().map(|(line, percent)| contained(line.total.amount, *percent)).sum();
    let shipping = money(shipping, currency)?;
    Ok(Totals {
        subtotal,
        shipping,
        tax_included: money(tax + contained(shipping.amount, SHIPPING_VAT), currency)?,
        total: subtotal.checked_add(shipping).ok_or_else(overflow)?,
    })
}

/// The tax in a price that contains it, rounded half up.
const fn contained(amount: i64, percent: i64) -> i64 {
    let whole = 100 + percent;
    (amount.saturating_mul(percent) * 2 + whole).div_euclid(whole * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tax_in_a_price_is_rounded_half_up() {
        assert_eq!(contained(119, 19), 19);
        assert_eq!(contained(107, 7), 7);
        assert_eq!(contained(490, 19), 78);
        assert_eq!(contained(0, 19), 0);
    }
}
