//! Digests as columns have them.

use super::{StorageError, StorageResult};

/// 32 bytes, or none; anything else is a row that is not ours.
pub(super) fn digest(bytes: Option<&[u8]>, wrong: impl FnOnce() -> StorageError) -> StorageResult<Option<[u8; 32]>> {
    bytes.map(|bytes| bytes.try_into().ok().ok_or_else(wrong)).transpose()
}
