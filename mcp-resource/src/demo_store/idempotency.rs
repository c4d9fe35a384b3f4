//! Idempotency keys: kept 48 h per (iss, sub, tool), in the transaction of the write that they protect.

use std::time::Duration;

use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::schema::idempotency_keys as keys;
use crate::shop::backend::{BackendError, CallContext, Idempotency};
use crate::wire::Timestamp;

const KEPT: Duration = Duration::from_hours(48);

/// Runs `write`, or answers what it answered the last time with this key. A failed write keeps no key: it changed
/// nothing, and may be tried again.
pub(super) fn once<T: Serialize + DeserializeOwned>(
    connection: &mut SqliteConnection,
    context: &CallContext,
    key: Option<&Idempotency>,
    write: impl FnOnce(&mut SqliteConnection) -> Result<T, BackendError>,
) -> Result<T, BackendError> {
    let Some(key) = key else { return write(connection) };
    forget(connection, context.now)?;
    let owner = &context.owner;
    let known: Option<(Vec<u8>, String)> = keys::table
        .find((&owner.iss, &owner.sub, key.tool, &key.key))
        .select((keys::arguments, keys::result))
        .first(connection)
        .optional()?;
    if let Some((arguments, result)) = known {
        if arguments != key.arguments {
            return Err(BackendError::KeyReused);
        }
        return serde_json::from_str(&result).map_err(unreadable);
    }
    let result = write(connection)?;
    diesel::insert_into(keys::table)
        .values((
            keys::iss.eq(&owner.iss),
            keys::sub.eq(&owner.sub),
            keys::tool.eq(key.tool),
            keys::key.eq(&key.key),
            keys::arguments.eq(key.arguments.as_slice()),
            keys::result.eq(serde_json::to_string(&result).map_err(unreadable)?),
            keys::created_at.eq(context.now.as_micros()),
        ))
        .execute(connection)?;
    Ok(result)
}

/// Drops keys that are older than 48 h.
pub(super) fn forget(connection: &mut SqliteConnection, now: Timestamp) -> QueryResult<usize> {
    diesel::delete(keys::table.filter(keys::created_at.le(now.minus(KEPT).as_micros()))).execute(connection)
}

#[expect(clippy::needless_pass_by_value, reason = "called by map_err")]
fn unreadable(error: serde_json::Error) -> BackendError {
    BackendError::Unavailable(error.to_string())
}
