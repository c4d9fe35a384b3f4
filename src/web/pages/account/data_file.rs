//! The file of a shopper's own data: JSON for programs, with the words of the consent page beside each scope for people.

use chrono::{DateTime, SecondsFormat};
use mcp_resource::wire::ScopeSet;
use serde_json::{Value, json};

use super::super::Layout;
use crate::accounts::export::OwnData;
use crate::accounts::sessions::public_id;
use crate::domain::Timestamp;
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::purchase::Purchase;
use crate::domain::spending_limit::SpendingLimit;
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

/// Indented, so that it can be read as it is.
pub(super) fn write(data: &OwnData, layout: &Layout<'_>, now: Timestamp) -> Vec<u8> {
    let list = |values: Vec<Value>| Value::Array(values);
    let file = json!({
        "store": layout.store,
        "environment": layout.environment(),
        "made_at": time(now),
        "is_complete": data.is_complete,
        "account": account(data),
        "browsers": list(data.sessions.iter().map(|session| json!({
            "id": public_id(&session.token_hash),
            "program": session.device.program.as_str(),
            "system": session.device.system.as_str(),
            "signed_in_by": session.method.as_str(),
            "signed_in_at": time(session.created_at),
            "proved_at": time(session.authenticated_at),
            "ends_at": time(session.expires_at),
        })).collect()),
        "agents": list(data.grants.iter().map(|grant| agent(grant, data, layout)).collect()),
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

fn agent(grant: &Grant, data: &OwnData, layout: &Layout<'_>) -> Value {
    let client = data.client(&grant.client_id);
    json!({
        "id": grant.id.as_str(),
        "client_id": grant.client_id.as_str(),
        // Its own word.
        "name": client.and_then(|client| client.metadata.client_name.clone()),
        "resource": grant.resource,
        "permissions": permissions(grant.scope, layout),
        "limits": limits(grant.limit),
        "linked_at": time(grant.created_at),
        "ended_at": maybe_time(grant.ended_at),
        "connections": data.connections_of(&grant.id).map(|row| connection(row, layout)).collect::<Vec<_>>(),
        "consents": data.receipts_of(&grant.id).map(|receipt| consent(receipt, layout)).collect::<Vec<_>>(),
    })
}

fn permissions(scopes: ScopeSet, layout: &Layout<'_>) -> Value {
    scopes.iter().map(|scope| json!({ "scope": scope.as_str(), "means": layout.scope(&scope) })).collect()
}

fn limits(limit: Option<SpendingLimit>) -> Value {
    limit.map_or(Value::Null, |limit| json!({ "per_order": limit.order(), "per_month": limit.month() }))
}

fn connection(row: &Connection, layout: &Layout<'_>) -> Value {
    json!({
        "id": row.id.to_string(),
        "permissions": permissions(row.scope, layout),
        "connected_at": time(row.connected_at),
        "last_used_at": maybe_time((row.generation > 0).then_some(row.last_used_at)),
        "last_network": row.last_network,
        "expires_at": time(row.expires_at),
        "ended_at": maybe_time(row.ended.map(|(at, _)| at)),
        "ended_because": row.ended.map(|(_, reason)| reason.as_str()),
    })
}

fn consent(receipt: &Receipt, layout: &Layout<'_>) -> Value {
    json!({
        "at": time(receipt.at),
        "connection_id": receipt.connection_id,
        "client_id": receipt.client_id.as_str(),
        "answer_went_to": receipt.redirect_uri,
        "permissions": permissions(receipt.scope, layout),
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
