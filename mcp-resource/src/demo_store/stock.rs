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
    available_to(connection, (context, None), skus)
}

/// To the cart of this id: what its own checkouts hold back and nobody is ordering yet, a newer one of its may have.
fn available_to<'a>(
    connection: &mut SqliteConnection,
    (context, cart_id): (&CallContext, Option<&str>),
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
        .filter(
            checkouts::state.eq(TAKEN).or(checkouts::state
                .eq(AWAITING_APPROVAL)
                .and(checkouts::created_at.gt(context.now.minus(HELD).as_micros()))
                .and(checkouts::cart_id.ne(cart_id.unwrap_or_default()))),
        )
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
    (context, cart_id): (&CallContext, Option<&str>),
    lines: &[Line],
) -> Result<(), BackendError> {
    let available = available_to(connection, (context, cart_id), lines.iter().map(|line| line.sku.as_str()))?;
    for line in lines {
        let left = available.get(&line.sku).copied().unwrap_or_default();
        if line.quantity > left {
            return Err(BackendError::OutOfStock { sku: line.sku.clone(), available: left });
        }
    }
    Ok(())
}

/// What a checkout that has ended held back. Rows of the dead would be read with every question about the shelf.
pub(super) fn let_go(connection: &mut SqliteConnection, checkout_id: &str) -> QueryResult<usize> {
    diesel::delete(checkout_lines::table.filter(checkout_lines::checkout_id.eq(checkout_id))).execute(connection)
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

#[cfg(test)]
mod tests {
    use diesel::dsl::count_star;

    use super::*;
    use crate::demo_store::DemoStore;
    use crate::shop::backend::{AddToCart, CommerceBackend as _, InitiateCheckout, LineChange, Owner, Step};
    use crate::shop::results::{CheckoutState, ShippingMethod};
    use crate::wire::Timestamp;

    async fn begin(store: &DemoStore, context: &CallContext) -> String {
        let line = LineChange { variant_id: "sencha-kagoshima-50-g".to_owned(), quantity: 1 };
        let added = AddToCart { cart_id: None, line, idempotency: None };
        let cart_id = store.add_to_cart(context, added).await.unwrap().cart_id;
        let request = InitiateCheckout { cart_id, method: ShippingMethod::Pickup, ship_to: None, idempotency: None };
        store.initiate_checkout(context, request).await.unwrap().checkout_id
    }

    async fn held(store: &DemoStore) -> i64 {
        let count =
            |connection: &mut SqliteConnection| Ok(checkout_lines::table.select(count_star()).first(connection)?);
        store.database.read(count).await.unwrap()
    }

    #[tokio::test]
    async fn checkouts_that_are_over_are_not_read_with_the_shelf() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_secs(1_800_000_000);
        let store = DemoStore::open(&folder.path().join("store.db"), now).unwrap();
        let context = |hour: u64, sub: &str| CallContext {
            owner: Owner { iss: "https://a.example".into(), sub: sub.into() },
            client_id: "c1_agent".into(),
            environment: "live".into(),
            origin: "https://shop.example".into(),
            now: now.plus(Duration::from_hours(hour)),
        };
        let ann = context(0, "ann");
        for hour in 0..5 {
            // One that nobody looks at again, and one that the shopper declines.
            begin(&store, &context(hour, &format!("bob-{hour}"))).await;
            let declined = begin(&store, &ann).await;
            store.note_step(&ann, &declined, Step::Over(CheckoutState::Declined)).await.unwrap();
        }
        assert_eq!(held(&store).await, 1, "the one that waits");
    }
}
