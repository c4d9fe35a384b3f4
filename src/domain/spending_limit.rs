//! The shopper's ceiling on a grant: for one order, and for a calendar month in the store's time zone (design §1). Amounts
//! are integer minor units, read from what people type and never through a float. A ceiling is only ever lowered without a
//! new consent: component by component, the smaller counts.

use std::fmt;

use mcp_resource::wire::money::Currency;

use super::Money;

/// At least one of the two amounts is there. In the currency's minor units, 1 to [`SpendingLimit::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SpendingLimit {
    pub currency: Currency,
    pub per_order: Option<i64>,
    pub per_month: Option<i64>,
}

/// What someone typed is no amount that could be a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    #[error("an amount has digits and at most one decimal sign")]
    NotANumber,
    /// Such as `1.000` for euros, which is a thousand to some and one to others.
    #[error("the currency has fewer digits after the decimal sign")]
    TooPrecise,
    #[error("an amount is above zero")]
    Zero,
    #[error("the amount is too large")]
    TooLarge,
}

impl SpendingLimit {
    /// Far above what any store sells, and far below what sums could overflow at.
    pub const MOST: i64 = 999_999_999_999;

    /// `None` without any amount.
    pub fn new(currency: Currency, per_order: Option<i64>, per_month: Option<i64>) -> Option<Self> {
        (per_order.is_some() || per_month.is_some()).then_some(Self { currency, per_order, per_month })
    }

    /// Both ceilings at once. Of limits in different currencies, which cannot be compared, `newer` counts.
    #[must_use]
    pub fn narrowed_by(self, newer: Self) -> Self {
        if self.currency != newer.currency {
            return newer;
        }
        let lower = |one: Option<i64>, other: Option<i64>| one.into_iter().chain(other).min();
        Self {
            currency: self.currency,
            per_order: lower(self.per_order, newer.per_order),
            per_month: lower(self.per_month, newer.per_month),
        }
    }

    /// The ceilings of both, where there are any.
    pub fn lower_of(held: Option<Self>, newer: Option<Self>) -> Option<Self> {
        match (held, newer) {
            (Some(held), Some(newer)) => Some(held.narrowed_by(newer)),
            (held, newer) => held.or(newer),
        }
    }

    /// What counts where all of them hold together. Those in another currency measure nothing of this one.
    pub fn lowest_in(currency: Currency, limits: impl IntoIterator<Item = Self>) -> Option<Self> {
        limits.into_iter().filter(|limit| limit.currency == currency).reduce(Self::narrowed_by)
    }

    /// Whether `self` allows nothing that `other` does not.
    pub fn is_within(self, other: Option<Self>) -> bool {
        Self::allows_all_of(other, Some(self))
    }

    /// Whether the one allows everything that the other does. No limit allows everything.
    pub fn allows_all_of(wide: Option<Self>, narrow: Option<Self>) -> bool {
        match (wide, narrow) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wide), Some(narrow)) => wide.currency == narrow.currency && wide.narrowed_by(narrow) == narrow,
        }
    }

    pub fn order(self) -> Option<Money> {
        self.per_order.map(|amount| Money::new(amount, self.currency))
    }

    pub fn month(self) -> Option<Money> {
        self.per_month.map(|amount| Money::new(amount, self.currency))
    }
}

/// `80.00 EUR per order, 200.00 EUR per month`: for the trail and for digests.
impl fmt::Display for SpendingLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.order(), self.month()) {
            (Some(order), Some(month)) => write!(f, "{order} per order, {month} per month"),
            (Some(order), None) => write!(f, "{order} per order"),
            (None, Some(month)) => write!(f, "{month} per month"),
            (None, None) => f.write_str("no limit"),
        }
    }
}

/// An amount as people type it: `80`, `80.00` or `80,00`; no signs and no separators of thousands. `None` for an empty field.
pub fn parse_amount(text: &str, currency: Currency) -> Result<Option<i64>, InvalidAmount> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, part) = match text.split_once(['.', ',']) {
        Some((whole, part)) if !part.is_empty() => (whole, part),
        Some(_) => return Err(InvalidAmount::NotANumber),
        None => (text, ""),
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(part) {
        return Err(InvalidAmount::NotANumber);
    }
    let exponent = usize::try_from(currency.exponent()).unwrap_or_default();
    if part.len() > exponent {
        return Err(InvalidAmount::TooPrecise);
    }
    let minor: i64 = format!("{whole}{part:0<exponent$}").parse().map_err(|_too_long| InvalidAmount::TooLarge)?;
    match minor {
        0 => Err(InvalidAmount::Zero),
        amount if amount > SpendingLimit::MOST => Err(InvalidAmount::TooLarge),
        amount => Ok(Some(amount)),
    }
}

