//! The life of a purchase on the database, and everything that must not happen in it.

mod bothering;
mod crowd;
mod elevation;
mod merged;
mod races;
mod rules;
mod spending;
mod taken_back;
mod waiting;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mcp_resource::wire::ScopeSet;
use mcp_resource::wire::feed::Target;
use mcp_resource::wire::purchase::{CheckoutDocument, NewPurchase, PurchaseState, Refusal};

use super::decide::{Answered, Page, decide, extend};
use super::register::{Registered, register};
use super::{Caller, Decision, Refused, consume, settle};
use crate::domain::audit::Occasion;
use crate::domain::connection::{Connection, EndReason};
use crate::domain::issuer::{Environment, Issuer};
use crate::domain::network::Network;
use crate::domain::purchase::MOST_NEW;
use crate::domain::purchase::tests::document;
use crate::domain::restriction::{Effect, Restriction};
use crate::domain::shopper::Shopper;
use crate::domain::{PurchaseId, StoreId, Timestamp};
use crate::keys::{InstallationSecrets, IssuerKeys, Secret};
use crate::merchant::testing::{RESOURCE, at, connection, database, insert, issuer_id, store, write};
use crate::storage::{Database, StorageResult, connections, grants, restrictions, shoppers};
use crate::telemetry::ReferenceId;

fn occasion(now: Timestamp) -> Occasion {
    let network = Network::of("192.0.2.1".parse().unwrap());
    Occasion { now, reference_id: ReferenceId::generate(), network }
}

fn keys() -> Arc<IssuerKeys> {
    let secrets = InstallationSecrets::new(1, BTreeMap::from([(1, Secret::new([3; 32]))])).unwrap();
    Arc::new(IssuerKeys::new(&secrets, "http://localhost:8080").unwrap())
}

fn caller(now: Timestamp) -> Caller {
    let url = "http://localhost:8080".parse().unwrap();
    let issuer = Issuer { id: issuer_id("live"), store_id: StoreId::new("fern"), environment: Environment::Live, url };
    let (store, resource) = (store("fern"), RESOURCE.to_owned());
    Caller { issuer, store, resource, keys: keys(), most_new: MOST_NEW, has_mail: true, occasion: occasion(now) }
}

fn page() -> Page {
    Page { store: store("fern"), text_version: "1", locale: "en" }
}

/// A shop with a connection that can check out, and what happens in it.
struct Shop {
    db: Database,
    connection: Connection,
    shopper: Shopper,
}

impl Shop {
    async fn open() -> Self {
        Self::with(database().await, "agent", "maya").await
    }

    /// The same database with another grant.
    async fn with(db: Database, client: &str, shopper: &str) -> Self {
        let scope = "products:read cart:write checkout:initiate".parse().unwrap();
        Self::holding(db, client, shopper, scope).await
    }

    async fn holding(db: Database, client: &str, shopper: &str, scope: ScopeSet) -> Self {
        let connection = Connection { scope, ..connection("live", client, shopper, at(0)) };
        let inserted = connection.clone();
        let shopper = write(&db, move |tx| {
            insert(tx, &inserted)?;
            shoppers::find(tx, &inserted.shopper_id)
        })
        .await;
        Self { db, connection, shopper: shopper.unwrap() }
    }

    fn purchase(&self, checkout: &str, cart: &str) -> NewPurchase {
        NewPurchase {
            grant_id: self.connection.grant_id.to_string(),
            connection_id: self.connection.id.to_string(),
            checkout_id: checkout.to_owned(),
            cart_id: cart.to_owned(),
            jti: None,
            is_elevation: false,
            document: CheckoutDocument {
                agent: self.connection.client_id.to_string(),
                ..document(&[(2, 500)], 490, 238, true)
            },
        }
    }

    async fn register(&self, new: NewPurchase, seconds: i64) -> Result<Registered, Refused> {
        write(&self.db, move |tx| register(tx, &caller(at(seconds)), new)).await
    }

    async fn ask(&self, checkout: &str, seconds: i64) -> PurchaseId {
        self.register(self.purchase(checkout, checkout), seconds).await.unwrap().found.purchase.id
    }

    async fn decide(&self, id: &PurchaseId, decision: Decision, seconds: i64) -> Answered {
        let (shopper, id) = (self.shopper.clone(), id.clone());
        write(&self.db, move |tx| decide(tx, &shopper, &id, (decision, &occasion(at(seconds))), &page())).await
    }

