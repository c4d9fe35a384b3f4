//! Orders. Nothing can be bought yet, so the only ones are those seeded for the demo's shopper. Another shopper's
//! order is an order that does not exist (S1-84).

use std::time::Duration;

use diesel::prelude::*;

use super::products::money;
use super::schema::{orders, products, variants};
use super::{carts, pricing, random};
use crate::shop::backend::{BackendError, CallContext, Owner};
use crate::shop::results::{Line, Moment, Order, OrderState, PaymentSummary, ShippingAddress, ShippingMethod};
use crate::wire::Timestamp;

/// B14, B15, S1-84: by owner and id together.
pub(super) fn status(
    connection: &mut SqliteConnection,
    context: &CallContext,
    order_id: &str,
) -> Result<Order, BackendError> {
    let document: Option<String> = orders::table
        .find(order_id)
        .filter(orders::iss.eq(&context.owner.iss).and(orders::sub.eq(&context.owner.sub)))
        .select(orders::document)
        .first(connection)
        .optional()?;
    let document = document.ok_or(BackendError::NotFound("order"))?;
    serde_json::from_str(&document).map_err(|error| BackendError::Unavailable(error.to_string()))
}

pub(super) fn seed(
    connection: &mut SqliteConnection,
    owner: &Owner,
    now: Timestamp,
) -> Result<Vec<String>, BackendError> {
    let known: Vec<String> = orders::table
        .filter(orders::iss.eq(&owner.iss).and(orders::sub.eq(&owner.sub)))
        .order(orders::placed_at)
        .select(orders::order_id)
        .load(connection)?;
    if !known.is_empty() {
        return Ok(known);
    }
    let day = |days: u64| now.minus(Duration::from_hours(24 * days));
    let spring = [("darjeeling-first-flush-singbulli-100-g", 1), ("linden-honey-250-g", 2)];
    let lately = [("matcha-starter-set-boxed", 1), ("butter-shortbread-single", 3)];
    Ok(vec![
        insert(connection, owner, OrderState::Delivered, day(41), &spring)?,
        insert(connection, owner, OrderState::Shipped, day(2), &lately)?,
    ])
}

fn insert(
    connection: &mut SqliteConnection,
    owner: &Owner,
    state: OrderState,
    placed_at: Timestamp,
    bought: &[(&str, i64)],
) -> Result<String, BackendError> {
    let lines = bought.iter().map(|each| line(connection, *each)).collect::<Result<Vec<_>, _>>()?;
    let order = Order {
        order_id: random::handle("order")?,
        state,
        placed_at: Moment(placed_at),
        totals: pricing::totals(&lines, ShippingMethod::Standard, carts::CURRENCY)?,
        lines: lines.into_iter().map(|(line, _)| line).collect(),
        shipping_method: ShippingMethod::Standard,
        shipping_address: ShippingAddress {
            name: "Robin Field".to_owned(),
            line1: "Lindenweg 12".to_owned(),
            line2: None,
            postal_code: "34117".to_owned(),
            city: "Kassel".to_owned(),
            country: "DE".to_owned(),
        },
        tracking_url: None,
        payment: Some(PaymentSummary { brand: "Visa".to_owned(), last4: "4242".to_owned() }),
    };
    let document = serde_json::to_string(&order).map_err(|error| BackendError::Unavailable(error.to_string()))?;
    diesel::insert_into(orders::table)
        .values((
            orders::order_id.eq(&order.order_id),
            orders::iss.eq(&owner.iss),
            orders::sub.eq(&owner.sub),
            orders::document.eq(document),
            orders::placed_at.eq(placed_at.as_micros()),
        ))
        .execute(connection)?;
    Ok(order.order_id)
}

fn line(connection: &mut SqliteConnection, (variant_id, quantity): (&str, i64)) -> Result<(Line, i64), BackendError> {
    let (sku, product, variant, amount, currency, vat): (String, String, String, i64, String, i64) = variants::table
        .inner_join(products::table)
        .filter(variants::variant_id.eq(variant_id))
        .select((
            variants::sku,
            products::title,
            variants::title,
            variants::amount,
            variants::currency,
            products::vat_percent,
        ))
        .first(connection)?;
    let unit_price = money(amount, &currency)?;
    let total = pricing::times(unit_price, quantity)?;
    let title = format!("{product}, {variant}");
    Ok((Line { variant_id: variant_id.to_owned(), sku, title, quantity, unit_price, total }, vat))
}
