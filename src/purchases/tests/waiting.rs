//! Nobody waits in a circle: rows of purchases, grants, reservations and sums are held in one order by whoever needs several.
//! A third transaction holds the sum until both of those that race stand before it.

use std::sync::mpsc::{Sender, channel};

use tokio::task::JoinHandle;

use super::*;
use crate::domain::Money;
use crate::domain::ledger::{Period, Reservation, ReservationState, Reserving};
use crate::purchases::ledger;
use crate::storage::ledger::{Entry, uncount};
use crate::storage::{StorageResult, Tx};

/// Long enough for a use case to come before the lock and stand there. Where everything is written one by one it is too.
const STANDS: Duration = Duration::from_millis(400);

/// Does this, and commits it when it is told to let go.
pub(super) async fn hold<T: Send + 'static>(
    db: &Database,
    work: impl FnOnce(&mut Tx<'_>) -> StorageResult<T> + Send + 'static,
) -> (Sender<()>, JoinHandle<T>) {
    let ((let_go, told), (held, is_held)) = (channel(), tokio::sync::oneshot::channel());
    let db = db.clone();
    let holding = tokio::spawn(async move {
        let held = move |tx: &mut Tx<'_>| {
            let done = work(tx)?;
            held.send(()).unwrap();
            told.recv().ok();
            Ok(done)
        };
        write(&db, held).await
    });
    is_held.await.unwrap();
    (let_go, holding)
}

impl Shop {
    /// Holds the sum of the month until it is told to let go.
    async fn hold_sum(&self) -> (Sender<()>, JoinHandle<()>) {
        let entry = Entry {
            purchase_id: String::new(),
            grant_id: self.connection.grant_id.clone(),
            period: Period::of(at(0), "Europe/Paris"),
            currency: "EUR".parse().unwrap(),
            amount: 0,
            state: ReservationState::Reserved,
            order_id: None,
        };
        hold(&self.db, move |tx| uncount(tx, &entry)).await
    }

    fn again(&self) -> Self {
        Self { db: self.db.clone(), connection: self.connection.clone(), shopper: self.shopper.clone() }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_purchase_that_replaces_several_and_an_answer_to_one_of_them_do_not_wait_for_each_other() {
    let shop = Shop::open().await;
    let old = shop.register(shop.purchase("old", "cart"), 0).await.unwrap().found.purchase.id;
    assert_eq!(shop.decide(&old, Decision::Approve, 1).await, Answered::Done);
    let oldest = shop.ask("oldest", 2).await;
    shop.ask("second", 3).await;
    shop.ask("third", 4).await;
    let (let_go, holding) = shop.hold_sum().await;
    let one = shop.again();
    let registering = tokio::spawn(async move { one.register(one.purchase("new", "cart"), 5).await.is_ok() });
    tokio::time::sleep(STANDS).await;
    let other = shop.again();
    let answering = tokio::spawn(async move { other.decide(&oldest, Decision::Approve, 5).await });
    tokio::time::sleep(STANDS).await;
    let_go.send(()).unwrap();
    holding.await.unwrap();
    assert!(registering.await.unwrap());
    assert_eq!(answering.await.unwrap(), Answered::NotAnyMore, "it was replaced");
    assert_eq!(shop.state(&old, 6).await, PurchaseState::Superseded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approval_that_sweeps_much_and_the_sweeper_do_not_wait_for_each_other() {
    let shop = Shop::open().await;
    let reserve = async |shop: Shop, purchase: String, (now, until): (i64, i64)| {
        let amount = Money::new(10, "EUR".parse().unwrap());
        let grant_id = shop.connection.grant_id.clone();
        let reservation = Reservation { grant_id, purchase_id: purchase, amount, at: at(now), until: at(until) };
        write(&shop.db, move |tx| ledger::reserve(tx, &reservation)).await
    };
    // More than one batch; those that are due first come last by their ids.
    for n in 0..30 {
        reserve(shop.again(), format!("a{n:02}"), (0, 200)).await;
        reserve(shop.again(), format!("b{n:02}"), (0, 50)).await;
    }
    let (let_go, holding) = shop.hold_sum().await;
    let one = shop.again();
    let reserving = tokio::spawn(async move { reserve(one, "new".to_owned(), (300, 900)).await });
    tokio::time::sleep(STANDS).await;
    let db = shop.db.clone();
    let sweeping = tokio::spawn(async move { write(&db, |tx| ledger::expire(tx, at(60))).await });
    tokio::time::sleep(STANDS).await;
    let_go.send(()).unwrap();
    holding.await.unwrap();
    assert_eq!(reserving.await.unwrap(), Reserving::Reserved);
    sweeping.await.unwrap();
    assert_eq!(shop.spent().await, 10);
}