    async fn consume(&self, id: &PurchaseId, checkout: &str, seconds: i64) -> Result<PurchaseState, Refusal> {
        let (id, checkout) = (id.clone(), checkout.to_owned());
        let digest = self.purchase("", "").document.digest().unwrap();
        let consumed = write(&self.db, move |tx| consume::consume(tx, &caller(at(seconds)), &id, (&checkout, &digest)));
        consumed.await.map(|found| found.state(at(seconds))).map_err(|refused| refused.refusal)
    }

    async fn settle(&self, id: &PurchaseId, order: Option<&'static str>) -> Result<PurchaseState, Refusal> {
        let id = id.clone();
        let settled = write(&self.db, move |tx| settle::settle(tx, &caller(at(9_999)), &id, ("one", order)));
        settled.await.map(|found| found.state(at(9_999))).map_err(|refused| refused.refusal)
    }

    async fn state(&self, id: &PurchaseId, seconds: i64) -> PurchaseState {
        let id = id.clone();
        let found = write(&self.db, move |tx| consume::find(tx, &caller(at(seconds)), &id)).await;
        found.unwrap().state(at(seconds))
    }

    async fn end_connection(&self, reason: EndReason) {
        let id = self.connection.id;
        write(&self.db, move |tx| connections::end(tx, id, reason, at(5))).await;
    }

    async fn restrict(&self, effect: Effect, target: Target, seconds: i64) {
        let restriction = Restriction { effect, target, since: at(seconds) };
        write(&self.db, move |tx| restrictions::set(tx, &issuer_id("live"), &restriction, "staff:sam")).await;
    }

    async fn lift(&self, effect: Effect, target: Target) {
        write(&self.db, move |tx| restrictions::lift(tx, &issuer_id("live"), effect, &target)).await;
    }
}

#[tokio::test]
async fn what_was_approved_is_used_once_and_leads_to_an_order() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    assert_eq!(shop.consume(&id, "one", 1).await, Err(Refusal::NotApproved));
    assert_eq!(shop.decide(&id, Decision::Approve, 2).await, Answered::Done);
    assert_eq!(shop.settle(&id, Some("order-1")).await, Err(Refusal::NotApproved));
    assert_eq!(shop.consume(&id, "one", 3).await, Ok(PurchaseState::Consumed));
    assert_eq!(shop.consume(&id, "one", 4).await, Ok(PurchaseState::Consumed), "F23");
    assert_eq!(shop.consume(&id, "another", 4).await, Err(Refusal::AlreadyUsed));
    for _ in 0..2 {
        assert_eq!(shop.settle(&id, Some("order-1")).await, Ok(PurchaseState::Completed));
    }
    assert_eq!(shop.settle(&id, Some("order-2")).await, Err(Refusal::AlreadyUsed));
    assert_eq!(shop.settle(&id, None).await, Err(Refusal::AlreadyUsed));
    assert_eq!(shop.consume(&id, "one", 5_000).await, Ok(PurchaseState::Completed));
}

#[tokio::test]
async fn what_no_order_came_of_is_given_back_for_good() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    shop.decide(&id, Decision::Approve, 1).await;
    shop.consume(&id, "one", 2).await.unwrap();
    assert_eq!(shop.settle(&id, None).await, Ok(PurchaseState::Released));
    assert_eq!(shop.settle(&id, None).await, Ok(PurchaseState::Released));
    assert_eq!(shop.consume(&id, "one", 3).await, Err(Refusal::AlreadyUsed));
}

#[tokio::test]
async fn a_checkout_registered_again_is_the_purchase_there_is_and_never_another_document() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    let again = shop.register(shop.purchase("one", "one"), 5).await.unwrap();
    assert!(again.was_there && again.mail_to.is_none() && again.found.purchase.id == id);
    let mut elsewhere = shop.purchase("one", "one");
    elsewhere.document.ship_to.as_mut().unwrap().line1 = "Other Street 1".to_owned();
    assert_eq!(shop.register(elsewhere, 5).await.unwrap_err().refusal, Refusal::DigestDiffers);
    let other = Shop::with(shop.db.clone(), "agent", "paul").await;
    assert_eq!(other.register(other.purchase("one", "one"), 5).await.unwrap_err().refusal, Refusal::DigestDiffers);
}

#[tokio::test]
async fn another_destination_or_shipping_than_was_approved_is_not_sold() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    shop.decide(&id, Decision::Approve, 1).await;
    let mut document = shop.purchase("", "").document;
    document.shipping_method = "express".to_owned();
    let (digest, sought) = (document.digest().unwrap(), id.clone());
    let refused = write(&shop.db, move |tx| consume::consume(tx, &caller(at(2)), &sought, ("one", &digest))).await;
    assert_eq!(refused.unwrap_err().refusal, Refusal::DigestDiffers);
    assert_eq!(shop.state(&id, 3).await, PurchaseState::Approved);
}

