//! A rule buys without asking: only where the shopper set one and the merchant allows it, and never more than it says.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::accounts::approval_rules::{self, Set};
use crate::domain::Money;
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::audit::AuditKind;
use crate::domain::authentication::{Authentication, AuthenticationClass, CheckoutProof};
use crate::domain::purchase::MOST_MAILS;
use crate::domain::spending_limit::SpendingLimit;
use crate::storage::StorageError;
use crate::storage::audit_listing::{self, Filter, Page};

/// Of the document that these tests ask for.
const TOTAL: i64 = 1_490;
const ALL: &str = "products:read cart:write checkout:initiate";
/// A sign-in of just now.
const PROOF: Authentication = Authentication { at: Timestamp::from_micros(0), class: AuthenticationClass::OneFactor };

impl Shop {
    /// With a ceiling for the month, where the merchant allows rules.
    pub(super) async fn ruled(most: Option<i64>) -> Self {
        let shop = Self::open().await;
        shop.allow_rules(true).await;
        shop.ceiling(None, Some(100_000)).await;
        if let Some(most) = most {
            assert_eq!(shop.rule(most).await, Set::Done);
        }
        shop
    }

    async fn allow_rules(&self, approval_rules: bool) {
        self.policy(AgentPolicy { approval_rules, ..AgentPolicy::default() }).await;
    }

    async fn ceiling(&self, per_order: Option<i64>, per_month: Option<i64>) {
        self.terms(ALL, SpendingLimit::new("EUR".parse().unwrap(), per_order, per_month)).await;
    }

    pub(super) async fn rule(&self, most: i64) -> Set {
        self.rule_in(Money::new(most, "EUR".parse().unwrap())).await
    }

    async fn rule_in(&self, most: Money) -> Set {
        let (shopper, id) = (self.shopper.clone(), self.connection.grant_id.clone());
        write(&self.db, move |tx| approval_rules::set(tx, (&shopper, PROOF), &id, most, &occasion(at(0)))).await
    }

    pub(super) async fn take_back(&self) -> bool {
        let (shopper, id) = (self.shopper.clone(), self.connection.grant_id.clone());
        write(&self.db, move |tx| approval_rules::remove(tx, &shopper, &id, &occasion(at(0)))).await
    }

    /// Has the shopper approve one purchase to the address by hand.
    pub(super) async fn approve_by_hand(&self) {
        let id = self.ask("by hand", 0).await;
        assert_eq!(self.state(&id, 0).await, PurchaseState::AwaitingApproval, "an address that is new");
        assert_eq!(self.decide(&id, Decision::Approve, 0).await, Answered::Done);
        self.consume(&id, "by hand", 0).await.unwrap();
    }

    pub(super) async fn state_of_new(
        &self,
        checkout: &str,
        change: impl FnOnce(&mut CheckoutDocument),
    ) -> PurchaseState {
        self.state_of(checkout, 1, change).await
    }

    pub(super) async fn state_of(
        &self,
        checkout: &str,
        seconds: i64,
        change: impl FnOnce(&mut CheckoutDocument),
    ) -> PurchaseState {
        let mut new = self.purchase(checkout, checkout);
        change(&mut new.document);
        self.register(new, seconds).await.unwrap().found.state(at(seconds))
    }
}

#[tokio::test]
async fn a_rule_approves_at_once_what_goes_where_the_shopper_had_things_sent_before() {
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    let registered = shop.register(shop.purchase("one", "one"), 1).await.unwrap();
    let found = &registered.found;
    assert_eq!(found.state(at(1)), PurchaseState::Approved);
    let rule = found.purchase.rule_id.clone().unwrap();
    assert!(registered.mail_to.is_some(), "the shopper is told");
    assert_eq!(shop.spent().await, 2 * TOTAL, "reserved like any other yes");
    let id = found.purchase.id.clone();
    let again = shop.register(shop.purchase("one", "one"), 2).await.unwrap();
    assert!(again.was_there && again.mail_to.is_none() && again.found.purchase.rule_id == Some(rule.clone()));
    assert_eq!(shop.decide(&id, Decision::Decline, 2).await, Answered::NotAnyMore, "decided once");
    assert_eq!(shop.consume(&id, "one", 3).await, Ok(PurchaseState::Consumed));
    assert_eq!(shop.settle(&id, Some("order-1")).await, Ok(PurchaseState::Completed));
    let entries: Result<_, StorageError> =
        shop.db.read(|c| audit_listing::list(c, &issuer_id("live"), Filter::All, Page::First, 50)).await;
    let approved = entries.unwrap().0.into_iter().filter(|entry| entry.kind == AuditKind::PurchaseApproved.as_str());
    let by: Vec<_> = approved.map(|entry| entry.actor.unwrap()).collect();
    assert_eq!(by, [format!("rule:{rule}"), "shopper".to_owned()]);
}

