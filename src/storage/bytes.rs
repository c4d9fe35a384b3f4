//! Digests and durations as columns have them.

use std::time::Duration;

use super::{StorageError, StorageResult};

/// 32 bytes, or none; anything else is a row that is not ours.
pub(super) fn digest(bytes: Option<&[u8]>, wrong: impl FnOnce() -> StorageError) -> StorageResult<Option<[u8; 32]>> {
    bytes.map(|bytes| bytes.try_into().ok().ok_or_else(wrong)).transpose()
}

/// Of a column in microseconds.
pub(super) fn duration(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

/// For such a column. A century at most: its sum with a time has room.
pub(super) fn micros(duration: Duration) -> i64 {
    const CENTURY: i64 = 100 * 366 * 86_400 * 1_000_000;
    i64::try_from(duration.as_micros()).map_or(CENTURY, |micros| micros.min(CENTURY))
}