#[tokio::test]
async fn only_a_live_grant_with_its_own_connection_and_checkout_begins_a_purchase() {
    let shop = Shop::open().await;
    let refusal = async |new| shop.register(new, 1).await.map(|_| ()).unwrap_err().refusal;
    let other = Shop::with(shop.db.clone(), "agent", "paul").await;
    let crossed = NewPurchase { connection_id: other.connection.id.to_string(), ..shop.purchase("one", "one") };
    assert_eq!(refusal(crossed).await, Refusal::Unknown);
    let nobodys = NewPurchase { connection_id: "x".to_owned(), ..shop.purchase("one", "one") };
    assert_eq!(refusal(nobodys).await, Refusal::Unknown);
    let mut elsewhere = caller(at(1));
    elsewhere.resource = "http://localhost:8081/other".to_owned();
    let new = shop.purchase("one", "one");
    let refused = write(&shop.db, move |tx| register(tx, &elsewhere, new)).await;
    assert_eq!(refused.unwrap_err().refusal, Refusal::Unknown);
    let mut sums = shop.purchase("one", "one");
    sums.document.total.amount += 1;
    assert_eq!(refusal(sums).await, Refusal::InvalidDocument);
    let mut sandbox = shop.purchase("one", "one");
    sandbox.document.environment = "sandbox".to_owned();
    assert_eq!(refusal(sandbox).await, Refusal::InvalidDocument);
    let grant = shop.connection.grant_id.clone();
    let browse = grants::Terms { scope: ScopeSet::BROWSE, limit: None, client_digest: None };
    write(&shop.db, move |tx| grants::set_terms(tx, &grant, &browse)).await;
    assert_eq!(refusal(shop.purchase("one", "one")).await, Refusal::GrantEnded);
    shop.end_connection(EndReason::Superseded).await;
    assert_eq!(refusal(shop.purchase("one", "one")).await, Refusal::GrantEnded);
}

#[tokio::test]
async fn a_purchase_outlives_a_connection_that_ended_by_itself_but_not_a_revoked_one() {
    let by_itself = [EndReason::Superseded, EndReason::NeverUsed, EndReason::Expired];
    let revoked =
        [EndReason::RevokedByClient, EndReason::RevokedByStaff, EndReason::RefreshReused, EndReason::SecretRetired];
    for (reasons, lives) in [(by_itself.as_slice(), true), (revoked.as_slice(), false)] {
        for reason in reasons {
            let shop = Shop::open().await;
            let id = shop.ask("one", 0).await;
            shop.decide(&id, Decision::Approve, 1).await;
            shop.end_connection(*reason).await;
            let expected = if lives { Ok(PurchaseState::Consumed) } else { Err(Refusal::GrantEnded) };
            assert_eq!(shop.consume(&id, "one", 6).await, expected, "{reason}");
        }
    }
}

#[tokio::test]
async fn what_ends_or_holds_the_grant_stops_approval_and_use_alike() {
    let target = |shop: &Shop, kind| match kind {
        "grant" => Target::Grant(shop.connection.grant_id.to_string()),
        "client" => Target::Client(shop.connection.client_id.to_string()),
        "shopper" => Target::Shopper(shop.connection.subject.clone()),
        _ => Target::Issuer,
    };
    for kind in ["grant", "client", "shopper", "issuer"] {
        for (effect, refusal) in [(Effect::Paused, Refusal::Paused), (Effect::NotBefore, Refusal::GrantEnded)] {
            let shop = Shop::open().await;
            let (approved, asked) = (shop.ask("one", 0).await, shop.ask("two", 0).await);
            shop.decide(&approved, Decision::Approve, 1).await;
            shop.restrict(effect, target(&shop, kind), 2).await;
            assert_eq!(shop.consume(&approved, "one", 3).await, Err(refusal), "{kind} {effect}");
            assert_eq!(shop.decide(&asked, Decision::Approve, 3).await, Answered::NotAnyMore, "{kind} {effect}");
            assert_eq!(
                shop.register(shop.purchase("x", "x"), 3).await.unwrap_err().refusal,
                refusal,
                "{kind} {effect}"
            );
            shop.lift(effect, target(&shop, kind)).await;
            assert_eq!(shop.consume(&approved, "one", 4).await, Ok(PurchaseState::Consumed), "{kind} {effect}");
        }
    }
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    shop.decide(&id, Decision::Approve, 1).await;
    shop.restrict(Effect::Off, Target::Issuer, 2).await;
    assert_eq!(shop.consume(&id, "one", 3).await, Err(Refusal::Paused));
    shop.lift(Effect::Off, Target::Issuer).await;
    let grant = shop.connection.grant_id.clone();
    write(&shop.db, move |tx| grants::end(tx, &grant, "shopper", at(4))).await;
    assert_eq!(shop.consume(&id, "one", 5).await, Err(Refusal::GrantEnded));
    assert_eq!(shop.state(&id, 5).await, PurchaseState::Cancelled);
}

