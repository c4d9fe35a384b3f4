//! The console's list of clients, newest first, and the search for one by its name or the beginning of its id.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::clients::ClientRow;
use super::schema::clients;
use super::{DbConnection, StorageResult, each};
use crate::domain::client::Client;
use crate::domain::client_metadata::ClientMetadata;
use crate::domain::{IssuerId, Timestamp};

/// A page begins after the client of this time and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub at: Timestamp,
    pub id: String,
}

/// A search finds no more clients than this.
const MOST_FOUND: i64 = 500;

/// The oldest rows are on the last page; whether there are more.
pub fn list(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    older_than: Option<&Key>,
    limit: u16,
) -> StorageResult<(Vec<Client>, bool)> {
    let mut rows: Vec<ClientRow> = each!(connection, c => {
        let mut query = clients::table
            .filter(clients::issuer_id.eq(issuer_id.as_str()))
            .order((clients::created_at.desc(), clients::id.desc()))
            .limit(i64::from(limit) + 1)
            .select(ClientRow::as_select())
            .into_boxed();
        if let Some(Key { at, id }) = older_than {
            query = query
                .filter(clients::created_at.le(at.as_micros()))
                .filter(clients::created_at.lt(at.as_micros()).or(clients::id.lt(id)));
        }
        query.load(c)
    })?;
    let has_more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    Ok((rows.into_iter().map(TryInto::try_into).collect::<StorageResult<_>>()?, has_more))
}

/// The ids that begin with `text`, and those of clients whose name contains it.
pub fn find_ids(connection: &mut DbConnection, issuer_id: &IssuerId, text: &str) -> StorageResult<Vec<String>> {
    diesel::define_sql_function! { fn lower(text: Text) -> Text; }
    let wanted = text.to_lowercase();
    // The metadata holds more than the name: what the database finds is looked at again.
    let within = serde_json::to_string(&wanted).unwrap_or_default();
    let within = format!("%{}%", escaped(within.trim_matches('"')));
    let begins = format!("{}%", escaped(text));
    let found: Vec<(String, String)> = each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .filter(clients::id.like(begins).escape('\\').or(lower(clients::metadata).like(within).escape('\\')))
        .order(clients::created_at.desc())
        .limit(MOST_FOUND)
        .select((clients::id, clients::metadata))
        .load(c))?;
    let is_named = |metadata: &str| {
        let metadata: Option<ClientMetadata> = serde_json::from_str(metadata).ok();
        metadata.and_then(|metadata| metadata.client_name).is_some_and(|name| name.to_lowercase().contains(&wanted))
    };
    let is_meant = |(id, metadata): &(String, String)| id.starts_with(text) || is_named(metadata);
    Ok(found.into_iter().filter(is_meant).map(|(id, _)| id).collect())
}

/// `%`, `_` and the escape itself, as themselves in a LIKE pattern.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}
