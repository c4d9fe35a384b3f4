//! Amounts of money as people read them: with the decimal sign of their language, thousands apart, and the currency's code,
//! which says the same everywhere.

use mcp_resource::wire::Money;

use super::Locale;

impl Locale {
    /// `1,234.50 EUR`, in German `1.234,50 EUR`.
    pub fn money(&self, money: Money) -> String {
        let written = money.to_string();
        let (number, currency) = written.split_once(' ').unwrap_or((&written, ""));
        let (whole, part) = number.split_once('.').map_or((number, None), |(whole, part)| (whole, Some(part)));
        let mut text = self.grouped(whole);
        if let Some(part) = part {
            text.push(self.signs.decimal);
            text.push_str(part);
        }
        format!("{text} {currency}")
    }

    /// What stands in a field: `80.00`, in German `80,00`. Without signs between thousands, which nobody should have to type.
    pub fn typed(&self, number: &str) -> String {
        number.replace('.', self.signs.decimal.encode_utf8(&mut [0; 4]))
    }

    fn grouped(&self, whole: &str) -> String {
        let digits = whole.trim_start_matches('-').len();
        let mut text = String::with_capacity(whole.len().saturating_mul(2));
        let mut left = digits;
        for sign in whole.chars() {
            let is_digit = sign.is_ascii_digit();
            if is_digit && left < digits && left.is_multiple_of(3) {
                text.push(self.signs.group);
            }
            left = left.saturating_sub(usize::from(is_digit));
            text.push(sign);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_signs_of_the_language_and_the_digits_of_the_currency() {
        let german = Locale::find("de").unwrap();
        let written = |amount, currency: &str| {
            let money = Money::new(amount, currency.parse().unwrap());
            [Locale::english().money(money), german.money(money)]
        };
        assert_eq!(written(1250, "EUR"), ["12.50 EUR", "12,50 EUR"]);
        assert_eq!(written(123_456_789, "EUR"), ["1,234,567.89 EUR", "1.234.567,89 EUR"]);
        assert_eq!(written(-100_000, "EUR"), ["-1,000.00 EUR", "-1.000,00 EUR"]);
        assert_eq!(written(1250, "JPY"), ["1,250 JPY", "1.250 JPY"]);
        assert_eq!(german.typed("1250.00"), "1250,00");
    }
}
