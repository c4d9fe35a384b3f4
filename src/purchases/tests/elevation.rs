//! H20: purchases of agents that may not begin checkouts.

use mcp_resource::wire::ScopeSet;
use mcp_resource::wire::purchase::{NewPurchase, Offer, PurchaseState, Refusal};

use super::super::Decision;
use super::super::standing::offer;
use super::{Answered, Shop, caller, consume};
use crate::domain::PurchaseId;
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::client::AgentClass;
use crate::domain::connection::EndReason;
use crate::domain::evidence::{Check, Evidence};
use crate::merchant::policy;
use crate::merchant::testing::{act, at, database, write};
use crate::storage::grants;

const SHOPPING: &str = "products:read cart:write";

impl Shop {
    async fn without_checkout(scope: &str) -> Self {
        Self::holding(database().await, "agent", "maya", scope.parse().unwrap()).await
    }

    async fn decree(&self, wanted: AgentPolicy) {
        write(&self.db, move |tx| policy::set(tx, &act("live", at(0)), &wanted)).await;
    }

    /// The merchant lets such agents have links, or takes that back.
    async fn give_links(&self, checkout_links: bool) {
        self.decree(AgentPolicy { checkout_links, ..AgentPolicy::default() }).await;
    }

    fn elevation(&self, checkout: &str) -> NewPurchase {
        NewPurchase { is_elevation: true, ..self.purchase(checkout, checkout) }
    }

    async fn offer(&self) -> Result<(), Refusal> {
        let grant_id = self.connection.grant_id.to_string();
        let asked = Offer { grant_id, connection_id: self.connection.id.to_string() };
        write(&self.db, move |tx| offer(tx, &caller(at(1)), &asked)).await.map_err(|refused| refused.refusal)
    }

    /// That there is no link, nor a purchase.
    async fn gives_none(&self, refusal: Refusal) {
        assert_eq!(self.offer().await, Err(refusal));
        let refused = self.register(self.elevation("none"), 1).await.map(|_| ()).map_err(|refused| refused.refusal);
        assert_eq!(refused, Err(refusal));
    }
}

#[tokio::test]
async fn a_yes_to_an_agent_that_may_not_check_out_is_for_this_purchase_alone() {
    let shop = Shop::without_checkout(SHOPPING).await;
    shop.give_links(true).await;
    assert_eq!(shop.offer().await, Ok(()));
    let id = shop.register(shop.elevation("one"), 0).await.unwrap().found.purchase.id;
    assert_eq!(shop.decide(&id, Decision::Approve, 1).await, Answered::Done);
    assert_eq!(shop.consume(&id, "one", 2).await, Ok(PurchaseState::Consumed));

    let grant_id = shop.connection.grant_id.clone();
    let issuer_id = shop.connection.issuer_id.clone();
    let grant = write(&shop.db, move |tx| grants::find(tx, &issuer_id, &grant_id)).await.unwrap();
    assert_eq!(grant.scope, SHOPPING.parse::<ScopeSet>().unwrap());
    let plain = shop.register(shop.purchase("two", "two"), 3).await.unwrap_err();
    assert_eq!(plain.refusal, Refusal::GrantEnded, "nothing else has become possible");
}

#[tokio::test]
async fn nobody_gets_a_link_unless_the_merchant_the_class_and_the_grant_allow_it() {
    let shop = Shop::without_checkout(SHOPPING).await;
    shop.gives_none(Refusal::NotOffered).await;
    shop.decree(AgentPolicy { checkout_links: true, unverified: AgentClass::Browse, ..AgentPolicy::default() }).await;
    shop.gives_none(Refusal::NotOffered).await;
    let looking = Shop::without_checkout("products:read").await;
    looking.give_links(true).await;
    looking.gives_none(Refusal::NotOffered).await;
    shop.give_links(true).await;
    assert_eq!(shop.offer().await, Ok(()));
    for checkout in ["a", "b", "c"] {
        let id = shop.register(shop.elevation(checkout), 1).await.unwrap().found.purchase.id;
        shop.decide(&id, Decision::Decline, 1).await;
    }
    shop.gives_none(Refusal::Silenced).await;
}

