//! What is on the shelf of an environment, less what open checkouts hold back until their time is over, and those that are
//! being ordered until they are: so stock is never sold twice, and nothing has to run when a checkout's time is over.

use std::collections::HashMap;
use std::time::Duration;

use diesel::prelude::*;

use super::progress::{AWAITING_APPROVAL, TAKEN};
use super::schema::{checkout_lines, checkouts, stock};
use crate::shop::backend::{BackendError, CallContext};
use crate::shop::results::{Availability, Line};

/// Fewer than this many are "low stock".
const LOW: i64 = 5;

/// F20: no approval comes later than that, whatever the shopper puts off.
const HELD: Duration = Duration::from_mins(15);

/// How many of each SKU can be bought now. What is not sold here is not in the map.
pub(super) fn available<'a>(
    connection: &mut SqliteConnection,
    context: &CallContext,
    skus: impl IntoIterator<Item = &'a str>,
) -> QueryResult<HashMap<String, i64>> {
    let skus: Vec<&str> = skus.into_iter().collect();
    let mut available: HashMap<String, i64> = stock::table
        .filter(stock::environment.eq(&*context.environment).and(stock::sku.eq_any(&skus)))
        .select((stock::sku, stock::quantity))
        .load(connection)?
        .into_iter()
        .collect();
    let held: Vec<(String, i64)> = checkout_lines::table
        .inner_join(checkouts::table)
        .filter(checkout_lines::sku.eq_any(&skus))
        .filter(checkouts::environment.eq(&*context.environment))
        .filter(checkouts::state.eq(TAKEN).or(
            checkouts::state.eq(AWAITING_APPROVAL).and(checkouts::created_at.gt(context.now.minus(HELD).as_micros())),
        ))
        .select((checkout_lines::sku, checkout_lines::quantity))
        .load(connection)?;
    for (sku, quantity) in held {
        if let Some(left) = available.get_mut(&sku) {
            *left = left.saturating_sub(quantity).max(0);
        }
    }
    Ok(available)
}

/// Whether all of it is there and held back by nobody else.
pub(super) fn is_there(
    connection: &mut SqliteConnection,
    context: &CallContext,
    lines: &[Line],
) -> Result<(), BackendError> {
    let available = available(connection, context, lines.iter().map(|line| line.sku.as_str()))?;
    for line in lines {
        let left = available.get(&line.sku).copied().unwrap_or_default();
        if line.quantity > left {
            return Err(BackendError::OutOfStock { sku: line.sku.clone(), available: left });
        }
    }
    Ok(())
}

/// Takes it off the shelf for good.
pub(super) fn take(
    connection: &mut SqliteConnection,
    context: &CallContext,
    lines: &[Line],
) -> Result<(), BackendError> {
    for line in lines {
        let shelf = stock::table.find((&*context.environment, &line.sku));
        // The table refuses a shelf below zero, so that even a mistake here sells nothing twice.
        diesel::update(shelf).set(stock::quantity.eq(stock::quantity - line.quantity)).execute(connection)?;
    }
    Ok(())
}

pub(super) const fn availability(quantity: i64) -> Availability {
    match quantity {
        ..=0 => Availability::OutOfStock,
        1..LOW => Availability::LowStock,
        LOW.. => Availability::InStock,
    }
}
