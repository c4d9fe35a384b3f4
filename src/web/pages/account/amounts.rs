//! Fields for amounts of money, on the consent page and on "Connected agents": what was typed stays, and what is wrong with it
//! is said beside it (WCAG 3.3.1, 3.3.3).

use mcp_resource::wire::money::Currency;

use crate::domain::Money;
use crate::domain::spending_limit::{InvalidAmount, SpendingLimit, format_amount, parse_amount};

use super::super::Layout;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountField {
    /// What stands in it.
    pub value: String,
    pub currency: Currency,
    /// Above this it is not accepted.
    pub most: Option<Money>,
    pub problem: Option<AmountProblem>,
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountProblem {
    Invalid(InvalidAmount),
    /// Above what the field's `most` says.
    Above(Money),
}

impl AmountField {
    pub fn new(amount: Option<i64>, currency: Currency, most: Option<i64>) -> Self {
        let value = amount.map(|amount| format_amount(amount, currency)).unwrap_or_default();
        Self { value, currency, most: most.map(|most| Money::new(most, currency)), problem: None }
    }

    /// What was typed, as an amount; beside the field as it is shown again.
    pub fn read(typed: &str, currency: Currency, most: Option<i64>) -> (Self, Option<i64>) {
        let empty = Self::new(None, currency, most);
        let (amount, problem) = match (parse_amount(typed, currency), empty.most) {
            (Ok(Some(amount)), Some(most)) if amount > most.amount => (None, Some(AmountProblem::Above(most))),
            (Ok(amount), _) => (amount, None),
            (Err(invalid), _) => (None, Some(AmountProblem::Invalid(invalid))),
        };
        // What somebody pasted is shown again, but not all of a book.
        (Self { value: typed.chars().take(40).collect(), problem, ..empty }, amount)
    }

    /// What stands in it, in the reader's language; what was typed, as it was typed.
    pub fn shown(&self, layout: &Layout<'_>) -> String {
        if self.problem.is_some() { self.value.clone() } else { layout.locale.typed(&self.value) }
    }

    /// The sentence about the problem.
    pub fn problem_text(&self, layout: &Layout<'_>) -> Option<String> {
        let digits = self.currency.exponent();
        Some(match self.problem? {
            AmountProblem::Invalid(InvalidAmount::NotANumber) => layout
                .t1("amount-not-a-number", &("example", layout.locale.typed(&format_amount(8_000, self.currency)))),
            AmountProblem::Invalid(InvalidAmount::TooPrecise) if digits == 0 => {
                layout.t1("amount-whole", &("currency", self.currency.to_string()))
            }
            AmountProblem::Invalid(InvalidAmount::TooPrecise) => layout.t1("amount-too-precise", &("digits", digits)),
            AmountProblem::Invalid(InvalidAmount::Zero) => layout.t("amount-zero"),
            AmountProblem::Invalid(InvalidAmount::TooLarge) => layout.t("amount-too-large"),
            AmountProblem::Above(most) => layout.t1("amount-above", &("most", layout.money(&most))),
        })
    }
}

/// The two fields of a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitFields {
    pub order: AmountField,
    pub month: AmountField,
}

impl LimitFields {
    /// As they are first shown.
    pub fn new(limit: Option<SpendingLimit>, currency: Currency, most: Option<SpendingLimit>) -> Self {
        let (limit, most) = (of(limit, currency), of(most, currency));
        Self { order: AmountField::new(limit.0, currency, most.0), month: AmountField::new(limit.1, currency, most.1) }
    }

    /// What was typed. The `Err` is the fields as they are shown again.
    pub fn read(
        (order, month): (&str, &str),
        currency: Currency,
        most: Option<SpendingLimit>,
    ) -> Result<Option<SpendingLimit>, Box<Self>> {
        let most = of(most, currency);
        let (order, per_order) = AmountField::read(order, currency, most.0);
        let (month, per_month) = AmountField::read(month, currency, most.1);
        if order.problem.or(month.problem).is_some() {
            return Err(Box::new(Self { order, month }));
        }
        Ok(SpendingLimit::new(currency, per_order, per_month))
    }

    /// The agent asks to be held to something.
    pub fn is_asked(&self) -> bool {
        self.order.most.or(self.month.most).is_some()
    }

    /// The one where the keyboard goes: the first that is wrong.
    pub fn is_order_first(&self) -> bool {
        self.order.problem.is_some()
    }
}

/// The amounts of a limit, where it is in this currency.
fn of(limit: Option<SpendingLimit>, currency: Currency) -> (Option<i64>, Option<i64>) {
    let limit = limit.filter(|limit| limit.currency == currency);
    limit.map_or((None, None), |limit| (limit.per_order, limit.per_month))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(per_order: Option<i64>, per_month: Option<i64>) -> Option<SpendingLimit> {
        SpendingLimit::new("EUR".parse().unwrap(), per_order, per_month)
    }

    #[test]
    fn what_is_wrong_stays_in_its_field_and_the_other_field_keeps_what_it_had() {
        let again = LimitFields::read(("eighty", "200"), "EUR".parse().unwrap(), None).unwrap_err();
        assert_eq!((again.order.value.as_str(), again.month.value.as_str()), ("eighty", "200"));
        assert_eq!(again.order.problem, Some(AmountProblem::Invalid(InvalidAmount::NotANumber)));
        assert_eq!(again.month.problem, None);
    }

    #[test]
    fn nothing_above_what_was_asked_for_is_accepted() {
        let most = euros(Some(8_000), None);
        let read = |order| LimitFields::read((order, "9999"), "EUR".parse().unwrap(), most);
        assert_eq!(read("80,00"), Ok(euros(Some(8_000), Some(999_900))));
        let again = read("80.01").unwrap_err();
        assert_eq!(again.order.problem, Some(AmountProblem::Above(Money::new(8_000, "EUR".parse().unwrap()))));
    }
}
