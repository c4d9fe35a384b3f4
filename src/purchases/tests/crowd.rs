//! A thousand whole purchases at once against one ceiling, by workers that fail and try again, on PostgreSQL in two processes:
//! never a cent over, none lost, and the ledger's sum is what was ordered.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::domain::ConnectionId;
use crate::domain::spending_limit::SpendingLimit;
use crate::purchases::ledger;
use crate::storage::{DatabaseLimits, DatabaseUrl, testing};

/// Of each process.
const WORKERS: usize = 8;

const PURCHASES: i64 = 1_000;

/// Minor units that the month has room for: about a fifth of what is asked for.
const CEILING: i64 = 300 * PURCHASES;

/// What fails, and who does what, is drawn from this: the same in every run.
struct Dice(u64);

impl Dice {
    fn one_in(&mut self, sides: u64) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).is_multiple_of(sides)
    }
}

/// How one purchase ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum End {
    Ordered,
    /// Taken, and given back by the store.
    GivenBack,
    /// Approved, and never heard of again.
    Left,
    /// Taken, and the store never came back.
    Stuck,
    OverLimit,
}

/// The same shopper and agent, through one of two pools each time. What was merged has a grant at each.
struct Crowd {
    shops: [Shop; 2],
    /// The purchases of this process: the next one, and where they end.
    next: AtomicI64,
    end: i64,
}

fn open(url: &DatabaseUrl) -> Database {
    Database::open(url, DatabaseLimits { connections: 4, queue: 4_096 }).unwrap()
}

impl Crowd {
    async fn open(url: &DatabaseUrl, is_merged: bool) -> Self {
        let (one, other) = (open(url), open(url));
        write(&one, |tx| crate::merchant::testing::seed_store(tx, "fern", "http://localhost:8080")).await;
        let shop = Shop::with(one, "agent", "maya").await;
        let limit = SpendingLimit::new("EUR".parse().unwrap(), Some(2_000), Some(CEILING));
        shop.terms("products:read cart:write checkout:initiate", limit).await;
        let twin = Shop { db: other, connection: shop.connection.clone(), shopper: shop.shopper.clone() };
        let twin = if is_merged { shop.merged_into(twin.db, "successor").await } else { twin };
        if is_merged {
            let higher = SpendingLimit::new("EUR".parse().unwrap(), None, Some(2 * CEILING));
            twin.terms("products:read cart:write checkout:initiate", higher).await;
        }
        Self { shops: [shop, twin], next: AtomicI64::new(0), end: PURCHASES }
    }

    /// The same shops from another process, which makes the second half of the purchases.
    async fn join(url: &DatabaseUrl, connections: &[ConnectionId; 2]) -> Self {
        let shop = async |id: ConnectionId| {
            let db = open(url);
            let (connection, shopper) = write(&db, move |tx| {
                let connection = connections::find(tx, &issuer_id("live"), id)?.unwrap();
                let shopper = shoppers::find(tx, &connection.shopper_id)?.unwrap();
                StorageResult::Ok((connection, shopper))
            })
            .await;
            Shop { db, connection, shopper }
        };
        let shops = [shop(connections[0]).await, shop(connections[1]).await];
        Self { shops, next: AtomicI64::new(PURCHASES / 2), end: PURCHASES }
    }

    fn any(&self, dice: &mut Dice) -> &Shop {
        let [one, other] = &self.shops;
        if dice.one_in(2) { one } else { other }
    }

    async fn register(&self, dice: &mut Dice, new: &NewPurchase) -> Result<PurchaseId, Refusal> {
        let (new, caller) = (new.clone(), Caller { most_new: i64::MAX, ..caller(at(1)) });
        let registered = write(&self.any(dice).db, move |tx| register(tx, &caller, new)).await;
        registered.map(|registered| registered.found.purchase.id).map_err(|refused| refused.refusal)
    }

    /// One purchase as the store, the shopper and bad luck have it.
    async fn buy(&self, number: i64, dice: &mut Dice) -> (End, i64) {
        let mut new = self.shops[usize::from(number % 2 == 1)].purchase("", "");
        new.document.shipping.amount += number % 400;
        new.document.total.amount += number % 400;
        let (cents, digest) = (new.document.total.amount, new.document.digest().unwrap());
        for attempt in 0.. {
            let checkout = format!("checkout-{number}-{attempt}");
            new.checkout_id.clone_from(&checkout);
            new.cart_id = format!("cart-{number}");
            let id = match self.register(dice, &new).await {
                Ok(id) => id,
                Err(Refusal::OverLimit) => return (End::OverLimit, cents),
                Err(refusal) => panic!("{refusal:?}"),
            };
            if dice.one_in(8) {
                assert_eq!(self.register(dice, &new).await, Ok(id.clone()), "an answer that was lost");
            }
            match self.any(dice).decide(&id, Decision::Approve, 2).await {
                Answered::Done => {}
                Answered::OverLimit => return (End::OverLimit, cents),
                // Three others came between: the agent begins anew.
                Answered::NotAnyMore => continue,
                Answered::NotTheirs => panic!("{id}"),
            }
            if dice.one_in(8) {
                assert_eq!(
                    self.any(dice).decide(&id, Decision::Approve, 2).await,
                    Answered::NotAnyMore,
                    "a double click"
                );
            }
            return (self.sell(dice, &id, (&checkout, digest)).await, cents);
        }
        unreachable!("tried for ever")
    }

