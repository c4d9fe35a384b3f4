//! A resource server registers a frozen checkout, which then awaits the shopper (F20). The call names the grant and the
//! connection; both have to be live, each other's, and the caller's. The digest is computed here, over what is displayed.
//!
//! An agent cannot wear the shopper down: one purchase of a cart and three of an agent await an answer, new ones and mails are
//! counted, and three times no in a row is no to all that follow. What the merchant has merged is one agent.

use mcp_resource::wire::purchase::{NewPurchase, Refusal};
use uuid::Uuid;

use super::permission::judged;
use super::trail::{self, Actor};
use super::{Caller, Found, Refused, by_rule, ledger, standing};
use crate::domain::audit::AuditKind;
use crate::domain::connection::Connection;
use crate::domain::evidence::Check;
use crate::domain::grant::Grant;
use crate::domain::purchase::{
    ASKING_WINDOW, Invalid, LIFETIME, MAIL_WINDOW, MOST_MAILS, Purchase, Stage, Standing, Terms, validate, validate_id,
};
use crate::domain::{GrantId, PurchaseId, Timestamp};
use crate::storage::{DbConnection, StorageResult, Tx, consent_receipts, purchase_declines, purchases, shoppers};

#[derive(Debug, Clone)]
pub struct Registered {
    pub found: Found,
    /// It was there before.
    pub was_there: bool,
    /// Whom to write to, if they have not had enough.
    pub mail_to: Option<String>,
    /// The language that they consented in.
    pub locale: Option<String>,
}

/// What a call names, once it is known to be the caller's.
struct Named {
    grant: Grant,
    connection: Connection,
    digest: [u8; 32],
}

pub fn register(tx: &mut Tx<'_>, caller: &Caller, new: NewPurchase) -> StorageResult<Result<Registered, Refused>> {
    let named = match named(tx, caller, &new)? {
        Ok(named) => named,
        Err(refused) => return Ok(Err(refused)),
    };
    // One after the other for one shopper: what is counted below stays as it was counted. A deleted account has no live
    // connection, which is looked at afterwards.
    shoppers::hold(tx, &named.grant.shopper_id)?;
    let checkout = (caller.resource.as_str(), new.checkout_id.as_str());
    if let Some(found) = purchases::find_by_checkout(tx, &caller.issuer.id, checkout)? {
        // As whoever looks at it is told: what was taken back since counts here as well.
        let found = judged(tx, found, &caller.store)?;
        return Ok(there(found, &named));
    }
    let agent = ledger::agent_of(tx, &named.grant.id)?;
    if let Some(refused) = refusal(tx, caller, (&named, &agent), &new)? {
        return Ok(Err(refused));
    }
    let purchase = purchase(caller, &named, new);
    let mail_to = if caller.has_mail { mail_to(tx, &purchase)? } else { None };
    let locale = match mail_to {
        Some(_) => consent_receipts::newest_locale(tx, &purchase.grant_id)?,
        None => None,
    };
    let mailed_at = mail_to.as_ref().map(|_| purchase.created_at);
    let surplus = match tx.attempt(|tx| replace(tx, (&purchase, &agent), mailed_at))? {
        Ok(surplus) => surplus,
        Err(refused) => return Ok(Err(refused)),
    };
    let Connection { pseudonym, redirect_uri, .. } = named.connection;
    let scope = named.grant.scope;
    let mut found = Found { purchase, standing: Standing::Live, scope, pseudonym, redirect_uri };
    // Nothing is bought without asking that the shopper would not be told of.
    let rule = if mail_to.is_some() { by_rule::approve(tx, caller, (&mut found, &agent))? } else { None };
    if rule.is_none() {
        // What awaits nobody's answer pushes nothing out that does.
        purchases::supersede(tx, &surplus)?;
    }
    let resource = Actor::Resource(&caller.resource);
    trail::record(tx, AuditKind::PurchaseRequested, &found, (resource, &caller.occasion), "ok");
    if let Some(rule) = rule {
        trail::record(tx, AuditKind::PurchaseApproved, &found, (Actor::Rule(&rule), &caller.occasion), "ok");
    }
    Ok(Ok(Registered { found, was_there: false, mail_to, locale }))
}

fn named(connection: &mut DbConnection, caller: &Caller, new: &NewPurchase) -> StorageResult<Result<Named, Refused>> {
    let ids = [("grant_id", &new.grant_id), ("checkout_id", &new.checkout_id), ("cart_id", &new.cart_id)];
    let ids = ids.into_iter().chain(new.jti.as_ref().map(|jti| ("jti", jti)));
    if let Some(invalid) = ids.map(|(name, id)| validate_id(name, id)).find_map(Result::err) {
        return Ok(Err(Refused::invalid(invalid)));
    }
    let Ok(digest) = new.document.digest() else {
        let (expected, presented) = ("a document with a canonical form".to_owned(), "another".to_owned());
        return Ok(Err(Refused::invalid(Invalid { expected, presented })));
    };
    let pair = standing::pair(connection, caller, (&new.grant_id, &new.connection_id))?;
    Ok(pair.map(|(grant, connection)| Named { grant, connection, digest }))
}

