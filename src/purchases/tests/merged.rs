//! What the merchant has merged is one agent to the shopper: with one limit, one count of noes and one place to wait in.

use super::super::listing::awaiting;
use super::super::{asking, ledger};
use super::*;
use crate::accounts::agents::disconnect;
use crate::accounts::narrowing::{Left, Narrowed, narrow};
use crate::domain::ClientId;
use crate::domain::client::AgentClass;
use crate::domain::spending_limit::SpendingLimit;
use crate::storage::client_decisions;

/// Of the document that these tests ask for.
const TOTAL: i64 = 1_490;
const ALL: &str = "products:read cart:write checkout:initiate";

impl Shop {
    /// The same shopper with a grant of what this one's client is merged into.
    pub(super) async fn merged_into(&self, db: Database, client: &str) -> Self {
        let successor = Self::with(db, client, "maya").await;
        let (old, new) = (self.connection.client_id.clone(), ClientId::new(client));
        write(&self.db, move |tx| client_decisions::set_merged(tx, &issuer_id("live"), &old, &new)).await;
        successor
    }

    async fn limited(&self, per_order: Option<i64>, per_month: Option<i64>) {
        self.terms(ALL, SpendingLimit::new("EUR".parse().unwrap(), per_order, per_month)).await;
    }

    async fn buys(&self, checkout: &str, seconds: i64) -> Result<PurchaseId, Refusal> {
        let registered = self.register(self.purchase(checkout, checkout), seconds).await;
        let id = registered.map_err(|refused| refused.refusal)?.found.purchase.id;
        assert_eq!(self.decide(&id, Decision::Approve, seconds).await, Answered::Done);
        Ok(id)
    }
}

async fn merged() -> (Shop, Shop) {
    let old = Shop::open().await;
    let new = old.merged_into(old.db.clone(), "successor").await;
    (old, new)
}

#[tokio::test]
async fn what_is_merged_spends_one_limit() {
    let (old, new) = merged().await;
    old.limited(None, Some(2 * TOTAL)).await;
    new.limited(None, Some(2 * TOTAL)).await;
    let asked = new.ask("asked before", 0).await;
    let first = old.buys("one", 1).await.unwrap();
    new.buys("two", 2).await.unwrap();
    for shop in [&old, &new] {
        assert_eq!(shop.buys("three", 3).await, Err(Refusal::OverLimit), "{}", shop.connection.client_id);
        assert_eq!(shop.spent().await, 2 * TOTAL);
    }
    assert_eq!(new.decide(&asked, Decision::Approve, 3).await, Answered::OverLimit);
    // What the one gives back is there for the other.
    old.consume(&first, "one", 4).await.unwrap();
    assert_eq!(old.settle(&first, None).await, Ok(PurchaseState::Released));
    assert_eq!(new.decide(&asked, Decision::Approve, 5).await, Answered::Done);
}

#[tokio::test]
async fn what_one_of_the_merged_never_used_stands_in_nobodys_way_before_the_sweeper_has_come_by() {
    let (old, new) = merged().await;
    old.limited(None, Some(TOTAL)).await;
    old.buys("one", 0).await.unwrap();
    assert_eq!(new.buys("two", 1).await, Err(Refusal::OverLimit));
    new.buys("three", 601).await.unwrap();
}

#[tokio::test]
async fn the_lowest_ceiling_holds_for_all_that_is_merged_and_for_nobody_else() {
    let (old, new) = merged().await;
    let stranger = Shop::with(old.db.clone(), "stranger", "maya").await;
    let other = Shop::with(old.db.clone(), "agent", "paul").await;
    new.limited(Some(TOTAL - 1), None).await;
    let refused = old.register(old.purchase("one", "one"), 0).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::OverLimit);
    assert!(refused.evidence.expected.to_string().contains("14.89 EUR per order"), "{:?}", refused.evidence);
    stranger.buys("of another agent", 1).await.unwrap();
    other.buys("of another shopper", 1).await.unwrap();
    // What has ended holds nobody.
    let id = new.connection.grant_id.clone();
    write(&old.db, move |tx| grants::end(tx, &id, "shopper", at(2))).await;
    old.buys("two", 3).await.unwrap();
}

