//! `authorization_details` of RFC 9396, with the one type `store_checkout`: what an agent asks to be held to, and what its
//! tokens say. Unknown types, members and values are refused, never ignored (RFC 9396 §5).

use chrono::{DateTime, SecondsFormat};
use mcp_resource::wire::authorization_details::{AuthorizationDetail, Period, StoreCheckout, StoreCheckoutType};
use mcp_resource::wire::money::Currency;
use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::spending_limit::SpendingLimit;

/// Longer texts, and more objects, are not read.
const LONGEST: usize = 4_096;
const MOST_OBJECTS: usize = 2;

/// What an authorization request holds its agent to, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedCheckout {
    pub limit: SpendingLimit,
    /// When checkout ends whatever the shopper says.
    pub expires_at: Option<Timestamp>,
}

/// What the text is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Merchant<'a> {
    /// The canonical URI of the resource that the request is for.
    pub resource: &'a str,
    pub currency: Currency,
}

/// Why a text is refused. The words are for developers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDetails {
    #[error("longer than {LONGEST} bytes")]
    TooLong,
    #[error("not a list of store_checkout objects: {0}")]
    Form(String),
    #[error("not one or two objects, each of another period")]
    Count,
    #[error("a max_amount that is not 1 to {}", SpendingLimit::MOST)]
    Amount,
    #[error("a currency that is not the store's")]
    Currency,
    #[error("a merchant_id that is not the resource of the request")]
    Merchant,
    #[error("an expires_at that is no RFC 3339 time in the future")]
    Expiry,
}

impl RequestedCheckout {
    /// Reads the parameter `authorization_details`.
    pub fn parse(text: &str, merchant: Merchant<'_>, now: Timestamp) -> Result<Self, InvalidDetails> {
        if text.len() > LONGEST {
            return Err(InvalidDetails::TooLong);
        }
        // RFC 9396 §5: an unknown type, member or value is refused; serde names it.
        let details: Vec<StoreCheckout> =
            serde_json::from_str(text).map_err(|error| InvalidDetails::Form(error.to_string()))?;
        if details.len() > MOST_OBJECTS {
            return Err(InvalidDetails::Count);
        }
        let amount = |period| {
            let mut of_period = details.iter().filter(|detail| detail.period == period);
            match (of_period.next(), of_period.next()) {
                (_, Some(_)) => Err(InvalidDetails::Count),
                (first, None) => Ok(first.map(|detail| detail.max_amount)),
            }
        };
        let limit = SpendingLimit::new(merchant.currency, amount(Period::Order)?, amount(Period::Month)?);
        let limit = limit.ok_or(InvalidDetails::Count)?;
        let mut expires_at: Option<Timestamp> = None;
        for detail in &details {
            if !(1..=SpendingLimit::MOST).contains(&detail.max_amount) {
                return Err(InvalidDetails::Amount);
            }
            // A limit in money that the store does not take would never hold anybody.
            if detail.currency != merchant.currency {
                return Err(InvalidDetails::Currency);
            }
            if detail.merchant_id.as_deref().is_some_and(|id| id != merchant.resource) {
                return Err(InvalidDetails::Merchant);
            }
            if let Some(text) = &detail.expires_at {
                let at = read_time(text).filter(|at| *at > now).ok_or(InvalidDetails::Expiry)?;
                expires_at = Some(expires_at.map_or(at, |earlier| earlier.min(at)));
            }
        }
        Ok(Self { limit, expires_at })
    }
}

/// What a token with checkout says of the grant's limit: one object for each amount.
pub fn of(limit: SpendingLimit, resource: &str, expires_at: Timestamp) -> Vec<AuthorizationDetail> {
    let detail = |(period, amount): (Period, Option<i64>)| {
        Some(AuthorizationDetail::StoreCheckout(StoreCheckout {
            kind: StoreCheckoutType::StoreCheckout,
            period,
            max_amount: amount?,
            currency: limit.currency,
            expires_at: write_time(expires_at),
            merchant_id: Some(resource.to_owned()),
        }))
    };
    [(Period::Order, limit.per_order), (Period::Month, limit.per_month)].into_iter().filter_map(detail).collect()
}

fn read_time(text: &str) -> Option<Timestamp> {
    let at = DateTime::parse_from_rfc3339(text).ok()?;
    Some(Timestamp::from_micros(at.timestamp_micros()))
}