/// The amount as [`parse_amount`] reads it, without the currency: what stands in a field.
pub fn format_amount(amount: i64, currency: Currency) -> String {
    let written = Money::new(amount, currency).to_string();
    written.split(' ').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, currency: &str) -> Result<Option<i64>, InvalidAmount> {
        parse_amount(text, currency.parse().unwrap())
    }

    fn euros(per_order: Option<i64>, per_month: Option<i64>) -> SpendingLimit {
        SpendingLimit { currency: "EUR".parse().unwrap(), per_order, per_month }
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for text in ["80", " 80 ", "80.0", "80.00", "80,00", "0080"] {
            assert_eq!(read(text, "EUR"), Ok(Some(8_000)), "{text}");
        }
        assert_eq!(read("0.01", "EUR"), Ok(Some(1)));
        assert_eq!(read("1500", "JPY"), Ok(Some(1_500)));
        assert_eq!(read("1,5", "KWD"), Ok(Some(1_500)));
        assert_eq!(read("1.234", "KWD"), Ok(Some(1_234)));
        assert_eq!(read("   ", "EUR"), Ok(None));
    }

    #[test]
    fn what_could_mean_two_amounts_is_refused_and_so_is_what_means_none() {
        for text in ["1.000", "80.005"] {
            assert_eq!(read(text, "EUR"), Err(InvalidAmount::TooPrecise), "{text}");
        }
        assert_eq!(read("80.0", "JPY"), Err(InvalidAmount::TooPrecise));
        for text in ["1,000.00", "80.", ".5", "-5", "+5", "1e3", "80 EUR", "€80", "８０", "0x10", "8 0", "NaN"] {
            assert_eq!(read(text, "EUR"), Err(InvalidAmount::NotANumber), "{text}");
        }
        assert_eq!(read("0,00", "EUR"), Err(InvalidAmount::Zero));
        assert_eq!(read("10000000000.00", "EUR"), Err(InvalidAmount::TooLarge));
        assert_eq!(read(&"9".repeat(40), "EUR"), Err(InvalidAmount::TooLarge));
    }

    #[test]
    fn limits_of_different_currencies_are_not_compared() {
        let yen = SpendingLimit { currency: "JPY".parse().unwrap(), ..euros(Some(1), None) };
        assert_eq!(euros(Some(8_000), None).narrowed_by(yen), yen);
        assert!(!yen.is_within(Some(euros(Some(8_000), None))));
    }

    proptest! {
        #[test]
        fn an_amount_is_read_back_as_it_was_written(amount in 1..=SpendingLimit::MOST, currency in "EUR|JPY|KWD|CLF") {
            let currency: Currency = currency.parse().unwrap();
            prop_assert_eq!(parse_amount(&format_amount(amount, currency), currency), Ok(Some(amount)));
            prop_assert_eq!(parse_amount(&format_amount(amount, currency).replace('.', ","), currency), Ok(Some(amount)));
        }

        #[test]
        fn reading_never_panics_and_never_gives_more_than_the_most(text in "\\PC{0,40}", currency in "EUR|JPY|KWD") {
            if let Ok(Some(amount)) = read(&text, &currency) {
                prop_assert!((1..=SpendingLimit::MOST).contains(&amount));
            }
        }

        #[test]
        fn a_narrowed_limit_is_within_both(
            (a, b, c, d) in (proptest::option::of(1..9_i64), proptest::option::of(1..9_i64),
                proptest::option::of(1..9_i64), proptest::option::of(1..9_i64))
        ) {
            let (one, other) = (euros(a, b), euros(c, d));
            let both = one.narrowed_by(other);
            prop_assert!(both.is_within(Some(one)) && both.is_within(Some(other)));
            prop_assert_eq!(both, other.narrowed_by(one));
            prop_assert_eq!(both.narrowed_by(one), both);
        }
    }
}