    async fn sell(&self, dice: &mut Dice, id: &PurchaseId, (checkout, digest): (&str, [u8; 32])) -> End {
        if dice.one_in(10) {
            return End::Left;
        }
        let tries = if dice.one_in(4) { 2 } else { 1 };
        for _ in 0..tries {
            let (id, checkout) = (id.clone(), checkout.to_owned());
            let consumed =
                write(&self.any(dice).db, move |tx| consume::consume(tx, &caller(at(3)), &id, (&checkout, &digest)));
            assert_eq!(consumed.await.unwrap().state(at(3)), PurchaseState::Consumed);
        }
        if dice.one_in(20) {
            return End::Stuck;
        }
        let order = (!dice.one_in(6)).then(|| format!("order-{id}"));
        let expected = if order.is_some() { PurchaseState::Completed } else { PurchaseState::Released };
        for _ in 0..tries {
            let (id, checkout, order) = (id.clone(), checkout.to_owned(), order.clone());
            let settled = write(&self.any(dice).db, move |tx| {
                settle::settle(tx, &caller(at(4)), &id, (&checkout, order.as_deref()))
            });
            assert_eq!(settled.await.unwrap().state(at(4)), expected);
        }
        if order.is_some() { End::Ordered } else { End::GivenBack }
    }

    async fn work(&self, worker: usize) -> Vec<(End, i64)> {
        let mut dice = Dice(u64::try_from(worker).unwrap() + 1);
        let mut ends = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.end {
                return ends;
            }
            ends.push(self.buy(number, &mut dice).await);
            // Somebody always sweeps, and looks that nothing is over.
            if number % 50 == 0 {
                write(&self.any(&mut dice).db, |tx| ledger::expire(tx, at(5))).await;
                assert!(self.any(&mut dice).spent().await <= CEILING);
            }
        }
    }
}

async fn work(crowd: &Arc<Crowd>, first: usize) -> Vec<(End, i64)> {
    let work = |worker| {
        let crowd = Arc::clone(crowd);
        tokio::spawn(async move { crowd.work(worker).await })
    };
    let workers: Vec<_> = (first..first + WORKERS).map(work).collect();
    let mut ends = Vec::new();
    for worker in workers {
        ends.extend(worker.await.unwrap());
    }
    ends
}

/// What the other process is told: the database, and the connections of the two shops.
type Told = (String, [ConnectionId; 2]);
const TOLD: &str = "TILLGATE_CROWD";
const READY: &str = "the other process is ready";
const ENDS: &str = "ends: ";

/// Killed with whoever has started it.
struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        // Over already, where nothing went wrong.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The other process, once it has begun.
fn start_other(told: &Told) -> (Other, impl Iterator<Item = String> + use<>) {
    let name = "purchases::tests::crowd::the_other_process";
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env(TOLD, serde_json::to_string(told).unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.ends_with(READY)), "it failed");
    (Other(other), lines)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "is the second process of the tests below"]
#[expect(clippy::disallowed_methods, reason = "no setting: how the first process tells it what to do")]
async fn the_other_process() {
    // By itself it is nothing; who has started it waits for what it says.
    let Ok(told) = std::env::var(TOLD) else { return };
    let (url, connections): Told = serde_json::from_str(&told).unwrap();
    let crowd = Arc::new(Crowd::join(&DatabaseUrl::Postgres(url), &connections).await);
    println!("{READY}");
    let ends = work(&crowd, WORKERS).await;
    println!("{ENDS}{}", serde_json::to_string(&ends).unwrap());
    crowd.shops.iter().for_each(|shop| shop.db.close());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_whole_purchases_at_once_never_go_a_cent_over_and_none_is_lost() {
    never_a_cent_over(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_merchant_has_merged_never_goes_a_cent_over_the_lower_ceiling_together() {
    never_a_cent_over(true).await;
}

async fn never_a_cent_over(is_merged: bool) {
    let folder = tempfile::tempdir().unwrap();
    let postgres = testing::postgres_schema().unwrap();
    let url = match &postgres {
        Some(url) => DatabaseUrl::Postgres(url.clone()),
        None => DatabaseUrl::Sqlite(folder.path().join("crowd.sqlite").to_str().unwrap().to_owned()),
    };
    let mut crowd = Crowd::open(&url, is_merged).await;
    let other = postgres.map(|url| {
        crowd.end = PURCHASES / 2;
        start_other(&(url, [0, 1].map(|shop: usize| crowd.shops[shop].connection.id)))
    });
    let crowd = Arc::new(crowd);
    let mut ends = work(&crowd, 0).await;
    if let Some((mut process, mut lines)) = other {
        let said = lines.find_map(|line| line.strip_prefix(ENDS).map(str::to_owned)).expect("it came to its end");
        let of_other: Vec<(End, i64)> = serde_json::from_str(&said).unwrap();
        assert!(process.0.wait().unwrap().success());
        assert!(of_other.iter().any(|(end, _)| *end == End::Ordered), "both ordered something");
        ends.extend(of_other);
    }
    assert_eq!(i64::try_from(ends.len()).unwrap(), PURCHASES, "none is lost");
    let sum = |wanted: &[End]| ends.iter().filter(|(end, _)| wanted.contains(end)).map(|(_, cents)| cents).sum::<i64>();
    let spent = crowd.shops[1].spent().await;
    assert_eq!(spent, sum(&[End::Ordered, End::Stuck, End::Left]), "what counts is what was said yes to");
    assert!(spent <= CEILING, "{spent}");
    while write(&crowd.shops[0].db, |tx| ledger::expire(tx, at(9_000))).await > 0 {}
    assert_eq!(
        crowd.shops[1].spent().await,
        sum(&[End::Ordered, End::Stuck]),
        "what was left is there for others again"
    );
    assert!(sum(&[End::Ordered]) > 0 && sum(&[End::GivenBack]) > 0);
    crowd.shops.iter().for_each(|shop| shop.db.close());
}
