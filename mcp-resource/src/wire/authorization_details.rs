//! Rich authorization of a checkout (RFC 9396): the type `store_checkout`, in requests, access tokens and introspection.
//! Its members are named as in the allowance of ACP, so that an agent which speaks both need learn one set of words.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::money::Currency;

/// The one type that is understood here.
pub const STORE_CHECKOUT: &str = "store_checkout";

/// What one agent may spend, of one period. RFC 9396 §5: a member that is not one of these is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreCheckout {
    /// RFC 9396 §2: always there, always [`STORE_CHECKOUT`].
    #[serde(rename = "type")]
    pub kind: StoreCheckoutType,
    /// What the amount is the most of: one order where nothing is said.
    #[serde(default)]
    pub period: Period,
    /// In the currency's minor units.
    pub max_amount: i64,
    pub currency: Currency,
    /// RFC 3339. When checkout ends whatever happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The `resource` of the store's server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreCheckoutType {
    #[serde(rename = "store_checkout")]
    StoreCheckout,
}

/// What an amount is the most of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    #[default]
    Order,
    /// A calendar month in the store's time zone.
    Month,
}

/// One object of a token's `authorization_details` (RFC 9396 §9.1). Of a newer server it may be of a type that is unknown here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AuthorizationDetail {
    StoreCheckout(StoreCheckout),
    Unknown(Map<String, Value>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_checkout_is_written_with_the_names_of_an_allowance() {
        let detail = AuthorizationDetail::StoreCheckout(StoreCheckout {
            kind: StoreCheckoutType::StoreCheckout,
            period: Period::Month,
            max_amount: 20_000,
            currency: "EUR".parse().unwrap(),
            expires_at: None,
            merchant_id: Some("https://shop.example/mcp".to_owned()),
        });
        let written = serde_json::to_value(&detail).unwrap();
        let expected = json!({"type": "store_checkout", "period": "month", "max_amount": 20_000, "currency": "EUR",
            "merchant_id": "https://shop.example/mcp"});
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_value::<AuthorizationDetail>(written).unwrap(), detail);
    }

    #[test]
    fn a_detail_of_a_newer_server_is_kept_and_means_nothing() {
        let newer = json!({"type": "store_refund", "max_amount": 1});
        let read: AuthorizationDetail = serde_json::from_value(newer.clone()).unwrap();
        assert!(matches!(read, AuthorizationDetail::Unknown(_)));
        assert_eq!(serde_json::to_value(&read).unwrap(), newer);
    }
}
