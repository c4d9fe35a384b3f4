//! The shopper's yes, and the store's use of it, at the same time as what is against them: a pause, a ceiling lowered to a cent
//! below the total, the end of the time. It is approved and counted or it is neither; and what was refused is not sold later.
//!
//! Each pair twice: the one is done, but not yet committed, when the other comes; and then the other way round. Where everything
//! is written one by one, this is one after the other.

use super::spending::TOTAL;
use super::waiting::hold;
use super::*;
use crate::domain::spending_limit::SpendingLimit;
use crate::purchases::ledger;
use crate::storage::grants::{Terms, set_terms};
use crate::storage::{StorageResult, Tx};

/// Long enough for a statement to come before a lock.
const STANDS: Duration = Duration::from_millis(100);
/// How often a pair is begun at the same moment.
const ROUNDS: usize = 6;

/// Who has done its part when the other comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// The shopper, or the store.
    Buyer,
    Rival,
    /// Whoever.
    AtOnce,
}

/// Both, in this order or in none; what the buyer was answered.
async fn race<T: Send + 'static>(
    db: &Database,
    first: First,
    buyer: impl FnOnce(&mut Tx<'_>) -> StorageResult<T> + Send + 'static,
    rival: impl FnOnce(&mut Tx<'_>) -> StorageResult<()> + Send + 'static,
) -> T {
    match first {
        First::Buyer => one_within_the_other(db, buyer, rival).await.0,
        First::Rival => one_within_the_other(db, rival, buyer).await.1,
        First::AtOnce => tokio::join!(write(db, buyer), write(db, rival)).0,
    }
}

async fn one_within_the_other<A: Send + 'static, B: Send + 'static>(
    db: &Database,
    outer: impl FnOnce(&mut Tx<'_>) -> StorageResult<A> + Send + 'static,
    inner: impl FnOnce(&mut Tx<'_>) -> StorageResult<B> + Send + 'static,
) -> (A, B) {
    let (let_go, outer) = hold(db, outer).await;
    let other = db.clone();
    let inner = tokio::spawn(async move { write(&other, inner).await });
    tokio::time::sleep(STANDS).await;
    let_go.send(()).unwrap();
    (outer.await.unwrap(), inner.await.unwrap())
}

/// Shoppers of one database, one after the other, each with a purchase of its own.
struct Shoppers {
    db: Database,
    count: usize,
}

impl Shoppers {
    async fn new() -> Self {
        Self { db: database().await, count: 0 }
    }

    async fn next(&mut self) -> Shop {
        self.count += 1;
        Shop::with(self.db.clone(), "agent", &format!("maya-{}", self.count)).await
    }
}

/// Each order once, and at once some rounds: nobody can say there who is first.
fn orders() -> impl Iterator<Item = First> {
    [First::Buyer, First::Rival].into_iter().chain(std::iter::repeat_n(First::AtOnce, ROUNDS))
}

impl Shop {
    /// The one checkout that these tests are about.
    fn checkout(&self) -> String {
        self.shopper.id.to_string()
    }

    async fn asks(&self) -> PurchaseId {
        self.ask(&self.checkout(), 0).await
    }

    async fn takes(&self, id: &PurchaseId, seconds: i64) -> Result<PurchaseState, Refusal> {
        self.consume(id, &self.checkout(), seconds).await
    }

    fn yes(&self, id: &PurchaseId, seconds: i64) -> impl FnOnce(&mut Tx<'_>) -> StorageResult<Answered> + use<> {
        let (shopper, id) = (self.shopper.clone(), id.clone());
        move |tx| decide(tx, &shopper, &id, (Decision::Approve, &occasion(at(seconds))), &page())
    }

    fn uses(
        &self,
        id: &PurchaseId,
        seconds: i64,
    ) -> impl FnOnce(&mut Tx<'_>) -> StorageResult<Result<PurchaseState, Refusal>> + use<> {
        let (id, checkout) = (id.clone(), self.checkout());
        let digest = self.purchase("", "").document.digest().unwrap();
        move |tx| {
            let consumed = consume::consume(tx, &caller(at(seconds)), &id, (&checkout, &digest))?;
            Ok(consumed.map(|found| found.state(at(seconds))).map_err(|refused| refused.refusal))
        }
    }

    fn holds(&self, effect: Effect) -> impl FnOnce(&mut Tx<'_>) -> StorageResult<()> + use<> {
        let restriction = Restriction { effect, target: self.target(), since: at(2) };
        move |tx| restrictions::set(tx, &issuer_id("live"), &restriction, "sam").map(drop)
    }

    fn lowers(
        &self,
        per_order: Option<i64>,
        per_month: Option<i64>,
    ) -> impl FnOnce(&mut Tx<'_>) -> StorageResult<()> + use<> {
        let limit = SpendingLimit::new("EUR".parse().unwrap(), per_order, per_month);
        let (id, scope) = (self.connection.grant_id.clone(), self.connection.scope);
        move |tx| set_terms(tx, &id, &Terms { scope, limit, client_digest: None }).map(drop)
    }

    fn target(&self) -> Target {
        Target::Grant(self.connection.grant_id.to_string())
    }

    /// Approved and counted, or neither.
    async fn is_one_or_the_other(&self, id: &PurchaseId, answered: Answered) {
        let expected = match answered {
            Answered::Done => (PurchaseState::Approved, TOTAL),
            Answered::OverLimit | Answered::NotAnyMore => (PurchaseState::AwaitingApproval, 0),
            Answered::NotTheirs => panic!("it is"),
        };
        assert_eq!((self.state(id, 3).await, self.spent().await), expected);
    }
}

fn sweeps(seconds: i64) -> impl FnOnce(&mut Tx<'_>) -> StorageResult<()> {
    move |tx| ledger::expire(tx, at(seconds)).map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_and_a_pause_at_once_sell_nothing_until_it_is_lifted() {
    let mut shoppers = Shoppers::new().await;
    for effect in [Effect::Paused, Effect::PausedByShopper] {
        for first in orders() {
            let shop = shoppers.next().await;
            let id = shop.asks().await;
            let answered = race(&shop.db, first, shop.yes(&id, 2), shop.holds(effect)).await;
            if first == First::Buyer {
                assert_eq!(answered, Answered::Done, "{effect}");
            }
            shop.is_one_or_the_other(&id, answered).await;
            let approved = answered == Answered::Done;
            let refusal = if approved { Refusal::Paused } else { Refusal::NotApproved };
            assert_eq!(shop.takes(&id, 3).await, Err(refusal), "{effect} {first:?}");
            shop.is_one_or_the_other(&id, answered).await;
            shop.lift(effect, shop.target()).await;
            let sold = if approved { Ok(PurchaseState::Consumed) } else { Err(Refusal::NotApproved) };
            assert_eq!(shop.takes(&id, 4).await, sold, "{effect} {first:?}");
            assert_eq!(shop.spent().await, if approved { TOTAL } else { 0 });
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_store_takes_and_a_pause_at_once_is_taken_or_waits() {
    let mut shoppers = Shoppers::new().await;
    for first in orders() {
        let shop = shoppers.next().await;
        let id = shop.asks().await;
        shop.decide(&id, Decision::Approve, 1).await;
        let taken = race(&shop.db, first, shop.uses(&id, 2), shop.holds(Effect::Paused)).await;
        let later = shop.takes(&id, 3).await;
        // F23: the same checkout again is answered like the first time.
        let consumed = Ok(PurchaseState::Consumed);
        if taken == consumed {
            assert_eq!(later, consumed);
        } else {
            assert_eq!((taken, later), (Err(Refusal::Paused), Err(Refusal::Paused)));
            assert_eq!(shop.state(&id, 3).await, PurchaseState::Approved);
        }
        assert_eq!(shop.spent().await, TOTAL, "once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_and_a_ceiling_a_cent_too_low_at_once_leave_it_approved_and_counted_or_neither() {
    let mut shoppers = Shoppers::new().await;
    for (per_order, per_month) in [(Some(TOTAL - 1), None), (None, Some(TOTAL - 1))] {
        for first in orders() {
            let shop = shoppers.next().await;
            let id = shop.asks().await;
            let answered = race(&shop.db, first, shop.yes(&id, 2), shop.lowers(per_order, per_month)).await;
            match first {
                First::Buyer => assert_eq!(answered, Answered::Done),
                First::Rival => assert_eq!(answered, Answered::OverLimit),
                First::AtOnce => assert_ne!(answered, Answered::NotAnyMore),
            }
            shop.is_one_or_the_other(&id, answered).await;
            // A lower ceiling undoes no yes, and stops every one that follows.
            let sold = match answered {
                Answered::Done => Ok(PurchaseState::Consumed),
                _ => Err(Refusal::NotApproved),
            };
            assert_eq!(shop.takes(&id, 3).await, sold, "{first:?}");
            assert_eq!(shop.spent().await, if answered == Answered::Done { TOTAL } else { 0 });
            let next = shop.register(shop.purchase(&format!("{}-next", shop.checkout()), "next"), 4).await.unwrap_err();
            assert_eq!(next.refusal, Refusal::OverLimit);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_in_the_last_second_counts_whatever_the_sweeper_does_and_one_after_it_never() {
    let mut shoppers = Shoppers::new().await;
    for first in orders() {
        let shop = shoppers.next().await;
        let (one, other) = (shop.asks().await, shop.ask(&format!("{}-other", shop.checkout()), 0).await);
        assert_eq!(race(&shop.db, first, shop.yes(&one, 599), sweeps(600)).await, Answered::Done, "{first:?}");
        assert_eq!(race(&shop.db, first, shop.yes(&other, 600), sweeps(600)).await, Answered::NotAnyMore);
        assert_eq!((shop.state(&one, 600).await, shop.spent().await), (PurchaseState::Approved, TOTAL));
        assert_eq!(shop.state(&other, 600).await, PurchaseState::Expired);
        assert_eq!(shop.takes(&one, 601).await, Ok(PurchaseState::Consumed), "F20");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_store_takes_in_the_last_second_is_sold_and_counts_or_was_swept_and_is_never_sold() {
    let mut shoppers = Shoppers::new().await;
    for first in orders() {
        let shop = shoppers.next().await;
        let id = shop.asks().await;
        shop.decide(&id, Decision::Approve, 599).await;
        // Approved in the last second, it is used within five minutes (F20). The sweeper's clock is ahead.
        let taken = race(&shop.db, first, shop.uses(&id, 898), sweeps(899)).await;
        match first {
            First::Buyer => assert_eq!(taken, Ok(PurchaseState::Consumed)),
            First::Rival => assert_eq!(taken, Err(Refusal::Expired)),
            First::AtOnce => {
                assert!(matches!(taken, Ok(PurchaseState::Consumed) | Err(Refusal::Expired)), "{taken:?}");
            }
        }
        write(&shop.db, sweeps(9_000_000)).await;
        assert_eq!(shop.spent().await, if taken.is_ok() { TOTAL } else { 0 }, "{first:?}");
        assert_eq!(shop.takes(&id, 898).await, taken, "{first:?}");
    }
}
