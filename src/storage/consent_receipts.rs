//! What a shopper agreed to, as it was shown (spec/pages.md 5.3, rule 9).

use std::time::Duration;

use diesel::prelude::*;
use uuid::Uuid;

use super::bytes::{duration, micros};
use super::limit_columns;
use super::schema::{consent_receipts, grants};
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::connection::Connection;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{ClientId, GrantId, Scope, ScopeSet, ShopperId, Timestamp};
use crate::storage::purchases::Found;

/// The words that were shown.
pub struct Shown<'a> {
    /// The SHA-256 of the texts of consent and scopes.
    pub text_version: &'a str,
    pub locale: &'a str,
    /// Everything was asked for at once.
    pub is_bundled: bool,
}

pub fn insert(tx: &mut Tx<'_>, connection: &Connection, shown: &Shown<'_>) -> StorageResult<()> {
    let (limit_currency, limit_per_order, limit_per_month) = limit_columns::columns(connection.limit);
    ReceiptRow {
        id: Uuid::now_v7().to_string(),
        issuer_id: connection.issuer_id.to_string(),
        grant_id: connection.grant_id.to_string(),
        connection_id: connection.id.to_string(),
        at: connection.connected_at.as_micros(),
        text_version: shown.text_version.to_owned(),
        locale: shown.locale.to_owned(),
        client_id: connection.client_id.to_string(),
        redirect_uri: connection.redirect_uri.clone(),
        scope: connection.scope.to_string(),
        limit_currency,
        limit_per_order,
        limit_per_month,
        elevated_until: connection.elevated_until.as_micros(),
        expires_at: connection.expires_at.as_micros(),
        idle_limit: micros(connection.idle_limit),
        is_bundled: shown.is_bundled,
        purchase_id: None,
    }
    .insert(tx)
}

/// Of the shopper's yes to one purchase of an agent that may not begin checkouts (H20). `time`: of the yes, and until when what
/// it allows can be done.
pub fn insert_for_purchase(
    tx: &mut Tx<'_>,
    found: &Found,
    (limit, time): (Option<SpendingLimit>, (Timestamp, Timestamp)),
    shown: &Shown<'_>,
) -> StorageResult<()> {
    let (purchase, (at, until)) = (&found.purchase, time);
    let (limit_currency, limit_per_order, limit_per_month) = limit_columns::columns(limit);
    ReceiptRow {
        id: Uuid::now_v7().to_string(),
        issuer_id: purchase.issuer_id.to_string(),
        grant_id: purchase.grant_id.to_string(),
        connection_id: purchase.connection_id.to_string(),
        at: at.as_micros(),
        text_version: shown.text_version.to_owned(),
        locale: shown.locale.to_owned(),
        client_id: purchase.client_id.to_string(),
        redirect_uri: found.redirect_uri.clone(),
        scope: Scope::CheckoutInitiate.to_string(),
        limit_currency,
        limit_per_order,
        limit_per_month,
        elevated_until: until.as_micros(),
        expires_at: until.as_micros(),
        idle_limit: micros(until.since(at)),
        is_bundled: shown.is_bundled,
        purchase_id: Some(purchase.id.to_string()),
    }
    .insert(tx)
}

/// The language of the grant's newest consent: its shopper reads it.
pub fn newest_locale(connection: &mut DbConnection, grant_id: &GrantId) -> StorageResult<Option<String>> {
    Ok(each!(connection, c => consent_receipts::table
        .filter(consent_receipts::grant_id.eq(grant_id.as_str()))
        .order((consent_receipts::at.desc(), consent_receipts::id.desc()))
        .select(consent_receipts::locale)
        .first(c)
        .optional())?)
}

/// Where the answer to the grant's newest consent went; one to a single purchase went nowhere. Receipts outlive the connections
/// they are for.
pub fn newest_redirect_uri(connection: &mut DbConnection, grant_id: &GrantId) -> StorageResult<Option<String>> {
    Ok(each!(connection, c => consent_receipts::table
        .filter(consent_receipts::grant_id.eq(grant_id.as_str()))
        .filter(consent_receipts::purchase_id.is_null())
        .order((consent_receipts::at.desc(), consent_receipts::id.desc()))
        .select(consent_receipts::redirect_uri)
        .first(c)
        .optional())?)
}

/// What a shopper agreed to.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub grant_id: GrantId,
    pub connection_id: String,
    pub at: Timestamp,
    pub text_version: String,
    pub locale: String,
    pub client_id: ClientId,
    pub redirect_uri: String,
    pub scope: ScopeSet,
    pub limit: Option<SpendingLimit>,
    pub elevated_until: Timestamp,
    pub expires_at: Timestamp,
    /// Without use it ended after so long.
    pub idle_limit: Duration,
    pub is_bundled: bool,
    /// Of a consent to one purchase and nothing else.
    pub purchase_id: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = consent_receipts)]
struct ReceiptRow {
    id: String,
    issuer_id: String,
    grant_id: String,
    connection_id: String,
    at: i64,
    text_version: String,
    locale: String,
    client_id: String,
    redirect_uri: String,
    scope: String,
    limit_currency: Option<String>,
    limit_per_order: Option<i64>,
    limit_per_month: Option<i64>,
    elevated_until: i64,
    expires_at: i64,
    idle_limit: i64,
    is_bundled: bool,
    purchase_id: Option<String>,
}

impl ReceiptRow {
    fn insert(&self, tx: &mut Tx<'_>) -> StorageResult<()> {
        each!(&mut **tx, c => diesel::insert_into(consent_receipts::table).values(self).execute(c))?;
        Ok(())
    }
}

impl TryFrom<ReceiptRow> for Receipt {
    type Error = StorageError;

    fn try_from(row: ReceiptRow) -> StorageResult<Self> {
        let wrong = |column| StorageError::inconsistent("consent_receipts", row.id.as_str(), column);
        let limit = (row.limit_currency, row.limit_per_order, row.limit_per_month);
        Ok(Self {
            limit: limit_columns::read(limit).map_err(wrong)?,
            scope: row.scope.parse().ok().ok_or_else(|| wrong("scope"))?,
            grant_id: GrantId::new(row.grant_id),
            connection_id: row.connection_id,
            at: Timestamp::from_micros(row.at),
            text_version: row.text_version,
            locale: row.locale,
            client_id: ClientId::new(row.client_id),
            redirect_uri: row.redirect_uri,
            elevated_until: Timestamp::from_micros(row.elevated_until),
            expires_at: Timestamp::from_micros(row.expires_at),
            idle_limit: duration(row.idle_limit),
            is_bundled: row.is_bundled,
            purchase_id: row.purchase_id,
        })
    }
}

/// All of a shopper's, newest first.
pub fn list_of_shopper(
    connection: &mut DbConnection,
    shopper_id: &ShopperId,
    limit: i64,
) -> StorageResult<Vec<Receipt>> {
    let own = grants::table.filter(grants::shopper_id.eq(shopper_id.as_str())).select(grants::id);
    let rows: Vec<ReceiptRow> = each!(connection, c => consent_receipts::table
        .filter(consent_receipts::grant_id.eq_any(own))
        .order((consent_receipts::at.desc(), consent_receipts::id.desc()))
        .limit(limit)
        .select(ReceiptRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