fn write_time(at: Timestamp) -> Option<String> {
    Some(DateTime::from_timestamp_micros(at.as_micros())?.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
    const SHOP: &str = "https://shop.example/mcp";

    fn read(text: &str) -> Result<RequestedCheckout, InvalidDetails> {
        RequestedCheckout::parse(text, Merchant { resource: SHOP, currency: "EUR".parse().unwrap() }, NOW)
    }

    fn one(members: &str) -> Result<RequestedCheckout, InvalidDetails> {
        read(&format!(r#"[{{"type":"store_checkout",{members}}}]"#))
    }

    #[test]
    fn both_periods_are_read_and_one_order_is_meant_where_none_is_named() {
        let asked = one(r#""max_amount":8000,"currency":"eur""#).unwrap();
        assert_eq!((asked.limit.per_order, asked.limit.per_month, asked.expires_at), (Some(8_000), None, None));
        let both = read(
            r#"[{"type":"store_checkout","period":"month","max_amount":20000,"currency":"EUR","expires_at":"2027-01-01T00:00:00Z"},
                {"type":"store_checkout","period":"order","max_amount":8000,"currency":"EUR","merchant_id":"https://shop.example/mcp"}]"#,
        );
        let both = both.unwrap();
        assert_eq!((both.limit.per_order, both.limit.per_month), (Some(8_000), Some(20_000)));
        assert_eq!(both.expires_at, Some(Timestamp::from_secs(1_798_761_600)));
    }

    #[test]
    fn what_is_not_understood_is_refused_and_never_ignored() {
        let form = |answer| assert!(matches!(answer, Err(InvalidDetails::Form(_))), "{answer:?}");
        form(read(r#"[{"type":"payment_initiation","max_amount":1,"currency":"EUR"}]"#));
        form(read(r#"[{"max_amount":1,"currency":"EUR"}]"#));
        form(read(r#"{"type":"store_checkout","max_amount":1,"currency":"EUR"}"#));
        form(one(r#""max_amount":1,"currency":"EUR","actions":["refund"]"#));
        form(one(r#""max_amount":1,"max_amount":2,"currency":"EUR""#));
        form(one(r#""max_amount":1.5,"currency":"EUR""#));
        form(one(r#""max_amount":"1","currency":"EUR""#));
        form(one(r#""max_amount":1,"currency":"EUR","period":"year""#));
        form(one(r#""max_amount":1"#));
        form(read("store_checkout"));
    }

    #[test]
    fn amounts_periods_currencies_merchants_and_times_must_be_possible() {
        assert_eq!(read("[]"), Err(InvalidDetails::Count));
        let twice = r#"{"type":"store_checkout","max_amount":1,"currency":"EUR"}"#;
        assert_eq!(read(&format!("[{twice},{twice}]")), Err(InvalidDetails::Count));
        assert_eq!(read(&format!("[{twice},{twice},{twice}]")), Err(InvalidDetails::Count));
        for amount in ["0", "-1", "1000000000000"] {
            assert_eq!(one(&format!(r#""max_amount":{amount},"currency":"EUR""#)), Err(InvalidDetails::Amount));
        }
        assert_eq!(one(r#""max_amount":1,"currency":"USD""#), Err(InvalidDetails::Currency));
        let other = r#""max_amount":1,"currency":"EUR","merchant_id":"https://evil.example/mcp""#;
        assert_eq!(one(other), Err(InvalidDetails::Merchant));
        for time in ["2020-01-01T00:00:00Z", "tomorrow", "1798761600"] {
            let text = format!(r#""max_amount":1,"currency":"EUR","expires_at":"{time}""#);
            assert_eq!(one(&text), Err(InvalidDetails::Expiry), "{time}");
        }
        assert_eq!(read(&format!("[{}]", " ".repeat(LONGEST))), Err(InvalidDetails::TooLong));
    }

    #[test]
    fn what_a_token_says_can_be_asked_for_again() {
        let limit = SpendingLimit::new("EUR".parse().unwrap(), Some(8_000), Some(20_000)).unwrap();
        let told = of(limit, SHOP, Timestamp::from_secs(1_798_761_600));
        let asked = read(&serde_json::to_string(&told).unwrap()).unwrap();
        assert_eq!(asked, RequestedCheckout { limit, expires_at: Some(Timestamp::from_secs(1_798_761_600)) });
    }
}
