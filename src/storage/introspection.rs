//! What introspection asks of the database: one statement for one token, with what the merchant lets its client hold now.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::agent_policies::PolicyRow;
use super::cached::cached;
use super::clients::{ClientRow, with_successors};
use super::limit_columns;
use super::restrictions::{aims_at_it, unrestricted};
use super::schema::{agent_policies, clients, connections, restrictions, revoked_tokens};
use super::{DbConnection, StorageError, StorageResult, each};
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::client::Client;
use crate::domain::restriction::Effect;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::store::Store;
use crate::domain::{ConnectionId, IssuerId, ScopeSet, Timestamp};

/// What is known of the connection of a token that is live.
pub struct Active {
    pub scope: ScopeSet,
    pub redirect_uri: String,
    /// As the rows say: who asks has heard of a change that this server may not have taken in yet. Without the rules about
    /// hosts and redirect URIs.
    pub policy: AgentPolicy,
    /// `None` when it has gone.
    pub client: Option<Client>,
    /// The grant's ceiling, and until when checkout may begin: what a token with checkout says.
    pub limit: Option<SpendingLimit>,
    pub elevated_until: Timestamp,
    /// Its tool calls are held.
    pub is_paused: bool,
}

impl Active {
    /// What it may do now: its own scopes, as far as the merchant lets its client hold them.
    pub fn allowed(&self, store: &Store) -> ScopeSet {
        self.scope.intersection(self.ceiling(store))
    }

    /// What the merchant lets its client hold.
    pub fn ceiling(&self, store: &Store) -> ScopeSet {
        self.policy.ceiling_at(self.client.as_ref(), &self.redirect_uri, store)
    }
}

/// Scope, redirect URI, limit and until when checkout may begin, whether it is paused, and what there is of the other two.
type Row = (String, String, (limit_columns::Columns, i64), bool, Option<ClientRow>, Option<PolicyRow>);

/// `None` unless the connection is live, nothing shuts it out and the token was not revoked alone.
pub fn find_active(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    (id, jti): (ConnectionId, &str),
    now: Timestamp,
) -> StorageResult<Option<Active>> {
    let id = id.to_string();
    let row: Option<Row> = each!(connection, c => cached!(connections::table
        .left_join(clients::table
            .on(clients::issuer_id.eq(connections::issuer_id).and(clients::id.eq(connections::client_id))))
        .left_join(agent_policies::table.on(agent_policies::issuer_id.eq(connections::issuer_id)))
        .filter(connections::id.eq(&id))
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .filter(connections::ended_at.is_null())
        .filter(connections::expires_at.gt(now.as_micros()))
        .filter((connections::last_used_at + connections::idle_limit).gt(now.as_micros()))
        .filter(unrestricted!(issuer_id.as_str()))
        .filter(not(exists(revoked_tokens::table.find((issuer_id.as_str(), jti)))))
        .select((
            connections::scope,
            connections::redirect_uri,
            (
                (connections::limit_currency, connections::limit_per_order, connections::limit_per_month),
                connections::elevated_until,
            ),
            exists(restrictions::table
                .filter(restrictions::issuer_id.eq(issuer_id.as_str()))
                .filter(restrictions::effect.eq(Effect::Paused.as_str())
                    .or(restrictions::effect.eq(Effect::PausedByShopper.as_str())))
                .filter(aims_at_it!())),
            Option::<ClientRow>::as_select(),
            Option::<PolicyRow>::as_select(),
        )))
        .get_result(c)
        .optional())?;
    let Some((scope, redirect_uri, (limit, elevated_until), is_paused, client, policy)) = row else { return Ok(None) };
    let wrong = |column| StorageError::inconsistent("connections", id.as_str(), column);
    let client = client.map(TryInto::try_into).transpose()?;
    let client = with_successors(connection, issuer_id, client.into_iter().collect())?.pop();
    Ok(Some(Active {
        scope: scope.parse().ok().ok_or_else(|| wrong("scope"))?,
        redirect_uri,
        limit: limit_columns::read(limit).map_err(wrong)?,
        elevated_until: Timestamp::from_micros(elevated_until),
        policy: policy.map_or_else(|| Ok(AgentPolicy::default()), PolicyRow::policy)?,
        client,
        is_paused,
    }))
}
