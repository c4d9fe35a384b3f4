//! The clients of an issuer, with how many of their sessions are live and whether they are held: three queries a page.

use std::collections::{HashMap, HashSet};

use mcp_resource::wire::feed::Target;

use super::revocation::Whose;
use crate::domain::agent_policy::Trust;
use crate::domain::client::Client;
use crate::domain::restriction::Effect;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::storage::audit_listing::{By, ClientAct, list_acts};
use crate::storage::client_listing::{self, Filter, Key, Standing};
use crate::storage::console_sessions;
use crate::storage::{DbConnection, StorageResult, client_decisions, clients, restrictions};

/// One client, as the console shows it.
#[derive(Debug, Clone)]
pub struct Agent {
    pub client: Client,
    pub live_sessions: i64,
    pub is_paused: bool,
}

/// What the list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The beginning of an id, or a part of a name.
    pub text: Option<String>,
    pub trust: Option<Trust>,
    pub state: Option<Standing>,
    pub older_than: Option<Key>,
    pub limit: u16,
}

/// One page, newest first, and where the next begins.
pub fn list(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    question: &Question,
    now: Timestamp,
) -> StorageResult<(Vec<Agent>, Option<Key>)> {
    let ids = question.text.as_deref().map(|text| client_listing::find_ids(connection, issuer_id, text)).transpose()?;
    let filter = Filter { ids, trust: question.trust, state: question.state };
    let older_than = question.older_than.as_ref();
    let (listed, has_more) = client_listing::list(connection, issuer_id, &filter, older_than, question.limit)?;
    let ids: Vec<&str> = listed.iter().map(|client| client.id.as_str()).collect();
    let counts = console_sessions::count_live_by_client(connection, issuer_id, &ids, now)?;
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

/// One client, with what was decided about it; `None` when the issuer has none of that id.
#[derive(Debug, Clone)]
pub struct Whole {
    pub agent: Agent,
    /// The ids of what was merged into it.
    pub merged: Vec<String>,
    /// What staff did about it, newest first.
    pub decisions: Vec<ClientAct>,
    /// What shoppers said is wrong with it, or with what was merged into it; newest first.
    pub reports: Vec<ClientAct>,
}

/// So many decisions are shown, and reports.
const DECISIONS: i64 = 20;

pub fn find(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    id: &ClientId,
    now: Timestamp,
) -> StorageResult<Option<Whole>> {
    let Some(client) = clients::find(connection, issuer_id, id)? else { return Ok(None) };
    let merged = client_decisions::list_merged(connection, issuer_id, id.as_str())?;
    let whose = Whose::Client(id.to_string());
    let agent = Agent {
        live_sessions: count_live(connection, issuer_id, &whose, now)?,
        is_paused: restrictions::is_set(connection, issuer_id, Effect::Paused, &Target::Client(id.to_string()))?,
        client,
    };
    let decisions = list_acts(connection, issuer_id, (&[id.as_str()], By::Staff), DECISIONS)?;
    let merged: Vec<String> = merged.into_iter().map(|(id, _)| id).collect();
    let ids: Vec<&str> = [id.as_str()].into_iter().chain(merged.iter().map(String::as_str)).collect();
    let reports = list_acts(connection, issuer_id, (&ids, By::Shoppers), DECISIONS)?;
    Ok(Some(Whole { agent, merged, decisions, reports }))
}

/// How many sessions would end.
pub fn count_live(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    whose: &Whose,
    now: Timestamp,
) -> StorageResult<i64> {
    match whose {
        Whose::Client(id) => {
            // What was merged into it ends with it.
            let merged = client_decisions::list_merged(connection, issuer_id, id)?;
            let ids: Vec<&str> = [id.as_str()].into_iter().chain(merged.iter().map(|(id, _)| id.as_str())).collect();
            let counts = console_sessions::count_live_by_client(connection, issuer_id, &ids, now)?;
            Ok(counts.iter().map(|(_, count)| count).sum())
        }
        Whose::Shopper(pseudonym) => console_sessions::count_live_of_pseudonym(connection, issuer_id, pseudonym, now),
        Whose::Everyone => console_sessions::count_live(connection, issuer_id, now),
    }
}

#[cfg(test)]
mod tests;