#[tokio::test]
async fn what_the_merchant_takes_back_before_the_yes_cannot_be_approved() {
    let shop = Shop::without_checkout(SHOPPING).await;
    shop.give_links(true).await;
    let id = shop.register(shop.elevation("one"), 0).await.unwrap().found.purchase.id;
    shop.give_links(false).await;
    assert_eq!(shop.decide(&id, Decision::Approve, 1).await, Answered::NotAnyMore);
    assert_eq!(shop.consume(&id, "one", 2).await, Err(Refusal::GrantEnded));
    assert_eq!(shop.decide(&id, Decision::Decline, 3).await, Answered::Done, "no is always possible");
}

/// One purchase, by the shopper's yes to its link.
async fn approved() -> (Shop, PurchaseId) {
    let shop = Shop::without_checkout(SHOPPING).await;
    shop.give_links(true).await;
    let id = shop.register(shop.elevation("one"), 0).await.unwrap().found.purchase.id;
    assert_eq!(shop.decide(&id, Decision::Approve, 1).await, Answered::Done);
    (shop, id)
}

/// What the resource server was refused with, and why, as `tillgate why` says it.
async fn refused(shop: &Shop, id: &PurchaseId) -> (Refusal, Evidence) {
    let (id, digest) = (id.clone(), shop.purchase("", "").document.digest().unwrap());
    let refused = write(&shop.db, move |tx| consume::consume(tx, &caller(at(2)), &id, ("one", &digest))).await;
    let refused = refused.unwrap_err();
    (refused.refusal, refused.evidence)
}

#[tokio::test]
async fn what_the_shopper_takes_away_after_the_yes_to_one_purchase_counts_for_it() {
    let (shop, id) = approved().await;
    shop.terms("products:read", None).await;
    let why = Check::PurchaseGrant.found("a grant that holds cart:write", "products:read");
    assert_eq!(refused(&shop, &id).await, (Refusal::GrantEnded, why));
    assert_eq!(shop.state(&id, 2).await, PurchaseState::Cancelled);
    shop.terms(SHOPPING, None).await;
    assert_eq!(shop.consume(&id, "one", 3).await, Ok(PurchaseState::Consumed), "a new consent");
}

#[tokio::test]
async fn what_the_merchant_takes_away_after_the_yes_to_one_purchase_counts_for_it() {
    let (shop, id) = approved().await;
    shop.give_links(false).await;
    let expected = "a store that gives links to agents that may not begin checkouts";
    assert_eq!(
        refused(&shop, &id).await,
        (Refusal::GrantEnded, Check::PurchaseLinks.found(expected, "one that gives none"))
    );
    assert_eq!(shop.state(&id, 2).await, PurchaseState::Cancelled);
    shop.decree(AgentPolicy { checkout_links: true, unverified: AgentClass::Browse, ..AgentPolicy::default() }).await;
    let expected = "an agent whose class may begin checkouts";
    let why = Check::PurchaseGrant.found(expected, "products:read inventory:read offline_access");
    assert_eq!(refused(&shop, &id).await, (Refusal::GrantEnded, why));
}

/// Its agent lacks a permission, and the yes was about that: it takes nothing away. What was used goes on.
#[tokio::test]
async fn the_permission_that_a_yes_to_one_purchase_was_about_is_not_missed_when_it_is_used() {
    let (shop, id) = approved().await;
    shop.end_connection(EndReason::Superseded).await;
    assert_eq!(shop.consume(&id, "one", 2).await, Ok(PurchaseState::Consumed));
    shop.give_links(false).await;
    shop.terms("products:read", None).await;
    assert_eq!(shop.consume(&id, "one", 3).await, Ok(PurchaseState::Consumed), "F23");
    assert_eq!(shop.settle(&id, Some("order")).await, Ok(PurchaseState::Completed));
}
