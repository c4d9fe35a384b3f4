//! Orders: what became of approved checkouts, paid in test mode, and those seeded for the demo's shopper. Another shopper's
//! order is an order that does not exist (S1-84).

use std::time::Duration;

use diesel::prelude::*;

use super::checkouts::{self, CheckoutRow};
use super::products::money;
use super::progress::{ORDERED, TAKEN, UNSOLD};
use super::schema::{checkouts as checkout_rows, orders, products, variants};
use super::{carts, pricing, random, stock};
use crate::shop::backend::{Address, BackendError, CallContext, Owner, Placed};
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

/// F23: in one transaction, with the checkout as its key. The stock goes for good, the cart loses what was bought, and the
/// address stays with the order only.
pub(super) fn place(
    connection: &mut SqliteConnection,
    context: &CallContext,
    checkout_id: &str,
) -> Result<Placed, BackendError> {
    let row = checkouts::owned(connection, context, checkout_id)?;
    match (row.state.as_str(), &row.order_id) {
        (ORDERED, Some(order_id)) => return Ok(Placed::Order(order_id.clone())),
        (UNSOLD, _) => return Ok(Placed::Unsold),
        (TAKEN, _) => {}
        _ => return Err(BackendError::Conflict("this checkout was not taken".to_owned())),
    }
    let document = row.document()?;
    // What it held back itself is free for it again.
    let order_id = random::handle("order")?;
    end(connection, &row, UNSOLD, None)?;
    match stock::is_there(connection, (context, Some(&row.cart_id)), &document.lines) {
        Ok(()) => {}
        // Written down for good: no later attempt may find the shelf filled again after the approval was given back.
        Err(BackendError::OutOfStock { .. }) => return Ok(Placed::Unsold),
        Err(error) => return Err(error),
    }
    stock::take(connection, context, &document.lines)?;
    carts::bought(connection, &row.cart_id, &document.lines)?;
    end(connection, &row, ORDERED, Some(&order_id))?;
    let order = Order {
        order_id,
        state: OrderState::Processing,
        placed_at: Moment(context.now),
        lines: document.lines,
        shipping_method: document.shipping_method,
        totals: document.totals,
        shipping_address: document.ship_to.map(destination),
        tracking_url: None,
        // No money moves in this store, and nothing here looks as if it did.
        payment: Some(PaymentSummary { brand: "Test payment".to_owned(), last4: "0000".to_owned(), test_mode: true }),
    };
    keep(connection, &context.owner, Some(checkout_id), &order)?;
    Ok(Placed::Order(order.order_id))
}

fn end(
    connection: &mut SqliteConnection,
    row: &CheckoutRow,
    state: &str,
    order_id: Option<&str>,
) -> Result<(), BackendError> {
    diesel::update(checkout_rows::table.find(&row.checkout_id))
        .set((
            checkout_rows::state.eq(state),
            checkout_rows::order_id.eq(order_id),
            checkout_rows::document.eq(row.document_without_address()?),
        ))
        .execute(connection)?;
    stock::let_go(connection, &row.checkout_id)?;
    Ok(())
}

fn destination(address: Address) -> ShippingAddress {
    let Address { name, line1, line2, postal_code, city, country } = address;
    ShippingAddress { name, line1, line2, postal_code, city, country }
}

fn keep(
    connection: &mut SqliteConnection,
    owner: &Owner,
    checkout_id: Option<&str>,
    order: &Order,
) -> Result<(), BackendError> {
    let document = serde_json::to_string(order).map_err(|error| BackendError::Unavailable(error.to_string()))?;
    diesel::insert_into(orders::table)
        .values((
            orders::order_id.eq(&order.order_id),
            orders::iss.eq(&owner.iss),
            orders::sub.eq(&owner.sub),
            orders::checkout_id.eq(checkout_id),
            orders::document.eq(document),
            orders::placed_at.eq(order.placed_at.0.as_micros()),
        ))
        .execute(connection)?;
    Ok(())
}

pub(super) fn seed(
    connection: &mut SqliteConnection,
    owner: &Owner,
    now: Timestamp,
) -> Result<Vec<String>, BackendError> {
    let known: Vec<String> = orders::table
        .filter(orders::iss.eq(&owner.iss).and(orders::sub.eq(&owner.sub)).and(orders::checkout_id.is_null()))
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
        shipping_address: Some(ShippingAddress {
            name: "Robin Field".to_owned(),
            line1: "Lindenweg 12".to_owned(),
            line2: None,
            postal_code: "34117".to_owned(),
            city: "Kassel".to_owned(),
            country: "DE".to_owned(),
        }),
        tracking_url: None,
        payment: Some(PaymentSummary { brand: "Visa".to_owned(), last4: "4242".to_owned(), test_mode: true }),
    };
    keep(connection, owner, None, &order)?;
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
