//! What is long over is dropped when the store starts.

use std::time::Duration;

use diesel::prelude::*;

use super::database::OpenError;
use super::idempotency;
use super::schema::{carts, checkouts};
use crate::wire::Timestamp;

const CHECKOUTS_KEPT: Duration = Duration::from_hours(24 * 30);
const CARTS_KEPT: Duration = Duration::from_hours(24 * 90);

pub(super) fn sweep(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), OpenError> {
    idempotency::forget(connection, now)?;
    let checkouts_before = now.minus(CHECKOUTS_KEPT).as_micros();
    diesel::delete(checkouts::table.filter(checkouts::expires_at.lt(checkouts_before))).execute(connection)?;
    let carts_before = now.minus(CARTS_KEPT).as_micros();
    diesel::delete(carts::table.filter(carts::updated_at.lt(carts_before))).execute(connection)?;
    Ok(())
}
