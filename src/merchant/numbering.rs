//! The numbering job of the audit trail (decision 6), run every second or so by `application`: for what PostgreSQL has
//! committed, and for uploaded tool calls. What else SQLite commits has its number already.

use crate::domain::IssuerId;
use crate::storage::{Database, StorageError, StorageResult, audit_numbers};

/// Small, so that a token never waits long for the numbers of others.
const BATCH: i64 = 200;
/// The work of one run is bounded; what is left is done by the next.
const BATCHES: usize = 100;

/// Numbers what has none yet; returns how many entries that were.
pub async fn run(db: &Database, issuers: &[IssuerId]) -> StorageResult<usize> {
    let mut numbered = 0_usize;
    for issuer_id in issuers {
        for _ in 0..BATCHES {
            let issuer_id = issuer_id.clone();
            let batch: Result<usize, StorageError> =
                db.write(move |tx| audit_numbers::number(tx, &issuer_id, BATCH)).await;
            let batch = batch?;
            numbered = numbered.saturating_add(batch);
            if batch == 0 {
                break;
            }
        }
    }
    Ok(numbered)
}

#[cfg(test)]
mod tests;
