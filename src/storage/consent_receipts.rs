//! What a shopper agreed to, as it was shown (spec/pages.md 5.3, rule 9).

use diesel::prelude::*;
use uuid::Uuid;

use super::limit_columns;
use super::schema::consent_receipts;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::GrantId;
use crate::domain::connection::Connection;

/// The words that were shown.
pub struct Shown<'a> {
    /// The SHA-256 of the texts of consent and scopes.
    pub text_version: &'a str,
    pub locale: &'a str,
}

pub fn insert(tx: &mut Tx<'_>, connection: &Connection, shown: &Shown<'_>) -> StorageResult<()> {
    let (limit_currency, limit_per_order, limit_per_month) = limit_columns::columns(connection.limit);
    each!(&mut **tx, c => diesel::insert_into(consent_receipts::table)
        .values((
            consent_receipts::id.eq(Uuid::now_v7().to_string()),
            consent_receipts::issuer_id.eq(connection.issuer_id.as_str()),
            consent_receipts::grant_id.eq(connection.grant_id.as_str()),
            consent_receipts::connection_id.eq(connection.id.to_string()),
            consent_receipts::at.eq(connection.connected_at.as_micros()),
            consent_receipts::text_version.eq(shown.text_version),
            consent_receipts::locale.eq(shown.locale),
            consent_receipts::client_id.eq(connection.client_id.as_str()),
            consent_receipts::redirect_uri.eq(&connection.redirect_uri),
            consent_receipts::scope.eq(connection.scope.to_string()),
            consent_receipts::limit_currency.eq(&limit_currency),
            consent_receipts::limit_per_order.eq(limit_per_order),
            consent_receipts::limit_per_month.eq(limit_per_month),
            consent_receipts::elevated_until.eq(connection.elevated_until.as_micros()),
        ))
        .execute(c))?;
    Ok(())
}

/// Where the answer to the grant's newest consent went. Receipts outlive the connections they are for.
pub fn newest_redirect_uri(connection: &mut DbConnection, grant_id: &GrantId) -> StorageResult<Option<String>> {
    Ok(each!(connection, c => consent_receipts::table
        .filter(consent_receipts::grant_id.eq(grant_id.as_str()))
        .order((consent_receipts::at.desc(), consent_receipts::id.desc()))
        .select(consent_receipts::redirect_uri)
        .first(c)
        .optional())?)
}
