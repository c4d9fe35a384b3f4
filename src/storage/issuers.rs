//! Issuers.

use diesel::prelude::*;

use super::schema::issuers;
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::issuer::Issuer;
use crate::domain::{IssuerId, StoreId, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = issuers)]
struct IssuerRow {
    id: String,
    store_id: String,
    environment: String,
    url: String,
    feed_position: i64,
    audit_sequence: i64,
    created_at: i64,
    went_back_at: Option<i64>,
}

pub fn insert(tx: &mut Tx<'_>, issuer: &Issuer, now: Timestamp) -> StorageResult<()> {
    let row = IssuerRow {
        id: issuer.id.to_string(),
        store_id: issuer.store_id.to_string(),
        environment: issuer.environment.to_string(),
        url: issuer.url.to_string(),
        feed_position: 0,
        audit_sequence: 0,
        created_at: now.as_micros(),
        went_back_at: None,
    };
    each!(&mut **tx, c => diesel::insert_into(issuers::table).values(&row).execute(c))?;
    Ok(())
}

pub fn list(connection: &mut DbConnection) -> StorageResult<Vec<Issuer>> {
    let rows: Vec<IssuerRow> =
        each!(connection, c => issuers::table.order(issuers::id).select(IssuerRow::as_select()).load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Notes that a token was seen that is newer than the database. False where one was noted after `since`.
pub fn note_went_back(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    (since, now): (Timestamp, Timestamp),
) -> StorageResult<bool> {
    let at = issuers::went_back_at;
    let noted = each!(&mut **tx, c => diesel::update(issuers::table.find(issuer_id.as_str()))
        .filter(at.is_null().or(at.le(since.as_micros())))
        .set(at.eq(now.as_micros()))
        .execute(c))?;
    Ok(noted == 1)
}

/// When one was noted last.
pub fn find_went_back(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<Option<Timestamp>> {
    let at: Option<i64> = each!(connection, c => issuers::table
        .find(issuer_id.as_str())
        .select(issuers::went_back_at)
        .first(c))?;
    Ok(at.map(Timestamp::from_micros))
}

impl TryFrom<IssuerRow> for Issuer {
    type Error = StorageError;

    fn try_from(row: IssuerRow) -> Result<Self, StorageError> {
        let wrong = |column| StorageError::inconsistent("issuers", row.id.as_str(), column);
        Ok(Self {
            environment: row.environment.parse().ok().ok_or_else(|| wrong("environment"))?,
            url: row.url.parse().ok().ok_or_else(|| wrong("url"))?,
            store_id: StoreId::new(row.store_id),
            id: IssuerId::new(row.id),
        })
    }
}
