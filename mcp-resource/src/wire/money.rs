//! Money as integer minor units with an ISO 4217 currency. Never a float (design §1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A currency of ISO 4217 by its code, three upper-case letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// The text is not three ASCII letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a currency is written as three letters, such as EUR")]
pub struct InvalidCurrency;

impl Currency {
    pub const EUR: Self = Self(*b"EUR");

    /// Digits after the decimal point: JPY 0, EUR 2, KWD 3.
    pub const fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, InvalidCurrency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_other_length| InvalidCurrency)?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return Err(InvalidCurrency);
        }
        Ok(Self(bytes.map(|letter| letter.to_ascii_uppercase())))
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;
    fn try_from(text: String) -> Result<Self, InvalidCurrency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// An amount in the currency's minor units: 1250 EUR is 12.50 euros, 1250 JPY is 1250 yen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub amount: i64,
    pub currency: Currency,
}

impl Money {
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The sum, or `None` when the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        (self.currency == other.currency).then_some(())?;
        Some(Self::new(self.amount.checked_add(other.amount)?, self.currency))
    }

    /// `quantity` times the amount, or `None` when it does not fit.
    pub fn checked_mul(self, quantity: i64) -> Option<Self> {
        Some(Self::new(self.amount.checked_mul(quantity)?, self.currency))
    }
}

/// `12.50 EUR`: the digits and the code, for machines and logs; pages write amounts in the reader's locale.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let sign = if self.amount < 0 { "-" } else { "" };
        let absolute = self.amount.unsigned_abs();
        let (whole, part) = (absolute / unit, absolute % unit);
        if exponent == 0 {
            return write!(f, "{sign}{whole} {}", self.currency);
        }
        let width = usize::try_from(exponent).unwrap_or_default();
        write!(f, "{sign}{whole}.{part:0width$} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: i64, currency: &str) -> Money {
        Money::new(amount, currency.parse().unwrap())
    }

    #[test]
    fn amounts_are_written_with_the_currency_s_own_digits() {
        assert_eq!(money(1250, "EUR").to_string(), "12.50 EUR");
        assert_eq!(money(1250, "JPY").to_string(), "1250 JPY");
        assert_eq!(money(-5, "KWD").to_string(), "-0.005 KWD");
        assert_eq!(money(i64::MIN, "JPY").to_string(), "-9223372036854775808 JPY");
    }

    #[test]
    fn different_currencies_never_add_and_sums_never_wrap() {
        assert_eq!(money(1, "EUR").checked_add(money(1, "USD")), None);
        assert_eq!(money(i64::MAX, "EUR").checked_add(money(1, "EUR")), None);
    }
}