#[tokio::test]
async fn the_shopper_is_asked_for_everything_that_a_rule_does_not_cover() {
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    let asked = PurchaseState::AwaitingApproval;
    let elsewhere = |document: &mut CheckoutDocument| document.ship_to.as_mut().unwrap().line1.push('b');
    assert_eq!(shop.state_of_new("elsewhere", elsewhere).await, asked);
    assert_eq!(shop.state_of_new("nowhere", |document| document.ship_to = None).await, asked);
    let dearer = |document: &mut CheckoutDocument| {
        document.shipping.amount += 1;
        document.total.amount += 1;
    };
    assert_eq!(shop.state_of_new("dearer", dearer).await, asked);
    // The same shopper and address with another agent.
    let other = Shop::with(shop.db.clone(), "second", "maya").await;
    other.ceiling(None, Some(100_000)).await;
    assert_eq!(other.rule(TOTAL).await, Set::Done);
    assert_eq!(other.state_of_new("by another", |_| ()).await, asked);
    assert_eq!(shop.state_of("covered", 4_000, |_| ()).await, PurchaseState::Approved);
}

#[tokio::test]
async fn what_a_rule_approves_pushes_nothing_out_that_waits_for_the_shopper() {
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    let mut waiting = Vec::new();
    for (checkout, seconds) in [("a", 1), ("b", 2), ("c", 3)] {
        let mut new = shop.purchase(checkout, checkout);
        new.document.ship_to = None;
        waiting.push(shop.register(new, seconds).await.unwrap().found.purchase.id);
    }
    assert_eq!(shop.state_of("covered", 4, |_| ()).await, PurchaseState::Approved);
    for id in &waiting {
        assert_eq!(shop.state(id, 5).await, PurchaseState::AwaitingApproval, "{id}");
    }
    assert_eq!(shop.state_of("d", 6, |document| document.ship_to = None).await, PurchaseState::AwaitingApproval);
    assert_eq!(shop.state(&waiting[0], 7).await, PurchaseState::Superseded, "a fourth that waits does");
}

#[tokio::test]
async fn a_rule_that_was_taken_back_narrowed_or_switched_off_approves_nothing() {
    let asked = PurchaseState::AwaitingApproval;
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    assert!(shop.take_back().await && shop.take_back().await, "twice is as good as once");
    assert_eq!(shop.state_of_new("taken back", |_| ()).await, asked);
    assert_eq!(shop.rule(TOTAL).await, Set::Done);
    shop.allow_rules(false).await;
    assert_eq!(shop.state_of_new("off", |_| ()).await, asked);
    assert_eq!(shop.rule(TOTAL).await, Set::NotPossible);
    let checkout = CheckoutProof { for_purchases: true, ..CheckoutProof::default() };
    shop.allow_rules(true).await;
    assert_eq!(shop.rule(TOTAL).await, Set::Done);
    shop.policy(AgentPolicy { approval_rules: true, checkout, ..AgentPolicy::default() }).await;
    assert_eq!(shop.state_of("proved each time", 4_000, |_| ()).await, asked);
    assert_eq!(shop.rule(TOTAL).await, Set::NotPossible);
    shop.allow_rules(true).await;
    assert_eq!(shop.state_of("allowed again", 4_000, |_| ()).await, asked, "what went does not come back");
    assert_eq!(shop.rule(TOTAL).await, Set::Done);
    shop.ceiling(Some(100_000), None).await;
    assert_eq!(shop.state_of_new("no month", |_| ()).await, asked);
    shop.ceiling(Some(TOTAL - 1), Some(100_000)).await;
    let over = shop.register(shop.purchase("over", "over"), 1).await.unwrap_err().refusal;
    assert_eq!(over, Refusal::OverLimit, "a ceiling is above a rule");
    shop.ceiling(None, Some(100_000)).await;
    assert_eq!(shop.state_of("as it was", 8_000, |_| ()).await, PurchaseState::Approved);
}

