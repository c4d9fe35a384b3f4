//! What each tool takes, and the limits that are checked before a backend sees it (S1-63, S1-72).
//!
//! The types below are also the published input schemas: what a schema says and what is checked are kept side by side.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::shop::backend::{Address, BackendError, LineChange};
use crate::shop::results::ShippingMethod;

pub(super) const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: u32 = 50;
const MAX_QUERY: usize = 200;
const MAX_SKUS: usize = 50;
const MAX_LINES: usize = 100;
const MAX_QUANTITY: i64 = 999;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchProducts {
    /// Words to look for, such as "green tea"; an empty text lists everything
    #[schemars(length(max = 200))]
    pub query: String,
    /// How many products to return at most
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before
    #[schemars(length(max = 200))]
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetProduct {
    #[schemars(length(min = 1, max = 80))]
    pub product_id: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInventory {
    #[schemars(length(min = 1, max = 50))]
    pub skus: Vec<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddToCart {
    #[schemars(length(min = 1, max = 80))]
    pub variant_id: String,
    #[schemars(range(min = 1, max = 999))]
    pub quantity: i64,
    /// Without it, the shopper's open cart; one is made when there is none
    #[schemars(length(min = 1, max = 80))]
    pub cart_id: Option<String>,
    /// Any text that is new for each attempt to add: a call that is repeated with it is done once
    #[schemars(length(min = 1, max = 128))]
    pub idempotency_key: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CartLine {
    #[schemars(length(min = 1, max = 80))]
    pub variant_id: String,
    /// The new quantity; 0 takes the line out
    #[schemars(range(min = 0, max = 999))]
    pub quantity: i64,
}

/// Either `lines`, or `variant_id` and `quantity`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCart {
    #[schemars(length(min = 1, max = 80))]
    pub cart_id: String,
    /// The lines to change; others stay as they are
    #[schemars(length(min = 1, max = 100))]
    pub lines: Option<Vec<CartLine>>,
    /// Instead of lines: the one variant to change
    #[schemars(length(min = 1, max = 80))]
    pub variant_id: Option<String>,
    /// Its new quantity; 0 takes it out
    #[schemars(range(min = 0, max = 999))]
    pub quantity: Option<i64>,
    /// Any text that is new for each change: a call that is repeated with it is done once
    #[schemars(length(min = 1, max = 128))]
    pub idempotency_key: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewCart {
    /// Without it, the shopper's open cart
    #[schemars(length(min = 1, max = 80))]
    pub cart_id: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipTo {
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    #[schemars(length(min = 1, max = 120))]
    pub line1: String,
    #[schemars(length(max = 120))]
    pub line2: Option<String>,
    #[schemars(length(min = 1, max = 20))]
    pub postal_code: String,
    #[schemars(length(min = 1, max = 80))]
    pub city: String,
    /// ISO 3166-1 alpha-2, such as DE
    #[schemars(regex(pattern = "^[A-Za-z]{2}$"))]
    pub country: String,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shipping {
    /// standard when left out
    pub method: Option<ShippingMethod>,
    /// Where it goes: the shopper sees and approves it. Not needed for pickup
    pub address: Option<ShipTo>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InitiateCheckout {
    #[schemars(length(min = 1, max = 80))]
    pub cart_id: String,
    pub shipping: Option<Shipping>,
    /// Any text that is new for each checkout: a call that is repeated with it starts one checkout
    #[schemars(length(min = 1, max = 128))]
    pub idempotency_key: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetCheckoutStatus {
    #[schemars(length(min = 1, max = 80))]
    pub checkout_id: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetOrderStatus {
    #[schemars(length(min = 1, max = 80))]
    pub order_id: String,
}

type Checked<T> = Result<T, BackendError>;

fn invalid<T>(argument: &'static str, reason: &str) -> Checked<T> {
    Err(BackendError::InvalidArgument { argument, reason: reason.to_owned() })
}

/// Ids, SKUs and cursors are handles of ours: a fixed alphabet, nothing that could mean something elsewhere.
pub(super) fn id(argument: &'static str, text: String) -> Checked<String> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.is_empty() || text.len() > 80 || !text.bytes().all(known) {
        return invalid(argument, "must be 1 to 80 letters, digits, hyphens, underscores or dots");
    }
    Ok(text)
}

pub(super) fn optional_id(argument: &'static str, text: Option<String>) -> Checked<Option<String>> {
    text.map(|text| id(argument, text)).transpose()
}

pub(super) fn query(text: String) -> Checked<String> {
    if text.chars().count() > MAX_QUERY {
        return invalid("query", "must be at most 200 characters");
    }
    Ok(text)
}

pub(super) fn limit(limit: Option<u32>) -> Checked<u32> {
    match limit.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => invalid("limit", "must be from 1 to 50"),
    }
}

pub(super) fn cursor(text: Option<String>) -> Checked<Option<String>> {
    match text {
        Some(text) if text.len() > 200 || text.is_empty() => invalid("cursor", "is no cursor of this server"),
        text => Ok(text),
    }
}

pub(super) fn skus(skus: Vec<String>) -> Checked<Vec<String>> {
    if skus.is_empty() || skus.len() > MAX_SKUS {
        return invalid("skus", "must be a list of 1 to 50 SKUs");
    }
    skus.into_iter().map(|sku| id("skus", sku)).collect()
}

pub(super) fn line(variant_id: String, quantity: i64, least: i64) -> Checked<LineChange> {
    if !(least..=MAX_QUANTITY).contains(&quantity) {
        return invalid("quantity", if least == 0 { "must be from 0 to 999" } else { "must be from 1 to 999" });
    }
    Ok(LineChange { variant_id: id("variant_id", variant_id)?, quantity })
}

impl UpdateCart {
    /// The changes, whichever of the two forms they came in.
    pub(super) fn changes(&mut self) -> Checked<Vec<LineChange>> {
        match (self.lines.take(), self.variant_id.take(), self.quantity) {
            (Some(lines), None, None) if (1..=MAX_LINES).contains(&lines.len()) => {
                lines.into_iter().map(|each| line(each.variant_id, each.quantity, 0)).collect()
            }
            (Some(_), None, None) => invalid("lines", "must be a list of 1 to 100 lines"),
            (None, Some(variant_id), Some(quantity)) => Ok(vec![line(variant_id, quantity, 0)?]),
            _ => invalid("lines", "give either lines, or variant_id and quantity"),
        }
    }
}

pub(super) fn idempotency_key(key: Option<String>) -> Checked<Option<String>> {
    match key {
        Some(key) if key.is_empty() || key.len() > 128 || !key.bytes().all(|byte| (0x20..0x7f).contains(&byte)) => {
            invalid("idempotency_key", "must be 1 to 128 printable ASCII characters")
        }
        key => Ok(key),
    }
}

fn words(argument: &'static str, text: &str, most: usize) -> Checked<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(BackendError::InvalidArgument {
            argument,
            reason: format!("must be 1 to {most} characters on one line"),
        });
    }
    Ok(text.to_owned())
}

pub(super) fn address(to: ShipTo) -> Checked<Address> {
    let country = to.country.to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return invalid("shipping.address.country", "must be two letters of ISO 3166-1, such as DE");
    }
    let line2 = to.line2.filter(|line| !line.trim().is_empty());
    Ok(Address {
        name: words("shipping.address.name", &to.name, 100)?,
        line1: words("shipping.address.line1", &to.line1, 120)?,
        line2: line2.map(|line| words("shipping.address.line2", &line, 120)).transpose()?,
        postal_code: words("shipping.address.postal_code", &to.postal_code, 20)?,
        city: words("shipping.address.city", &to.city, 80)?,
        country,
    })
}
