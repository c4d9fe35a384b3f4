//! The console's list of clients, newest first, and the search for one by its name or the beginning of its id.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::clients::{ClientRow, with_successors};
use super::schema::{clients, connections, restrictions};
use super::{DbConnection, StorageResult, each};
use crate::domain::agent_policy::Trust;
use crate::domain::client::{AuthMethod, Client, ClientOrigin, words};
use crate::domain::client_metadata::ClientMetadata;
use crate::domain::restriction::Effect;
use crate::domain::{IssuerId, Timestamp};

/// A page begins after the client of this time and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub at: Timestamp,
    pub id: String,
}

/// A search finds no more clients than this.
const MOST_FOUND: i64 = 500;

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Any of these ids; with an empty list, none.
    pub ids: Option<Vec<String>>,
    pub trust: Option<Trust>,
    pub state: Option<Standing>,
}

words! {
    /// How a client stands with the merchant.
    Standing { Quarantined = "quarantined", Paused = "paused", Merged = "merged" }
}

/// The query of one page; a macro, since it belongs to one backend.
macro_rules! page_query {
    ($issuer:expr, $filter:expr) => {{
        let mut query = clients::table
            .filter(clients::issuer_id.eq($issuer))
            .order((clients::created_at.desc(), clients::id.desc()))
            .select(ClientRow::as_select())
            .into_boxed();
        if let Some(ids) = &$filter.ids {
            query = query.filter(clients::id.eq_any(ids));
        }
        // The same as [`Client::trust`], as a test of `merchant::agents` checks.
        let by_hand =
            || clients::approved_at.is_not_null().or(clients::origin.eq(ClientOrigin::PreRegistered.as_str()));
        let by_document = || clients::origin.eq(ClientOrigin::Described.as_str());
        let by_key = || {
            clients::auth_method
                .eq(AuthMethod::PrivateKeyJwt.as_str())
                .and(by_document())
                .and(clients::metadata.not_like(r#"%"is\_key\_optional":true%"#).escape('\\'))
        };
        query = match $filter.trust {
            None => query,
            Some(Trust::Approved) => query.filter(by_hand()),
            Some(Trust::KeyVerified) => query.filter(not(by_hand())).filter(by_key()),
            Some(Trust::DomainVerified) => query.filter(not(by_hand())).filter(not(by_key())).filter(by_document()),
            Some(Trust::Unverified) => query.filter(not(by_hand())).filter(not(by_key())).filter(not(by_document())),
        };
        match $filter.state {
            None => query,
            Some(Standing::Quarantined) => query.filter(clients::quarantined_at.is_not_null()),
            Some(Standing::Merged) => query.filter(clients::merged_into.is_not_null()),
            Some(Standing::Paused) => query.filter(exists(
                restrictions::table
                    .filter(restrictions::issuer_id.eq(clients::issuer_id))
                    .filter(restrictions::effect.eq(Effect::Paused.as_str()))
                    .filter(restrictions::target_kind.eq("client"))
                    .filter(restrictions::target_id.eq(clients::id)),
            )),
        }
    }};
}

/// The oldest rows are on the last page; whether there are more.
pub fn list(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    filter: &Filter,
    older_than: Option<&Key>,
    limit: u16,
) -> StorageResult<(Vec<Client>, bool)> {
    let mut rows: Vec<ClientRow> = each!(connection, c => {
        let mut query = page_query!(issuer_id.as_str(), filter).limit(i64::from(limit) + 1);
        if let Some(Key { at, id }) = older_than {
            query = query
                .filter(clients::created_at.le(at.as_micros()))
                .filter(clients::created_at.lt(at.as_micros()).or(clients::id.lt(id)));
        }
        query.load(c)
    })?;
    let has_more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    let listed = rows.into_iter().map(TryInto::try_into).collect::<StorageResult<_>>()?;
    Ok((with_successors(connection, issuer_id, listed)?, has_more))
}

/// All that have a connection which has not ended, however old it is.
pub fn list_in_use(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<Vec<Client>> {
    let rows: Vec<ClientRow> = each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .filter(exists(connections::table
            .filter(connections::issuer_id.eq(clients::issuer_id))
            .filter(connections::client_id.eq(clients::id))
            .filter(connections::ended_at.is_null())))
        .select(ClientRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
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
