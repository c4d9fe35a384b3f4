//! What the shopper's ceiling does to purchases, and purchases to what is left of it.

use super::*;
use crate::domain::spending_limit::SpendingLimit;
use crate::purchases::ledger;
use crate::storage::grants::{Terms, set_terms};

/// Of the document that these tests ask for.
pub(super) const TOTAL: i64 = 1_490;

impl Shop {
    async fn limit(&self, per_order: Option<i64>, per_month: Option<i64>) {
        let limit = SpendingLimit::new("EUR".parse().unwrap(), per_order, per_month);
        let (id, scope) = (self.connection.grant_id.clone(), self.connection.scope);
        write(&self.db, move |tx| set_terms(tx, &id, &Terms { scope, limit, client_digest: None })).await;
    }

    pub(super) async fn spent(&self) -> i64 {
        let id = self.connection.grant_id.clone();
        let (euros, month) = ("EUR".parse().unwrap(), (at(0), "Europe/Paris"));
        write(&self.db, move |tx| {
            let agent = ledger::agent_of(tx, &id)?;
            ledger::spent_of(tx, &agent, euros, month)
        })
        .await
    }
}

#[tokio::test]
async fn a_yes_counts_until_it_is_used_and_an_order_for_good() {
    let shop = Shop::open().await;
    shop.limit(None, Some(2 * TOTAL)).await;
    let (one, other) = (shop.ask("one", 0).await, shop.ask("other", 1).await);
    assert_eq!(shop.spent().await, 0, "what awaits an answer counts nothing");
    assert_eq!(shop.decide(&one, Decision::Approve, 2).await, Answered::Done);
    assert_eq!(shop.decide(&other, Decision::Decline, 2).await, Answered::Done);
    assert_eq!(shop.spent().await, TOTAL);
    assert_eq!(shop.consume(&one, "one", 3).await, Ok(PurchaseState::Consumed));
    write(&shop.db, |tx| ledger::expire(tx, at(9_000_000))).await;
    assert_eq!(shop.spent().await, TOTAL, "what the store has taken never expires");
    assert_eq!(shop.settle(&one, Some("order-1")).await, Ok(PurchaseState::Completed));
    assert_eq!(shop.settle(&one, Some("order-1")).await, Ok(PurchaseState::Completed));
    assert_eq!(shop.spent().await, TOTAL);
}

#[tokio::test]
async fn what_was_given_back_or_never_used_counts_no_longer() {
    let shop = Shop::open().await;
    let (one, other) = (shop.ask("one", 0).await, shop.ask("other", 0).await);
    for id in [&one, &other] {
        shop.decide(id, Decision::Approve, 1).await;
    }
    assert_eq!(shop.spent().await, 2 * TOTAL);
    shop.consume(&one, "one", 2).await.unwrap();
    assert_eq!(shop.settle(&one, None).await, Ok(PurchaseState::Released));
    assert_eq!(shop.spent().await, TOTAL);
    write(&shop.db, |tx| ledger::expire(tx, at(3_600))).await;
    assert_eq!(shop.spent().await, 0);
}

#[tokio::test]
async fn what_was_never_used_stands_in_nobodys_way_before_the_sweeper_has_come_by() {
    let shop = Shop::open().await;
    shop.limit(None, Some(TOTAL)).await;
    let one = shop.ask("one", 0).await;
    assert_eq!(shop.decide(&one, Decision::Approve, 1).await, Answered::Done);
    let other = shop.ask("other", 601).await;
    assert_eq!(shop.decide(&other, Decision::Approve, 602).await, Answered::Done);
}

#[tokio::test]
async fn nobody_is_asked_for_what_is_above_the_ceiling() {
    let shop = Shop::open().await;
    for (per_order, per_month) in [(Some(TOTAL - 1), None), (None, Some(TOTAL - 1))] {
        shop.limit(per_order, per_month).await;
        let refused = shop.register(shop.purchase("one", "one"), 0).await.unwrap_err();
        assert_eq!(refused.refusal, Refusal::OverLimit);
    }
    shop.limit(Some(TOTAL), Some(TOTAL)).await;
    shop.ask("one", 0).await;
}

#[tokio::test]
async fn a_ceiling_lowered_since_stops_the_yes_and_decides_nothing() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    shop.limit(Some(TOTAL - 1), None).await;
    assert_eq!(shop.decide(&id, Decision::Approve, 1).await, Answered::OverLimit);
    assert_eq!((shop.state(&id, 2).await, shop.spent().await), (PurchaseState::AwaitingApproval, 0));
    assert_eq!(shop.consume(&id, "one", 3).await, Err(Refusal::NotApproved));
    shop.limit(Some(TOTAL), None).await;
    assert_eq!(shop.decide(&id, Decision::Approve, 4).await, Answered::Done);
    assert_eq!(shop.decide(&id, Decision::Approve, 5).await, Answered::NotAnyMore);
    assert_eq!(shop.spent().await, TOTAL, "once");
}

#[tokio::test]
async fn what_another_has_used_up_is_not_there_for_the_next() {
    let shop = Shop::open().await;
    let (one, other) = (shop.ask("one", 0).await, shop.ask("other", 0).await);
    shop.limit(None, Some(2 * TOTAL - 1)).await;
    assert_eq!(shop.decide(&one, Decision::Approve, 1).await, Answered::Done);
    assert_eq!(shop.decide(&other, Decision::Approve, 1).await, Answered::OverLimit);
    let later = shop.register(shop.purchase("later", "later"), 2).await.unwrap_err();
    assert_eq!(later.refusal, Refusal::OverLimit);
}

#[tokio::test]
async fn an_approved_purchase_that_a_newer_one_of_its_cart_replaces_counts_no_longer() {
    let shop = Shop::open().await;
    shop.limit(None, Some(2 * TOTAL)).await;
    let one = shop.register(shop.purchase("one", "cart"), 0).await.unwrap().found.purchase.id;
    shop.decide(&one, Decision::Approve, 1).await;
    let two = shop.register(shop.purchase("two", "cart"), 2).await.unwrap().found.purchase.id;
    assert_eq!((shop.state(&one, 3).await, shop.spent().await), (PurchaseState::Superseded, 0));
    assert_eq!(shop.decide(&two, Decision::Approve, 3).await, Answered::Done);
    assert_eq!(shop.spent().await, TOTAL);
}

#[tokio::test]
async fn the_shoppers_own_pause_holds_purchases_too() {
    let shop = Shop::open().await;
    let (one, other) = (shop.ask("one", 0).await, shop.ask("other", 0).await);
    shop.decide(&one, Decision::Approve, 1).await;
    let target = Target::Grant(shop.connection.grant_id.to_string());
    shop.restrict(Effect::PausedByShopper, target.clone(), 2).await;
    assert_eq!(shop.consume(&one, "one", 3).await, Err(Refusal::Paused));
    assert_eq!(shop.decide(&other, Decision::Approve, 3).await, Answered::NotAnyMore);
    let refused = shop.register(shop.purchase("more", "more"), 3).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::Paused);
    shop.lift(Effect::PausedByShopper, target).await;
    assert_eq!(shop.consume(&one, "one", 4).await, Ok(PurchaseState::Consumed));
    assert_eq!(shop.decide(&other, Decision::Approve, 4).await, Answered::Done);
}
