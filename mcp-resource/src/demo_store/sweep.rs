//! What is long over is dropped when the store starts.

use std::time::Duration;

use diesel::prelude::*;

use super::database::OpenError;
use super::idempotency;
use super::progress::{ORDERED, TAKEN, UNSOLD};
use super::schema::{carts, checkouts};
use crate::wire::Timestamp;

const CHECKOUTS_KEPT: Duration = Duration::from_hours(24 * 30);
const CARTS_KEPT: Duration = Duration::from_hours(24 * 90);

pub(super) fn sweep(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), OpenError> {
    idempotency::forget(connection, now)?;
    let checkouts_before = now.minus(CHECKOUTS_KEPT).as_micros();
    // What is being ordered, or not settled, is not over.
    let is_over = checkouts::state.ne_all([TAKEN, ORDERED, UNSOLD]).or(checkouts::settled.eq(true));
    diesel::delete(checkouts::table.filter(checkouts::expires_at.lt(checkouts_before).and(is_over)))
        .execute(connection)?;
    let carts_before = now.minus(CARTS_KEPT).as_micros();
    diesel::delete(carts::table.filter(carts::updated_at.lt(carts_before))).execute(connection)?;
    Ok(())
}
