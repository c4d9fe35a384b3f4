//! The clients of an issuer, with how many of their sessions are live and whether they are held: three queries a page.

use std::collections::{HashMap, HashSet};

use mcp_resource::wire::feed::Target;
use url::Url;

use super::revocation::Whose;
use crate::domain::client::Client;
use crate::domain::client_metadata::ClientMetadata;
use crate::domain::display_name::display_name;
use crate::domain::restriction::Effect;
use crate::domain::{ClientId, IssuerId};
use crate::storage::client_listing::{self, Key};
use crate::storage::console_sessions::{self, Time};
use crate::storage::{DbConnection, StorageResult, clients, restrictions};

/// One client, as the console shows it.
#[derive(Debug, Clone)]
pub struct Agent {
    pub client: Client,
    pub live_sessions: i64,
    pub is_paused: bool,
}

/// One page, newest first, and where the next begins.
pub fn list(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    older_than: Option<&Key>,
    limit: u16,
    time: Time,
) -> StorageResult<(Vec<Agent>, Option<Key>)> {
    let (listed, has_more) = client_listing::list(connection, issuer_id, older_than, limit)?;
    let ids: Vec<&str> = listed.iter().map(|client| client.id.as_str()).collect();
    let counts = console_sessions::count_live_by_client(connection, issuer_id, &ids, time)?;
    let counts: HashMap<String, i64> = counts.into_iter().collect();
    let made = restrictions::list_about(connection, issuer_id, ids)?;
    let paused: HashSet<String> = made
        .into_iter()
        .filter(|made| made.restriction.effect == Effect::Paused)
        .filter_map(|made| match made.restriction.target {
            Target::Client(id) => Some(id),
            _ => None,
        })
        .collect();
    let next =
        listed.last().filter(|_| has_more).map(|client| Key { at: client.created_at, id: client.id.to_string() });
    let agent = |client: Client| Agent {
        live_sessions: counts.get(client.id.as_str()).copied().unwrap_or_default(),
        is_paused: paused.contains(client.id.as_str()),
        client,
    };
    Ok((listed.into_iter().map(agent).collect(), next))
}

/// How many sessions would end.
pub fn count_live(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    whose: &Whose,
    time: Time,
) -> StorageResult<i64> {
    match whose {
        Whose::Client(id) => {
            let counts = console_sessions::count_live_by_client(connection, issuer_id, &[id.as_str()], time)?;
            Ok(counts.first().map_or(0, |(_, count)| *count))
        }
        Whose::Shopper(pseudonym) => console_sessions::count_live_of_pseudonym(connection, issuer_id, pseudonym, time),
        Whose::Everyone => console_sessions::count_live(connection, issuer_id, time),
    }
}

/// The name that a client gave itself, as it may be shown.
pub fn find_name(connection: &mut DbConnection, issuer_id: &IssuerId, id: &ClientId) -> StorageResult<Option<String>> {
    Ok(clients::find(connection, issuer_id, id)?.and_then(|client| shown_name(&client.metadata)))
}

/// The name of a client, as it may be shown: see [`display_name`].
pub fn shown_name(metadata: &ClientMetadata) -> Option<String> {
    let url = metadata.redirect_uris.first().and_then(|uri| Url::parse(uri.as_str()).ok());
    let host = url.as_ref().filter(|url| url.scheme() == "https").and_then(Url::host_str);
    display_name(metadata.client_name.as_deref(), host)
}

/// The same from the stored form.
pub(crate) fn shown_name_of(metadata: Option<&str>) -> Option<String> {
    let metadata: ClientMetadata = serde_json::from_str(metadata?).ok()?;
    shown_name(&metadata)
}
