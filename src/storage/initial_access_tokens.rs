//! Initial access tokens (RFC 7591 §3). One conditional statement decides who has the last use, in the transaction of the
//! registration that it allows.

use diesel::prelude::*;

use super::schema::initial_access_tokens as tokens;
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::initial_access_token::InitialAccessToken;
use crate::domain::{IssuerId, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens)]
struct Row {
    token_hash: Vec<u8>,
    issuer_id: String,
    note: String,
    created_by: String,
    created_at: i64,
    expires_at: Option<i64>,
    uses_left: Option<i64>,
}

pub fn insert(tx: &mut Tx<'_>, issuer_id: &IssuerId, token: &InitialAccessToken) -> StorageResult<()> {
    let row = Row {
        token_hash: token.token_hash.to_vec(),
        issuer_id: issuer_id.to_string(),
        note: token.note.clone(),
        created_by: token.created_by.clone(),
        created_at: token.created_at.as_micros(),
        expires_at: token.expires_at.map(Timestamp::as_micros),
        uses_left: token.uses_left.map(i64::from),
    };
    each!(&mut **tx, c => diesel::insert_into(tokens::table).values(&row).execute(c))?;
    Ok(())
}

/// Takes one use; false when this issuer has no such token that is good now.
pub fn consume(tx: &mut Tx<'_>, issuer_id: &IssuerId, token_hash: &[u8; 32], now: Timestamp) -> StorageResult<bool> {
    let taken = each!(&mut **tx, c => diesel::update(tokens::table.find(token_hash.as_slice()))
        .filter(tokens::issuer_id.eq(issuer_id.as_str()))
        .filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(now.as_micros())))
        .filter(tokens::uses_left.is_null().or(tokens::uses_left.gt(0)))
        // Without a bound it is NULL, and stays so.
        .set(tokens::uses_left.eq(tokens::uses_left - 1_i64))
        .execute(c))?;
    Ok(taken == 1)
}

/// All of an issuer, the newest first.
pub fn list(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<Vec<InitialAccessToken>> {
    let rows: Vec<Row> = each!(connection, c => tokens::table
        .filter(tokens::issuer_id.eq(issuer_id.as_str()))
        .order((tokens::created_at.desc(), tokens::token_hash.asc()))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// False when this issuer has none of that hash.
pub fn delete(tx: &mut Tx<'_>, issuer_id: &IssuerId, token_hash: &[u8; 32]) -> StorageResult<bool> {
    let removed = each!(&mut **tx, c => diesel::delete(tokens::table.find(token_hash.as_slice()))
        .filter(tokens::issuer_id.eq(issuer_id.as_str()))
        .execute(c))?;
    Ok(removed == 1)
}

impl TryFrom<Row> for InitialAccessToken {
    type Error = StorageError;

    fn try_from(row: Row) -> StorageResult<Self> {
        // The hash is no secret, but names nothing that a reader knows.
        let wrong = |column| StorageError::inconsistent("initial_access_tokens", row.issuer_id.as_str(), column);
        let uses_left = match row.uses_left {
            Some(left) => Some(u32::try_from(left).ok().ok_or_else(|| wrong("uses_left"))?),
            None => None,
        };
        Ok(Self {
            token_hash: row.token_hash.as_slice().try_into().ok().ok_or_else(|| wrong("token_hash"))?,
            uses_left,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: row.expires_at.map(Timestamp::from_micros),
            note: row.note,
            created_by: row.created_by,
        })
    }
}