/// Frozen: a checkout is registered once, with one document, for one grant.
fn there(found: Found, named: &Named) -> Result<Registered, Refused> {
    if found.purchase.grant_id != named.grant.id || found.purchase.digest != named.digest {
        let evidence =
            Check::PurchaseDigest.found("what this checkout was registered with", "another document or grant");
        return Err(Refused::new(Refusal::DigestDiffers, evidence));
    }
    Ok(Registered { found, was_there: true, mail_to: None, locale: None })
}

/// In the order of what the caller can do about it: nothing, later, another document, in an hour, another day.
fn refusal(
    connection: &mut DbConnection,
    caller: &Caller,
    (named, agent): (&Named, &[GrantId]),
    new: &NewPurchase,
) -> StorageResult<Option<Refused>> {
    let pair = (&named.grant, &named.connection);
    if let Some(refused) = standing::refusal(connection, caller, pair, new.is_elevation)? {
        return Ok(Some(refused));
    }
    let environment = caller.issuer.environment.to_string();
    let terms = Terms {
        currency: caller.store.currency,
        store: &caller.resource,
        environment: &environment,
        // As its token says: a grant may have moved to what the merchant merged its client into.
        agent: named.connection.client_id.as_str(),
    };
    if let Err(invalid) = validate(&new.document, terms) {
        return Ok(Some(Refused::invalid(invalid)));
    }
    let since = caller.occasion.now.minus(ASKING_WINDOW);
    if purchases::count_new(connection, agent, since)? >= caller.most_new {
        let evidence = Check::PurchaseAsking.found(format!("at most {} an hour", caller.most_new), "more");
        return Ok(Some(Refused::new(Refusal::TooMany, evidence)));
    }
    if purchase_declines::is_silenced(connection, agent)? {
        return Ok(Some(Refused::silenced()));
    }
    Ok(None)
}

/// Inserts it in the place of what the cart had before, which then counts no longer, if the shopper's ceiling leaves room: nobody is
/// asked for what they could not approve. To be attempted: a refusal replaces nothing. Returns what is too much beside it, if it
/// is to wait for an answer.
fn replace(
    tx: &mut Tx<'_>,
    (new, agent): (&Purchase, &[GrantId]),
    mailed_at: Option<Timestamp>,
) -> StorageResult<Result<Vec<String>, Refused>> {
    let superseded = purchases::supersede_cart(tx, new)?;
    // Before anything of the ledger is held: who decides on one of these holds it, and waits for the ledger.
    let surplus = purchases::hold_surplus(tx, new, agent)?;
    for superseded in superseded {
        ledger::release(tx, &superseded)?;
    }
    // What is over counts against nobody, also where no sweeper has come by yet.
    ledger::expire_of_agent(tx, agent, new.created_at)?;
    let total = new.document.total;
    if let Some(over) = ledger::over_limit(tx, agent, total, new.created_at)? {
        return Ok(Err(Refused::over_limit(&over, total)));
    }
    if !tx.attempt_insert(|tx| purchases::insert(tx, new, mailed_at))? {
        // Only another shopper's can have come between.
        let evidence = Check::PurchaseDigest.found("a checkout of one shopper", "of two");
        return Ok(Err(Refused::new(Refusal::DigestDiffers, evidence)));
    }
    Ok(Ok(surplus))
}

fn purchase(caller: &Caller, named: &Named, new: NewPurchase) -> Purchase {
    let now = caller.occasion.now;
    let destinations = by_rule::destinations(&caller.keys, &named.grant.id, new.document.ship_to.as_ref());
    Purchase {
        id: PurchaseId::new(Uuid::new_v4().to_string()),
        issuer_id: caller.issuer.id.clone(),
        grant_id: named.grant.id.clone(),
        connection_id: named.connection.id,
        shopper_id: named.grant.shopper_id.clone(),
        client_id: named.connection.client_id.clone(),
        resource: caller.resource.clone(),
        checkout_id: new.checkout_id,
        cart_id: new.cart_id,
        jti: new.jti,
        is_elevation: new.is_elevation,
        document: new.document,
        digest: named.digest,
        destination: destinations.first().copied(),
        stage: Stage::Awaiting,
        rule_id: None,
        created_at: now,
        expires_at: now.plus(LIFETIME),
        extended_at: None,
        decided_at: None,
        consumed_at: None,
        settled_at: None,
        order_id: None,
    }
}

fn mail_to(connection: &mut DbConnection, purchase: &Purchase) -> StorageResult<Option<String>> {
    let since = purchase.created_at.minus(MAIL_WINDOW);
    if purchases::count_mails(connection, &purchase.shopper_id, since)? >= MOST_MAILS {
        return Ok(None);
    }
    Ok(shoppers::find(connection, &purchase.shopper_id)?.map(|shopper| shopper.email))
}
