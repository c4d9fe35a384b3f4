//! What the shopper or the merchant takes back after a purchase was registered counts for it, until the store has used it.

use super::super::listing::{Filter, awaiting, list};
use super::*;
use crate::accounts::approval_rules::Set;
use crate::domain::Scope;
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::authentication::CheckoutProof;
use crate::domain::client::AgentClass;
use crate::domain::spending_limit::SpendingLimit;
use crate::merchant::policy;
use crate::merchant::testing::act;
use crate::storage::StorageError;

impl Shop {
    pub(super) async fn terms(&self, scope: &str, limit: Option<SpendingLimit>) {
        let (id, scope) = (self.connection.grant_id.clone(), scope.parse().unwrap());
        write(&self.db, move |tx| grants::set_terms(tx, &id, &grants::Terms { scope, limit, client_digest: None }))
            .await;
    }

    async fn class(&self, class: AgentClass) {
        self.policy(AgentPolicy { unverified: class, ..AgentPolicy::default() }).await;
    }

    /// How many purchases stand on top of the shopper's page.
    async fn pending(&self, seconds: i64) -> usize {
        let shopper = self.shopper.clone();
        write(&self.db, move |tx| awaiting(tx, &shopper, (&store("fern"), at(seconds)))).await.len()
    }

    pub(super) async fn policy(&self, wanted: AgentPolicy) {
        write(&self.db, move |tx| {
            policy::set_checkout(tx, &act("live", at(0)), wanted.checkout)?;
            policy::set(tx, &act("live", at(0)), &wanted)
        })
        .await;
    }
}

const ALL: &str = "products:read cart:write checkout:initiate";

#[tokio::test]
async fn checkout_that_the_shopper_took_back_is_neither_approved_nor_used() {
    let shop = Shop::open().await;
    // The last is the one that these tests settle.
    let (approved, asked, used) = (shop.ask("two", 0).await, shop.ask("three", 0).await, shop.ask("one", 0).await);
    shop.decide(&approved, Decision::Approve, 1).await;
    shop.decide(&used, Decision::Approve, 1).await;
    shop.consume(&used, "one", 1).await.unwrap();
    shop.terms("products:read cart:write", None).await;
    assert_eq!(shop.consume(&approved, "two", 2).await, Err(Refusal::GrantEnded));
    assert_eq!(shop.decide(&asked, Decision::Approve, 2).await, Answered::NotAnyMore);
    assert_eq!(shop.state(&asked, 2).await, PurchaseState::Cancelled);
    assert_eq!(shop.consume(&used, "one", 2).await, Ok(PurchaseState::Consumed), "what the store has taken goes on");
    assert_eq!(shop.settle(&used, Some("order")).await, Ok(PurchaseState::Completed));
    assert_eq!(shop.decide(&asked, Decision::Decline, 3).await, Answered::Done, "no counts always");
    shop.terms(ALL, None).await;
    assert_eq!(shop.consume(&approved, "two", 4).await, Ok(PurchaseState::Consumed), "a new consent");
}

#[tokio::test]
async fn checkout_that_the_merchant_took_back_is_neither_approved_nor_used() {
    let shop = Shop::open().await;
    let (approved, asked) = (shop.ask("one", 0).await, shop.ask("two", 0).await);
    shop.decide(&approved, Decision::Approve, 1).await;
    shop.class(AgentClass::Browse).await;
    assert_eq!(shop.consume(&approved, "one", 2).await, Err(Refusal::GrantEnded));
    assert_eq!(shop.state(&approved, 2).await, PurchaseState::Cancelled);
    assert_eq!(shop.decide(&asked, Decision::Approve, 2).await, Answered::NotAnyMore);
    assert_eq!(shop.pending(2).await, 0, "the shopper is not led to what cannot be answered");
    shop.class(AgentClass::Shop).await;
    assert_eq!(shop.pending(2).await, 1);
    assert_eq!(shop.consume(&approved, "one", 3).await, Ok(PurchaseState::Consumed));
    assert_eq!(shop.decide(&asked, Decision::Approve, 3).await, Answered::Done);
}

/// Decision 5: finishing needs the live grant and the purchase, not a fresh `checkout:initiate`.
#[tokio::test]
async fn an_elevation_that_has_run_out_takes_nothing_back() {
    let shop = Shop::open().await;
    assert!(shop.connection.elevated_until <= at(0) && shop.connection.scope.contains(Scope::CheckoutInitiate));
    let id = shop.ask("one", 0).await;
    shop.decide(&id, Decision::Approve, 500).await;
    assert_eq!(shop.consume(&id, "one", 700).await, Ok(PurchaseState::Consumed));
}

#[tokio::test]
async fn the_merchant_s_list_shows_what_whoever_uses_a_purchase_is_told() {
    let shop = Shop::ruled(Some(2_000)).await;
    shop.approve_by_hand().await;
    assert_eq!(shop.state_of("one", 1, |_| ()).await, PurchaseState::Approved);
    assert_eq!(shop.state_of("two", 1, |document| document.ship_to = None).await, PurchaseState::AwaitingApproval);
    let states = async |filter: Filter| {
        let listed: Result<_, StorageError> =
            shop.db.read(move |c| list(c, (&caller(at(2)).issuer, &store("fern")), (&filter, at(2)), None, 50)).await;
        let mut states: Vec<_> = listed
            .unwrap()
            .purchases
            .into_iter()
            .map(|listed| (listed.found.purchase.checkout_id.clone(), format!("{:?}", listed.found.state(at(2)))))
            .collect();
        states.sort();
        states.into_iter().map(|(id, state)| format!("{id}: {state}")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(states(Filter::All).await, "by hand: Consumed, one: Approved, two: AwaitingApproval");
    assert!(shop.take_back().await);
    assert_eq!(states(Filter::All).await, "by hand: Consumed, one: Cancelled, two: AwaitingApproval");
    shop.class(AgentClass::Browse).await;
    assert_eq!(states(Filter::All).await, "by hand: Consumed, one: Cancelled, two: Cancelled");
    assert_eq!(states(Filter::Awaiting).await, "");
}

/// What is demanded ends the rules that stand. One that another replica lets through with what was demanded before comes after.
#[tokio::test]
async fn no_rule_is_set_with_less_than_the_merchant_demands_by_now() {
    let shop = Shop::ruled(None).await;
    assert_eq!(shop.rule(2_000).await, Set::Done);
    let checkout = CheckoutProof { needs_passkey: true, ..CheckoutProof::default() };
    shop.policy(AgentPolicy { approval_rules: true, checkout, ..AgentPolicy::default() }).await;
    assert_eq!(shop.rule(2_000).await, Set::NeedsProof);
}
