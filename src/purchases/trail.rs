//! What the audit trail keeps of purchases: ids, never what was bought or where it goes.

use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject, Occasion};
use crate::domain::{Scope, ScopeSet};
use crate::storage::purchases::Found;
use crate::storage::{Tx, audit};

/// Whose doing it was.
#[derive(Debug, Clone, Copy)]
pub(super) enum Actor<'a> {
    Shopper,
    /// The shopper's rule of this id, in their place.
    Rule(&'a str),
    /// A resource server, by its resource.
    Resource(&'a str),
}

/// `outcome` is `ok`, or a word. A completed one is found by its order, every other by its own id (S1-94).
pub(super) fn record(
    tx: &mut Tx<'_>,
    kind: AuditKind,
    found: &Found,
    (actor, occasion): (Actor<'_>, &Occasion),
    outcome: &str,
) {
    let purchase = &found.purchase;
    let by = match actor {
        Actor::Shopper => "shopper".to_owned(),
        Actor::Rule(id) => format!("rule:{id}"),
        Actor::Resource(resource) => format!("resource:{resource}"),
    };
    let order = purchase.order_id.clone().filter(|_| kind == AuditKind::PurchaseCompleted);
    let entry = AuditEntry {
        outcome: outcome.to_owned(),
        risk: if kind == AuditKind::PurchaseRequested { 1 } else { 2 },
        object_id: Some(order.unwrap_or_else(|| purchase.id.to_string())),
        ..occasion.entry(kind, subject(found), by)
    };
    audit::record(tx, &purchase.issuer_id, &entry);
}

/// C-4: the shopper's yes to an agent that may not begin checkouts is an elevation, for this purchase alone (H20).
pub(super) fn record_elevation(tx: &mut Tx<'_>, found: &Found, occasion: &Occasion) {
    let purchase = &found.purchase;
    let entry = AuditEntry {
        scope: Some(ScopeSet::of(&[Scope::CheckoutInitiate])),
        outcome: "one_purchase".to_owned(),
        risk: 2,
        object_id: Some(purchase.id.to_string()),
        ..occasion.entry(AuditKind::Elevated, subject(found), "shopper".to_owned())
    };
    audit::record(tx, &purchase.issuer_id, &entry);
}

fn subject(found: &Found) -> AuditSubject {
    let purchase = &found.purchase;
    AuditSubject {
        client_id: Some(purchase.client_id.to_string()),
        grant_id: Some(purchase.grant_id.to_string()),
        connection_id: Some(purchase.connection_id.to_string()),
        // Whoever did it: the token that began the purchase, and with it every call that was made with it.
        jti: purchase.jti.clone(),
        pseudonym: Some(found.pseudonym.clone()),
    }
}
