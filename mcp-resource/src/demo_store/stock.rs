//! What is on the shelf of an environment, less what open checkouts hold back until they expire: so stock is never
//! sold twice, and nothing has to run when a checkout's time is over.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{checkout_lines, checkouts, stock};
use crate::shop::backend::CallContext;
use crate::shop::results::Availability;

/// Fewer than this many are "low stock".
const LOW: i64 = 5;

pub(super) const AWAITING_APPROVAL: &str = "awaiting_approval";

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
        .filter(checkouts::state.eq(AWAITING_APPROVAL))
        .filter(checkouts::expires_at.gt(context.now.as_micros()))
        .select((checkout_lines::sku, checkout_lines::quantity))
        .load(connection)?;
    for (sku, quantity) in held {
        if let Some(left) = available.get_mut(&sku) {
            *left = left.saturating_sub(quantity).max(0);
        }
    }
    Ok(available)
}

pub(super) const fn availability(quantity: i64) -> Availability {
    match quantity {
        ..=0 => Availability::OutOfStock,
        1..LOW => Availability::LowStock,
        LOW.. => Availability::InStock,
    }
}