#[tokio::test]
async fn noes_to_any_of_the_merged_silence_all_of_it_and_one_word_lifts_that() {
    let (old, new) = merged().await;
    for (n, shop) in [&old, &new, &old].into_iter().enumerate() {
        let id = shop.ask(&format!("n{n}"), 0).await;
        assert_eq!(shop.decide(&id, Decision::Decline, 1).await, Answered::Done);
    }
    for shop in [&old, &new] {
        assert_eq!(shop.register(shop.purchase("x", "x"), 2).await.unwrap_err().refusal, Refusal::Silenced);
    }
    let (shopper, grant) = (new.shopper.clone(), new.connection.grant_id.clone());
    assert!(write(&new.db, move |tx| asking::allow(tx, &shopper, &grant, &occasion(at(3)))).await);
    old.ask("y", 4).await;
    // A yes to the one begins the other's count anew.
    for (n, shop) in [&old, &old, &new, &old].into_iter().enumerate() {
        let id = shop.ask(&format!("again {n}"), 5).await;
        let decision = if n == 2 { Decision::Approve } else { Decision::Decline };
        assert_eq!(shop.decide(&id, decision, 6).await, Answered::Done);
    }
    new.ask("z", 7).await;
}

#[tokio::test]
async fn what_is_merged_has_three_that_await_the_shopper() {
    let (old, new) = merged().await;
    for (n, shop) in [&old, &new, &old, &new].into_iter().enumerate() {
        shop.ask(&format!("n{n}"), i64::try_from(n).unwrap()).await;
    }
    let shopper = old.shopper.clone();
    let listed = write(&old.db, move |tx| awaiting(tx, &shopper, (&store("fern"), at(5)))).await;
    let listed: Vec<_> = listed.iter().map(|listed| listed.found.purchase.checkout_id.as_str()).collect();
    assert_eq!(listed, ["n1", "n2", "n3"]);
}

/// Its tokens go on to name the client that they were minted for, and the documents of its purchases with them.
#[tokio::test]
async fn what_has_moved_to_a_successor_goes_on_buying_and_is_bound_by_both() {
    let shop = Shop::open().await;
    Shop::with(shop.db.clone(), "successor", "paul").await;
    let (old, new) = (shop.connection.client_id.clone(), ClientId::new("successor"));
    let moved = write(&shop.db, move |tx| {
        client_decisions::set_merged(tx, &issuer_id("live"), &old, &new)?;
        client_decisions::move_grants(tx, &issuer_id("live"), &old, &new)
    });
    assert_eq!(moved.await, 1);
    let (one, two) = (shop.buys("one", 1).await.unwrap(), shop.buys("two", 1).await.unwrap());
    assert_eq!(shop.consume(&one, "one", 2).await, Ok(PurchaseState::Consumed));
    let old = shop.connection.client_id.clone();
    let class = Some(AgentClass::Browse);
    write(&shop.db, move |tx| client_decisions::set_class(tx, &issuer_id("live"), &old, class)).await;
    assert_eq!(shop.consume(&two, "two", 3).await, Err(Refusal::GrantEnded));
}

/// Everybody who holds several grants of a shopper, at once: nobody waits for somebody who waits for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn answers_to_what_is_merged_and_taking_it_back_never_wait_in_a_circle() {
    let (old, new) = merged().await;
    let taking = async |shop: &Shop, round: i64| {
        let (shopper, id) = (shop.shopper.clone(), shop.connection.grant_id.clone());
        let limit = SpendingLimit::new("EUR".parse().unwrap(), Some(1_000_000 - round), None);
        let left = Left { scope: ScopeSet::STORE, limit };
        write(&shop.db, move |tx| narrow(tx, &shopper, &id, left, &occasion(at(round)))).await
    };
    for round in 0..6 {
        let (one, other) = (old.ask(&format!("a{round}"), round).await, new.ask(&format!("b{round}"), round).await);
        let (one, other, taken, _, _) = tokio::join!(
            old.decide(&one, Decision::Approve, round),
            new.decide(&other, Decision::Approve, round),
            taking(&old, 2 * round),
            taking(&new, 2 * round + 1),
            write(&old.db, move |tx| ledger::expire(tx, at(9_000)))
        );
        assert_eq!((one, other), (Answered::Done, Answered::Done));
        assert!(matches!(taken, Narrowed::Done | Narrowed::Unchanged), "{taken:?}");
    }
    let id = old.ask("last", 7).await;
    let (shopper, ended) = (new.shopper.clone(), new.connection.grant_id.clone());
    let (_, is_ended) = tokio::join!(
        old.decide(&id, Decision::Approve, 8),
        write(&new.db, move |tx| disconnect(tx, &shopper, &ended, &occasion(at(8))))
    );
    assert!(is_ended);
    assert_eq!(old.consume(&id, "last", 9).await, Err(Refusal::GrantEnded), "the whole card has ended");
}
