//! The list of agent sessions (S1-22, S1-66): one query for the page, one for the restrictions that are about it, one for
//! its clients, and two for what is folded under its rows.

use mcp_resource::wire::feed::Target;

use crate::domain::agent_policy::Trust;
use crate::domain::client::Client;
use crate::domain::connection::EndReason;
use crate::domain::restriction::Effect;
use crate::domain::session_state::{Circumstances, SessionState, end_reason_of};
use crate::domain::{ConnectionId, IssuerId, ScopeSet, Timestamp};
use crate::storage::console_sessions::{self, Filter, Key, ListedConnection, Page};
use crate::storage::restrictions::{self, Made};
use crate::storage::{DbConnection, StorageResult, client_listing, clients};

/// One connection, with how it stands.
#[derive(Debug, Clone)]
pub struct AgentSession {
    pub id: ConnectionId,
    pub client_id: String,
    /// `None` when the client has gone.
    pub client: Option<Client>,
    /// How far it is trusted where the answer went.
    pub trust: Trust,
    pub pseudonym: String,
    pub scope: ScopeSet,
    pub authorized_at: Timestamp,
    /// `None` until its code was redeemed.
    pub last_used_at: Option<Timestamp>,
    /// When it ends if nobody uses it.
    pub ends_at: Timestamp,
    pub state: SessionState,
    pub grace_replays: i64,
    /// Those of the same grant without use since this one began (decision 3), newest first.
    pub folded: Vec<AgentSession>,
}

/// Superseded sessions that are read for one page. All of them are rows of their own in the list of their state.
const FOLDED: u16 = 200;

/// What the list is asked for.
#[derive(Debug, Clone)]
pub struct Question {
    /// The beginning of a client id, or a part of a client's name.
    pub agent: Option<String>,
    pub pseudonym: Option<String>,
    pub state: Option<SessionState>,
    pub page: Page,
    pub limit: u16,
    pub now: Timestamp,
}

/// One page, newest first.
#[derive(Debug, Clone)]
pub struct List {
    pub sessions: Vec<AgentSession>,
    pub newer: Option<Key>,
    pub older: Option<Key>,
}

pub fn list(connection: &mut DbConnection, issuer_id: &IssuerId, question: &Question) -> StorageResult<List> {
    let clients = match &question.agent {
        Some(agent) => Some(client_listing::find_ids(connection, issuer_id, agent)?),
        None => None,
    };
    let filter = Filter { clients, pseudonym: question.pseudonym.clone(), state: question.state, now: question.now };
    let (rows, has_more) = console_sessions::list(connection, issuer_id, &filter, question.page, question.limit)?;
    let ids = rows.iter().flat_map(|row| [row.client_id.as_str(), row.subject.as_str(), row.grant_id.as_str()]);
    let made = restrictions::list_about(connection, issuer_id, ids.collect())?;
    let mut named: Vec<&str> = rows.iter().map(|row| row.client_id.as_str()).collect();
    named.sort_unstable();
    named.dedup();
    let clients = clients::list(connection, issuer_id, &named)?;
    let about = About { made, clients };
    // Where a state is asked for, the query has left none out.
    let mut folded = if question.state.is_none() { folded(connection, &rows)? } else { Vec::new() };
    let key = |row: &ListedConnection| Key { at: row.connected_at, id: row.id.0 };
    let (has_newer, has_older) = match question.page {
        Page::First => (false, has_more),
        Page::OlderThan(_) => (true, has_more),
        Page::NewerThan(_) => (has_more, true),
    };
    Ok(List {
        newer: rows.first().map(key).filter(|_| has_newer),
        older: rows.last().map(key).filter(|_| has_older),
        sessions: rows
            .into_iter()
            .map(|row| {
                let below =
                    folded.extract_if(.., |(host, _)| *host == row.id).map(|(_, row)| session(row, &about, question));
                let folded = below.collect();
                AgentSession { folded, ..session(row, &about, question) }
            })
            .collect(),
    })
}

/// What is superseded in the grants of these rows, each with the row under which it belongs: the newest of its grant.
fn folded(
    connection: &mut DbConnection,
    rows: &[ListedConnection],
) -> StorageResult<Vec<(ConnectionId, ListedConnection)>> {
    let mut grants: Vec<&str> = rows.iter().map(|row| row.grant_id.as_str()).collect();
    grants.sort_unstable();
    grants.dedup();
    let newest = console_sessions::newest_in_use(connection, &grants)?;
    let hosts: Vec<&ListedConnection> = rows
        .iter()
        .filter(|row| row.ended.is_none() && newest.contains(&(row.grant_id.to_string(), row.connected_at)))
        .collect();
    let hosting: Vec<&str> = hosts.iter().map(|host| host.grant_id.as_str()).collect();
    let superseded = console_sessions::list_superseded(connection, &hosting, FOLDED)?;
    let host_of = |row: &ListedConnection| hosts.iter().find(|host| host.grant_id == row.grant_id).map(|host| host.id);
    Ok(superseded.into_iter().filter_map(|row| Some((host_of(&row)?, row))).collect())
}

/// What the rows of a page are read with.
struct About {
    made: Vec<Made>,
    clients: Vec<Client>,
}

fn session(row: ListedConnection, about: &About, question: &Question) -> AgentSession {
    let client = about.clients.iter().find(|client| client.id == row.client_id);
    let ends_at = row.expires_at.min(row.last_used_at.plus(row.idle_limit));
    let state = SessionState::of(row.ended, circumstances(&row, &about.made, ends_at, question.now));
    AgentSession {
        id: row.id,
        trust: client.map_or(Trust::Unverified, |client| client.trust_of(&row.redirect_uri)),
        client: client.cloned(),
        client_id: row.client_id.into_string(),
        pseudonym: row.pseudonym,
        scope: row.scope,
        authorized_at: row.connected_at,
        last_used_at: row.is_redeemed.then_some(row.last_used_at),
        ends_at: if row.is_redeemed { ends_at } else { row.code_expires_at.min(ends_at) },
        state,
        grace_replays: row.grace_replays,
        folded: Vec::new(),
    }
}

/// The same decision as the database's when it narrows by state.
fn circumstances(row: &ListedConnection, made: &[Made], ends_at: Timestamp, now: Timestamp) -> Circumstances {
    let covers = |target: &Target| match target {
        Target::Issuer => true,
        Target::Client(id) => id == row.client_id.as_str(),
        Target::Shopper(subject) => *subject == row.subject,
        Target::Grant(id) => id == row.grant_id.as_str(),
    };
    let (mut shut_out, mut is_held) = (None, false);
    for Made { restriction, by } in made.iter().filter(|made| covers(&made.restriction.target)) {
        match restriction.effect {
            // Decision 4: compared with the connection's creation.
            Effect::NotBefore if row.connected_at <= restriction.since => {
                // What the staff ended is theirs, whatever the shopper did before or after.
                shut_out = match (shut_out, end_reason_of(by)) {
                    (Some(EndReason::RevokedByStaff), _) => shut_out,
                    (_, reason) => Some(reason),
                };
            }
            Effect::NotBefore | Effect::Narrowed => {}
            Effect::Paused | Effect::PausedByShopper | Effect::Off => is_held = true,
        }
    }
    let is_past = ends_at <= now || (!row.is_redeemed && row.code_expires_at <= now);
    Circumstances { shut_out, is_held, is_past }
}

#[cfg(test)]
mod tests;
