//! The file of a shopper's own data: JSON for programs, with the words of the consent page beside each scope for people.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat};
use mcp_resource::wire::ScopeSet;
use serde_json::{Value, json};

use super::super::scopes::sentence_key;
use crate::accounts::export::OwnData;
use crate::accounts::sessions::public_id;
use crate::domain::client::Client;
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::purchase::Purchase;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{ClientId, GrantId, Timestamp};
use crate::keys::IssuerContext;
use crate::locale::Locale;
use crate::storage::consent_receipts::Receipt;
use crate::storage::ledger::Entry;
use crate::storage::own_trail::OwnEntry;

/// RFC 3339, in UTC.
fn time(at: Timestamp) -> Value {
    let at = DateTime::from_timestamp_micros(at.as_micros()).unwrap_or_default();
    json!(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn maybe_time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, time)
}

/// What hangs on each grant, looked up once: an account can have thousands of either.
struct Agents<'a> {
    clients: HashMap<&'a ClientId, &'a Client>,
    connections: HashMap<&'a GrantId, Vec<&'a Connection>>,
    receipts: HashMap<&'a GrantId, Vec<&'a Receipt>>,
    locale: &'a Locale,
}

impl<'a> Agents<'a> {
    fn of(data: &'a OwnData, locale: &'a Locale) -> Self {
        Self {
            clients: data.clients.iter().map(|client| (&client.id, client)).collect(),
            connections: by_grant(&data.connections, |row| &row.grant_id),
            receipts: by_grant(&data.receipts, |receipt| &receipt.grant_id),
            locale,
        }
    }
}

/// In the order of the list.
fn by_grant<'a, T>(list: &'a [T], grant: impl Fn(&'a T) -> &'a GrantId) -> HashMap<&'a GrantId, Vec<&'a T>> {
    let mut grouped: HashMap<&GrantId, Vec<&T>> = HashMap::new();
    for one in list {
        grouped.entry(grant(one)).or_default().push(one);
    }
    grouped
}

/// Indented, so that it can be read as it is.
pub(super) fn write(data: &OwnData, context: &IssuerContext, locale: &Locale, now: Timestamp) -> Vec<u8> {
    let list = |values: Vec<Value>| Value::Array(values);
    let agents = Agents::of(data, locale);
    let file = json!({
        "store": context.store.name,
        "environment": context.issuer.environment.as_str(),
        "made_at": time(now),
        "is_complete": data.is_complete,
        "account": account(data),
        "browsers": list(data.sessions.iter().map(|session| json!({
            "id": public_id(&session.token_hash),
            "program": session.device.program.as_str(),
            "system": session.device.system.as_str(),
            "signed_in_by": session.method.as_str(),
            "signed_in_at": time(session.created_at),
            "proved_at": session.proved_at().map(time),
            "ends_at": time(session.expires_at),
        })).collect()),
        "agents": list(data.grants.iter().map(|grant| agents.one(grant)).collect()),
        "purchases": list(data.purchases.iter().map(purchase).collect()),
        "spending": list(data.ledger.iter().map(spending).collect()),
        "history": list(data.trail.iter().map(history).collect()),
    });
    serde_json::to_vec_pretty(&file).unwrap_or_default()
}

/// Nothing that signs in: no password, no hash of one, no key.
fn account(data: &OwnData) -> Value {
    let ways = data.identities.iter().map(|way| {
        json!({
            "kind": way.kind.as_str(),
            "provider": way.provider,
            "name": way.label,
            "added_at": time(way.created_at),
            "last_used_at": maybe_time(way.last_used_at),
        })
    });
    json!({
        "email": data.shopper.email,
        "subject": data.shopper.subject,
        "pseudonym": data.pseudonym,
        "created_at": time(data.shopper.created_at),
        "ways_to_sign_in": ways.collect::<Vec<_>>(),
    })
}