#[tokio::test]
async fn after_a_no_and_without_a_mail_the_shopper_is_asked() {
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    let dear = |document: &mut CheckoutDocument| {
        document.shipping.amount += 1;
        document.total.amount += 1;
    };
    let mut new = shop.purchase("dear", "dear");
    dear(&mut new.document);
    let id = shop.register(new, 1).await.unwrap().found.purchase.id;
    shop.decide(&id, Decision::Decline, 1).await;
    assert_eq!(shop.state_of_new("after a no", |_| ()).await, PurchaseState::AwaitingApproval);
    let id = shop.ask("by hand again", 1).await;
    shop.decide(&id, Decision::Approve, 1).await;
    for n in 4..MOST_MAILS {
        assert_eq!(shop.state_of_new(&format!("n{n}"), |_| ()).await, PurchaseState::Approved);
    }
    assert_eq!(shop.state_of_new("untold", |_| ()).await, PurchaseState::AwaitingApproval, "nobody would hear of it");
}

#[tokio::test]
async fn what_is_paused_or_silenced_is_not_bought_by_rule_either() {
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    for effect in [Effect::Paused, Effect::PausedByShopper] {
        let target = || Target::Grant(shop.connection.grant_id.to_string());
        shop.restrict(effect, target(), 1).await;
        assert_eq!(shop.register(shop.purchase("x", "x"), 2).await.unwrap_err().refusal, Refusal::Paused);
        shop.lift(effect, target()).await;
    }
    assert!(shop.take_back().await);
    for checkout in ["a", "b", "c"] {
        let id = shop.ask(checkout, 2).await;
        shop.decide(&id, Decision::Decline, 2).await;
    }
    assert_eq!(shop.rule(TOTAL).await, Set::Done);
    assert_eq!(shop.register(shop.purchase("x", "x"), 3).await.unwrap_err().refusal, Refusal::Silenced);
}

#[tokio::test]
async fn a_rule_is_set_by_its_own_shopper_within_the_ceilings_and_in_their_currency() {
    let shop = Shop::ruled(None).await;
    shop.ceiling(Some(8_000), Some(20_000)).await;
    assert_eq!(shop.rule(8_001).await, Set::AboveLimit);
    assert_eq!(shop.rule_in(Money::new(10, "USD".parse().unwrap())).await, Set::AboveLimit);
    assert_eq!((shop.rule(0).await, shop.rule(-5).await), (Set::AboveLimit, Set::AboveLimit));
    shop.ceiling(Some(8_000), None).await;
    assert_eq!(shop.rule(1).await, Set::AboveLimit, "an amount for one order would be none for many");
    shop.ceiling(None, Some(20_000)).await;
    let other = Shop::with(shop.db.clone(), "agent", "paul").await;
    let (stranger, id) = (other.shopper.clone(), shop.connection.grant_id.clone());
    let theirs = write(&shop.db, move |tx| {
        let euros = Money::new(1, "EUR".parse().unwrap());
        Ok((
            approval_rules::set(tx, (&stranger, PROOF), &id, euros, &occasion(at(0)))?,
            approval_rules::remove(tx, &stranger, &id, &occasion(at(0)))?,
        ))
    });
    assert_eq!(theirs.await, (Set::NotPossible, false));
    shop.terms("products:read", SpendingLimit::new("EUR".parse().unwrap(), None, Some(20_000))).await;
    assert_eq!(shop.rule(1).await, Set::NotPossible);
}

/// What can happen around a purchase.
#[derive(Debug, Clone)]
enum Act {
    Buy { dearer: bool, elsewhere: bool },
    ApproveLast,
    DeclineLast,
    Rule(i64),
    TakeBack,
    Allow(bool),
    Ceiling(Option<i64>),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (any::<bool>(), any::<bool>()).prop_map(|(dearer, elsewhere)| Act::Buy { dearer, elsewhere }),
        3 => Just(Act::ApproveLast),
        1 => Just(Act::DeclineLast),
        3 => (TOTAL - 1..TOTAL + 2).prop_map(Act::Rule),
        1 => Just(Act::TakeBack),
        2 => any::<bool>().prop_map(Act::Allow),
        1 => prop_oneof![Just(None), Just(Some(TOTAL)), Just(Some(1_000_000))].prop_map(Act::Ceiling),
    ];
    proptest::collection::vec(act, 1..24)
}

