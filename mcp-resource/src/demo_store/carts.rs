//! Carts: a shopper has one open cart per issuer, so what anonymous-looking callers can pile up is bounded. Another
//! shopper's cart is a cart that does not exist (B14, B15).

use diesel::prelude::*;

use super::products::money;
use super::schema::{cart_lines, carts, products, variants};
use super::{pricing, random, stock};
use crate::shop::backend::{AddToCart, BackendError, CallContext, LineChange, UpdateCart};
use crate::shop::results::{Cart, Line};

pub(super) const MAX_LINES: usize = 100;
const MAX_QUANTITY: i64 = 999;
pub(super) const CURRENCY: &str = "EUR";

pub(super) fn add(
    connection: &mut SqliteConnection,
    context: &CallContext,
    request: &AddToCart,
) -> Result<Cart, BackendError> {
    let cart_id = match &request.cart_id {
        Some(cart_id) => owned(connection, context, Some(cart_id))?,
        None => open_or_make(connection, context)?,
    };
    let LineChange { variant_id, quantity } = &request.line;
    let there: Option<i64> =
        cart_lines::table.find((&cart_id, variant_id)).select(cart_lines::quantity).first(connection).optional()?;
    set(connection, context, &cart_id, variant_id, there.unwrap_or_default().saturating_add(*quantity))?;
    contents(connection, cart_id)
}

pub(super) fn update(
    connection: &mut SqliteConnection,
    context: &CallContext,
    request: &UpdateCart,
) -> Result<Cart, BackendError> {
    let cart_id = owned(connection, context, Some(&request.cart_id))?;
    for LineChange { variant_id, quantity } in &request.lines {
        if *quantity == 0 {
            diesel::delete(cart_lines::table.find((&cart_id, variant_id))).execute(connection)?;
        } else {
            set(connection, context, &cart_id, variant_id, *quantity)?;
        }
    }
    contents(connection, cart_id)
}

pub(super) fn view(
    connection: &mut SqliteConnection,
    context: &CallContext,
    cart_id: Option<&str>,
) -> Result<Cart, BackendError> {
    let cart_id = owned(connection, context, cart_id)?;
    contents(connection, cart_id)
}

/// The id of the caller's own cart. B15: looked up by owner and id together, so a foreign id is an unknown one.
pub(super) fn owned(
    connection: &mut SqliteConnection,
    context: &CallContext,
    cart_id: Option<&str>,
) -> Result<String, BackendError> {
    let found: Option<String> = carts::table
        .filter(carts::iss.eq(&context.owner.iss).and(carts::sub.eq(&context.owner.sub)))
        .select(carts::cart_id)
        .first(connection)
        .optional()?;
    found.filter(|found| cart_id.is_none_or(|wanted| wanted == found)).ok_or(BackendError::NotFound("cart"))
}

fn open_or_make(connection: &mut SqliteConnection, context: &CallContext) -> Result<String, BackendError> {
    match owned(connection, context, None) {
        Err(BackendError::NotFound(_)) => {}
        found => return found,
    }
    let cart_id = random::handle("cart")?;
    diesel::insert_into(carts::table)
        .values((
            carts::cart_id.eq(&cart_id),
            carts::iss.eq(&context.owner.iss),
            carts::sub.eq(&context.owner.sub),
            carts::updated_at.eq(context.now.as_micros()),
        ))
        .execute(connection)?;
    Ok(cart_id)
}

fn set(
    connection: &mut SqliteConnection,
    context: &CallContext,
    cart_id: &str,
    variant_id: &str,
    quantity: i64,
) -> Result<(), BackendError> {
    let sku: Option<String> = variants::table.find(variant_id).select(variants::sku).first(connection).optional()?;
    let sku = sku.ok_or(BackendError::NotFound("variant"))?;
    if quantity > MAX_QUANTITY {
        return Err(BackendError::Conflict(format!("a cart holds at most {MAX_QUANTITY} of a variant")));
    }
    let available = stock::available(connection, context, [sku.as_str()])?.remove(&sku).unwrap_or_default();
    if quantity > available {
        return Err(BackendError::OutOfStock { sku, available });
    }
    diesel::insert_into(cart_lines::table)
        .values((
            cart_lines::cart_id.eq(cart_id),
            cart_lines::variant_id.eq(variant_id),
            cart_lines::quantity.eq(quantity),
            cart_lines::added_at.eq(context.now.as_micros()),
        ))
        .on_conflict((cart_lines::cart_id, cart_lines::variant_id))
        .do_update()
        .set(cart_lines::quantity.eq(quantity))
        .execute(connection)?;
    let lines: i64 = cart_lines::table.filter(cart_lines::cart_id.eq(cart_id)).count().get_result(connection)?;
    if usize::try_from(lines).is_ok_and(|lines| lines > MAX_LINES) {
        // The error rolls the line back.
        return Err(BackendError::Conflict(format!("a cart holds at most {MAX_LINES} lines")));
    }
    diesel::update(carts::table.find(cart_id))
        .set(carts::updated_at.eq(context.now.as_micros()))
        .execute(connection)?;
    Ok(())
}

/// Takes out what was bought. What was added since stays.
pub(super) fn bought(connection: &mut SqliteConnection, cart_id: &str, lines: &[Line]) -> Result<(), BackendError> {
    for Line { variant_id, quantity, .. } in lines {
        let line = cart_lines::table.find((cart_id, variant_id));
        diesel::delete(line.filter(cart_lines::quantity.le(quantity))).execute(connection)?;
        diesel::update(line).set(cart_lines::quantity.eq(cart_lines::quantity - *quantity)).execute(connection)?;
    }
    Ok(())
}

/// The lines of a cart in the order they were added, each with the percent of tax in its price.
pub(super) fn lines(connection: &mut SqliteConnection, cart_id: &str) -> Result<Vec<(Line, i64)>, BackendError> {
    type Row = (String, String, String, String, i64, i64, String, i64);
    let rows: Vec<Row> = cart_lines::table
        .inner_join(variants::table.inner_join(products::table))
        .filter(cart_lines::cart_id.eq(cart_id))
        .order((cart_lines::added_at, cart_lines::variant_id))
        .select((
            variants::variant_id,
            variants::sku,
            products::title,
            variants::title,
            cart_lines::quantity,
            variants::amount,
            variants::currency,
            products::vat_percent,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(variant_id, sku, product, variant, quantity, amount, currency, vat)| {
            let unit_price = money(amount, &currency)?;
            let total = pricing::times(unit_price, quantity)?;
            let title = format!("{product}, {variant}");
            Ok((Line { variant_id, sku, title, quantity, unit_price, total }, vat))
        })
        .collect()
}

fn contents(connection: &mut SqliteConnection, cart_id: String) -> Result<Cart, BackendError> {
    let lines: Vec<Line> = lines(connection, &cart_id)?.into_iter().map(|(line, _)| line).collect();
    let subtotal = pricing::subtotal(&lines, CURRENCY)?;
    Ok(Cart { cart_id, lines, subtotal })
}