impl Agents<'_> {
    fn one(&self, grant: &Grant) -> Value {
        let client = self.clients.get(&grant.client_id);
        let connections = self.connections.get(&grant.id).into_iter().flatten();
        let receipts = self.receipts.get(&grant.id).into_iter().flatten();
        json!({
            "id": grant.id.as_str(),
            "client_id": grant.client_id.as_str(),
            // Its own word.
            "name": client.and_then(|client| client.metadata.client_name.clone()),
            "resource": grant.resource,
            "permissions": permissions(grant.scope, self.locale),
            "limits": limits(grant.limit),
            "linked_at": time(grant.created_at),
            "ended_at": maybe_time(grant.ended_at),
            "connections": connections.map(|row| connection(row, self.locale)).collect::<Vec<_>>(),
            "consents": receipts.map(|receipt| consent(receipt, self.locale)).collect::<Vec<_>>(),
        })
    }
}

fn permissions(scopes: ScopeSet, locale: &Locale) -> Value {
    scopes.iter().map(|scope| json!({ "scope": scope.as_str(), "means": locale.t(sentence_key(scope)) })).collect()
}

fn limits(limit: Option<SpendingLimit>) -> Value {
    limit.map_or(Value::Null, |limit| json!({ "per_order": limit.order(), "per_month": limit.month() }))
}

fn connection(row: &Connection, locale: &Locale) -> Value {
    json!({
        "id": row.id.to_string(),
        "permissions": permissions(row.scope, locale),
        "connected_at": time(row.connected_at),
        "last_used_at": maybe_time((row.generation > 0).then_some(row.last_used_at)),
        "last_network": row.last_network,
        "expires_at": time(row.expires_at),
        "ended_at": maybe_time(row.ended.map(|(at, _)| at)),
        "ended_because": row.ended.map(|(_, reason)| reason.as_str()),
    })
}

fn consent(receipt: &Receipt, locale: &Locale) -> Value {
    json!({
        "at": time(receipt.at),
        "connection_id": receipt.connection_id,
        "client_id": receipt.client_id.as_str(),
        "answer_went_to": receipt.redirect_uri,
        "permissions": permissions(receipt.scope, locale),
        "limits": limits(receipt.limit),
        "checkout_until": time(receipt.elevated_until),
        "access_until": time(receipt.expires_at),
        "access_without_use_seconds": receipt.idle_limit.as_secs(),
        "asked_for_everything_at_once": receipt.is_bundled,
        "for_one_purchase": receipt.purchase_id,
        "text_version": receipt.text_version,
        "language": receipt.locale,
    })
}

fn purchase(purchase: &Purchase) -> Value {
    json!({
        "id": purchase.id.as_str(),
        "agent_id": purchase.grant_id.as_str(),
        "state": purchase.stage.as_str(),
        "asked_at": time(purchase.created_at),
        "decided_at": maybe_time(purchase.decided_at),
        "settled_at": maybe_time(purchase.settled_at),
        "order_id": purchase.order_id,
        "shown": purchase.document,
    })
}

fn spending(entry: &Entry) -> Value {
    json!({
        "agent_id": entry.grant_id.as_str(),
        "purchase_id": entry.purchase_id,
        "month": entry.period.as_str(),
        "amount": entry.amount,
        "currency": entry.currency,
        "state": entry.state.as_str(),
        "order_id": entry.order_id,
    })
}

fn history(entry: &OwnEntry) -> Value {
    // Which of the store's people it was is theirs.
    let by = entry.actor.as_deref().map(|actor| if actor.starts_with("staff:") { "store" } else { actor });
    json!({
        "at": time(entry.at),
        "what": entry.kind,
        "outcome": entry.outcome,
        "by": by.unwrap_or("agent"),
        "client_id": entry.client_id,
        "agent_id": entry.grant_id,
        "connection_id": entry.connection_id,
        "tool": entry.tool,
        "about": entry.object_id,
        "reference_id": entry.reference_id,
    })
}