/// No rule, no approval without the shopper: whatever comes before. `rule` is the one that stands, of the model.
async fn play(shop: Shop, acts: Vec<Act>) {
    let (mut rule, mut allowed, mut known, mut declined) = (None, true, [false; 2], 0);
    let (mut ceiling, mut last) = (Some(1_000_000), None);
    for (n, act) in (0_i64..).zip(acts) {
        // An hour apart: mails and new purchases are not what this is about.
        let now = n * 3_700;
        match act {
            Act::Buy { dearer, elsewhere } => {
                let mut new = shop.purchase(&format!("c{n}"), &format!("c{n}"));
                if dearer {
                    new.document.shipping.amount += 1;
                    new.document.total.amount += 1;
                }
                if elsewhere {
                    new.document.ship_to.as_mut().unwrap().city.push('x');
                }
                let total = new.document.total.amount;
                let Ok(registered) = shop.register(new, now).await else { continue };
                let found = registered.found;
                let may = allowed
                    && declined == 0
                    && known[usize::from(elsewhere)]
                    && ceiling.is_some()
                    && rule.is_some_and(|most| total <= most);
                assert_eq!(found.purchase.rule_id.is_some(), may, "{n}");
                assert_eq!(found.state(at(now)) == PurchaseState::Approved, may, "{n}");
                last = Some((found.purchase.id, elsewhere, now));
            }
            Act::ApproveLast => {
                if let Some((id, elsewhere, then)) = last.take()
                    && shop.decide(&id, Decision::Approve, then + 1).await == Answered::Done
                {
                    known[usize::from(elsewhere)] = true;
                    declined = if declined < 3 { 0 } else { declined };
                }
            }
            Act::DeclineLast => {
                if let Some((id, _, then)) = last.take()
                    && shop.decide(&id, Decision::Decline, then + 1).await == Answered::Done
                {
                    declined += 1;
                }
            }
            Act::Rule(most) => {
                if shop.rule(most).await == Set::Done {
                    assert!(allowed && ceiling.is_some_and(|ceiling| most <= ceiling));
                    rule = Some(most);
                }
            }
            Act::TakeBack => {
                shop.take_back().await;
                rule = None;
            }
            Act::Allow(is_on) => {
                shop.allow_rules(is_on).await;
                allowed = is_on;
            }
            Act::Ceiling(per_month) => {
                shop.ceiling(None, per_month).await;
                ceiling = per_month;
            }
        }
    }
}

#[test]
fn without_a_rule_nothing_is_approved_that_the_shopper_did_not_approve() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let db = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let number = std::cell::Cell::new(0);
    let ran = runner.run(&acts(), |acts| {
        number.set(number.get() + 1);
        runtime.block_on(async {
            let shop = Shop::with(db.clone(), &format!("agent-{}", number.get()), &format!("s-{}", number.get())).await;
            shop.allow_rules(true).await;
            shop.ceiling(None, Some(1_000_000)).await;
            play(shop, acts).await;
        });
        Ok(())
    });
    ran.unwrap();
}

#[tokio::test]
async fn what_a_rule_has_approved_is_taken_back_with_it_until_the_store_has_used_it() {
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    let approved = async |checkout: &str| {
        let found = shop.register(shop.purchase(checkout, checkout), 1).await.unwrap().found;
        assert_eq!(found.state(at(1)), PurchaseState::Approved, "{checkout}");
        found.purchase.id
    };
    let (used, taken) = (approved("used").await, approved("taken").await);
    assert_eq!(shop.consume(&used, "used", 2).await, Ok(PurchaseState::Consumed));
    assert!(shop.take_back().await);
    assert_eq!(shop.consume(&taken, "taken", 2).await, Err(Refusal::GrantEnded));
    assert_eq!(shop.consume(&used, "used", 2).await, Ok(PurchaseState::Consumed), "what the store has taken goes on");
    assert_eq!(shop.rule(TOTAL).await, Set::Done);
    assert_eq!(shop.consume(&taken, "taken", 2).await, Err(Refusal::GrantEnded), "another rule is another yes");
    let off = approved("off").await;
    shop.allow_rules(false).await;
    assert_eq!(shop.consume(&off, "off", 2).await, Err(Refusal::GrantEnded));
}

#[tokio::test]
async fn a_rule_does_not_outlive_what_had_to_be_proved_when_it_was_set() {
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    let checkout = CheckoutProof { needs_passkey: true, ..CheckoutProof::default() };
    shop.policy(AgentPolicy { approval_rules: true, checkout, ..AgentPolicy::default() }).await;
    assert_eq!(shop.state_of_new("proved otherwise", |_| ()).await, PurchaseState::AwaitingApproval);
}

#[tokio::test]
async fn where_no_mails_are_sent_no_rule_approves_anything() {
    let shop = Shop::ruled(Some(TOTAL)).await;
    shop.approve_by_hand().await;
    let (new, silent) = (shop.purchase("unmailed", "unmailed"), Caller { has_mail: false, ..caller(at(1)) });
    let registered = write(&shop.db, move |tx| register(tx, &silent, new)).await.unwrap();
    assert_eq!(registered.found.state(at(1)), PurchaseState::AwaitingApproval);
}
