//! What agents may see of a store, field by field. Nothing else can be returned: a backend fills these types, and what
//! has no field here (cost, margin, supplier, internal numbers) cannot leave the store (S1-39, S1-40, S1-60, S1-61).

use std::fmt;

use chrono::{DateTime, SecondsFormat};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{Money, Timestamp};

/// A point in time, written as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String", extend("format" = "date-time"))]
pub struct Moment(pub Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::from_timestamp_micros(self.0.as_micros()).unwrap_or_default();
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = DateTime::parse_from_rfc3339(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(Timestamp::from_micros(time.timestamp_micros())))
    }
}

/// The schema of [`Money`], which the wire keeps free of schemas.
#[derive(JsonSchema)]
#[schemars(rename = "Money", extend("additionalProperties" = false))]
#[expect(dead_code, reason = "only its schema is used")]
struct MoneySchema {
    /// Minor units of the currency: 1250 in EUR is 12.50 euros
    amount: i64,
    /// ISO 4217 code
    currency: String,
}

/// Whether a variant can be had. Exact numbers need `inventory:read` and `check_inventory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Availability {
    InStock,
    LowStock,
    OutOfStock,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    pub url: String,
    /// What the picture shows
    pub alt: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What `add_to_cart` takes
    pub variant_id: String,
    /// What `check_inventory` takes
    pub sku: String,
    pub title: String,
    /// Tax included
    #[schemars(with = "MoneySchema")]
    pub price: Money,
    pub availability: Availability,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub product_id: String,
    pub title: String,
    pub description: String,
    pub category: String,
    pub images: Vec<Image>,
    pub variants: Vec<Variant>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductPage {
    pub products: Vec<Product>,
    /// How many products match in all
    pub total: i64,
    /// Pass it as cursor for the next page; absent on the last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StockLevel {
    pub sku: String,
    pub availability: Availability,
    /// How many can be bought now
    pub quantity: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    pub items: Vec<StockLevel>,
    /// Asked for, but not sold here
    pub unknown_skus: Vec<String>,
}

/// A variant in a cart, a checkout or an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub variant_id: String,
    pub sku: String,
    pub title: String,
    pub quantity: i64,
    #[schemars(with = "MoneySchema")]
    pub unit_price: Money,
    #[schemars(with = "MoneySchema")]
    pub total: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cart {
    pub cart_id: String,
    pub lines: Vec<Line>,
    /// Tax included, shipping not
    #[schemars(with = "MoneySchema")]
    pub subtotal: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ShippingMethod {
    #[default]
    Standard,
    Express,
    Pickup,
}

/// The sums of a checkout or an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    #[schemars(with = "MoneySchema")]
    pub subtotal: Money,
    #[schemars(with = "MoneySchema")]
    pub shipping: Money,
    /// Part of the total, not on top of it
    #[schemars(with = "MoneySchema")]
    pub tax_included: Money,
    #[schemars(with = "MoneySchema")]
    pub total: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum CheckoutState {
    /// The shopper has to look at it and approve
    AwaitingApproval,
    /// The shopper approved; the order is being placed
    Approved,
    /// There is an order: see `order_id`
    Completed,
    /// The shopper said no
    Declined,
    /// The time to approve ran out
    Expired,
    /// The cart changed and a newer checkout took its place
    Superseded,
    /// Approved or not, no order came of it and none will; nothing was paid
    Cancelled,
}

impl CheckoutState {
    /// What an agent should do next.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::AwaitingApproval => {
                "Show approval_url to the shopper, who signs in and decides there. Then call get_checkout_status. Nothing \
                 has been bought or paid."
            }
            Self::Approved => "The order is being placed. Call get_checkout_status again in a few seconds.",
            Self::Completed => "The order is placed. get_order_status follows it.",
            Self::Declined => "The shopper said no. Nothing was bought. Do not ask again unless they say so.",
            Self::Expired => "The time ran out. Call initiate_checkout again if the shopper still wants it.",
            Self::Superseded => "The cart has changed and a newer checkout took its place. Use that one.",
            Self::Cancelled => {
                "No order came of it: what was approved could not be sold any more, or the permission ended. Nothing was \
                 paid. Look at the cart and the stock, and call initiate_checkout again if the shopper still wants it."
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    pub checkout_id: String,
    pub cart_id: String,
    pub state: CheckoutState,
    pub lines: Vec<Line>,
    pub shipping_method: ShippingMethod,
    pub totals: Totals,
    /// While it awaits approval: the page where the shopper signs in and decides
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_url: Option<String>,
    /// When it is completed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The frozen cart at the store, read-only
    pub checkout_url: String,
    /// SHA-256 over what the shopper approves, in canonical JSON (RFC 8785), base64url
    pub digest: String,
    pub created_at: Moment,
    pub expires_at: Moment,
    /// What to do next, in words
    pub next_step: String,
}

/// Where an order went. Personal data: only for `orders:read` (S1-83).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShippingAddress {
    pub name: String,
    pub line1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    pub postal_code: String,
    pub city: String,
    /// ISO 3166-1 alpha-2
    pub country: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum OrderState {
    Processing,
    Shipped,
    Delivered,
    Cancelled,
}

/// Of the payment only brand and last four digits (S1-62).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentSummary {
    pub brand: String,
    pub last4: String,
    /// A fake payment: no money moved
    pub test_mode: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub order_id: String,
    pub state: OrderState,
    pub placed_at: Moment,
    pub lines: Vec<Line>,
    pub shipping_method: ShippingMethod,
    pub totals: Totals,
    /// Absent when nothing is sent, or the shopper has not said where to
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<ShippingAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentSummary>,
}