#[tokio::test]
async fn a_purchase_that_was_used_goes_on_whatever_ends_afterwards() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    shop.decide(&id, Decision::Approve, 1).await;
    shop.consume(&id, "one", 2).await.unwrap();
    shop.end_connection(EndReason::RevokedByStaff).await;
    let grant = shop.connection.grant_id.clone();
    write(&shop.db, move |tx| grants::end(tx, &grant, "shopper", at(4))).await;
    assert_eq!(shop.consume(&id, "one", 5_000).await, Ok(PurchaseState::Consumed));
    assert_eq!(shop.settle(&id, Some("order")).await, Ok(PurchaseState::Completed));
}

#[tokio::test]
async fn time_runs_out_for_answers_and_for_use_and_is_extended_once() {
    let shop = Shop::open().await;
    let (one, two) = (shop.ask("one", 0).await, shop.ask("two", 0).await);
    assert_eq!(shop.decide(&one, Decision::Approve, 600).await, Answered::NotAnyMore);
    assert_eq!(shop.decide(&one, Decision::Decline, 600).await, Answered::NotAnyMore);
    assert_eq!(shop.state(&one, 600).await, PurchaseState::Expired);
    let more = async |seconds| {
        let (shopper, id) = (shop.shopper.clone(), two.clone());
        write(&shop.db, move |tx| extend(tx, &shopper, &id, (&store("fern"), &occasion(at(seconds))))).await
    };
    assert_eq!(more(599).await, Answered::Done);
    assert_eq!(more(600).await, Answered::NotAnyMore, "once");
    assert_eq!(shop.decide(&two, Decision::Approve, 899).await, Answered::Done);
    assert_eq!(shop.consume(&two, "two", 900).await, Err(Refusal::Expired), "F20");
}

#[tokio::test]
async fn a_purchase_is_decided_once_and_by_its_own_shopper() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    let other = Shop::with(shop.db.clone(), "agent", "paul").await;
    assert_eq!(other.decide(&id, Decision::Approve, 1).await, Answered::NotTheirs);
    assert_eq!(shop.decide(&id, Decision::Decline, 2).await, Answered::Done);
    assert_eq!(shop.decide(&id, Decision::Approve, 3).await, Answered::NotAnyMore);
    assert_eq!(shop.consume(&id, "one", 4).await, Err(Refusal::Declined));
    assert_eq!(
        shop.register(shop.purchase("one", "one"), 5).await.unwrap().found.state(at(5)),
        PurchaseState::Declined
    );
}

#[tokio::test]
async fn many_answers_at_once_are_one() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    let answers = (0..16).map(|n| shop.decide(&id, if n % 2 == 0 { Decision::Approve } else { Decision::Decline }, 1));
    let answers = futures_util::future::join_all(answers).await;
    assert_eq!(answers.iter().filter(|answered| **answered == Answered::Done).count(), 1);
}

#[tokio::test]
async fn approval_and_revocation_at_once_leave_nothing_to_use() {
    for _ in 0..8 {
        let shop = Shop::open().await;
        let id = shop.ask("one", 0).await;
        let revoke = async {
            tokio::time::sleep(Duration::from_micros(200)).await;
            shop.restrict(Effect::NotBefore, Target::Grant(shop.connection.grant_id.to_string()), 2).await;
        };
        let (_, ()) = tokio::join!(shop.decide(&id, Decision::Approve, 2), revoke);
        assert_eq!(shop.consume(&id, "one", 3).await, Err(Refusal::GrantEnded));
    }
}

#[tokio::test]
async fn a_connection_that_nobody_used_for_too_long_begins_nothing() {
    const IDLE: i64 = 30 * 86_400;
    let shop = Shop::open().await;
    assert!(shop.register(shop.purchase("one", "one"), IDLE - 1).await.is_ok());
    let refused = shop.register(shop.purchase("two", "two"), IDLE).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::GrantEnded);
}
