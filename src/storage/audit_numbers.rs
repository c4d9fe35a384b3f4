//! Numbers for audit entries that have none: given in batches after the commit, without gaps, in the order of (`at`, `id`)
//! among what is visible (decision 6). Who writes an entry therefore never waits for another; a missing number shows a
//! removed entry.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::schema::issuers;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::IssuerId;

/// Any number will do, as long as it is always this one: the first key of the lock, the second is the issuer.
const NUMBERING_LOCK: i32 = 0x6175_6469;

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Bool)]
    held: bool,
}

/// Both databases take `$1`, `$2`, ... when they first occur in that order.
const NUMBER: &str = "UPDATE audit_entries SET sequence = $1 + batch.place FROM ( \
       SELECT reference_id, id, row_number() OVER (ORDER BY at, id) AS place FROM ( \
         SELECT reference_id, id, at FROM audit_entries WHERE issuer_id = $2 AND sequence IS NULL ORDER BY at, id LIMIT $3 \
       ) AS oldest \
     ) AS batch WHERE audit_entries.reference_id = batch.reference_id AND audit_entries.id = batch.id";

/// Numbers up to `limit` entries of an issuer; returns how many those were. Of replicas that do this at the same time,
/// one does and the others return 0.
pub fn number(tx: &mut Tx<'_>, issuer_id: &IssuerId, limit: i64) -> StorageResult<usize> {
    if !is_ours(tx, issuer_id)? {
        return Ok(0);
    }
    let issuer = issuer_id.as_str();
    let last: i64 = each!(&mut **tx, c => issuers::table.find(issuer).select(issuers::audit_sequence).first(c))?;
    let numbered = each!(&mut **tx, c => diesel::sql_query(NUMBER)
        .bind::<BigInt, _>(last)
        .bind::<Text, _>(issuer)
        .bind::<BigInt, _>(limit)
        .execute(c))?;
    if numbered > 0 {
        let count = i64::try_from(numbered).unwrap_or(i64::MAX);
        each!(&mut **tx, c => diesel::update(issuers::table.find(issuer))
            .set(issuers::audit_sequence.eq(issuers::audit_sequence + count))
            .execute(c))?;
    }
    Ok(numbered)
}

/// SQLite has one writer; on PostgreSQL a lock that ends with the transaction decides.
fn is_ours(tx: &mut Tx<'_>, issuer_id: &IssuerId) -> StorageResult<bool> {
    match &mut **tx {
        DbConnection::Sqlite(_) => Ok(true),
        DbConnection::Postgres(c) => {
            let held: Held =
                diesel::sql_query(format!("SELECT pg_try_advisory_xact_lock({NUMBERING_LOCK}, hashtext($1)) AS held"))
                    .bind::<Text, _>(issuer_id.as_str())
                    .get_result(&mut **c)?;
            Ok(held.held)
        }
    }
}
