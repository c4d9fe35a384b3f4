//! Both ceilings, every order of events, and many at once, on whichever database the tests run on.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::domain::Money;
use crate::domain::spending_limit::SpendingLimit;
use crate::merchant::testing::{at, connection, insert, seed_store, write};
use crate::storage::grants::{Terms, set_terms};
use crate::storage::{Database, DatabaseLimits, DatabaseUrl, testing};

const MINUTES: Duration = Duration::from_mins(10);

/// A grant of its own, with these ceilings in euros.
async fn grant(db: &Database, name: &str, per_order: Option<i64>, per_month: Option<i64>) -> GrantId {
    let name = name.to_owned();
    let id = write(db, move |tx| {
        let connection = connection("live", &format!("c-{name}"), &name, at(0));
        insert(tx, &connection)?;
        Ok(connection.grant_id)
    });
    let id = id.await;
    limit(db, &id, per_order, per_month).await;
    id
}

async fn limit(db: &Database, id: &GrantId, per_order: Option<i64>, per_month: Option<i64>) {
    let (id, limit) = (id.clone(), SpendingLimit::new("EUR".parse().unwrap(), per_order, per_month));
    write(db, move |tx| {
        set_terms(tx, &id, &Terms { scope: crate::domain::ScopeSet::STORE, limit, client_digest: None }).map(drop)
    })
    .await;
}

async fn database() -> Database {
    let db = testing::database().unwrap();
    write(&db, |tx| seed_store(tx, "fern", "http://localhost:8080")).await;
    db
}

fn reservation(grant_id: &GrantId, purchase: &str, amount: i64, second: i64) -> Reservation {
    Reservation {
        grant_id: grant_id.clone(),
        purchase_id: purchase.to_owned(),
        amount: Money::new(amount, "EUR".parse().unwrap()),
        at: at(second),
        until: at(second).plus(MINUTES),
    }
}

async fn try_reserve(db: &Database, reservation: Reservation) -> Reserving {
    write(db, move |tx| reserve(tx, &reservation)).await
}

async fn is_reserved(db: &Database, grant_id: &GrantId, purchase: &str, amount: i64, second: i64) -> bool {
    try_reserve(db, reservation(grant_id, purchase, amount, second)).await == Reserving::Reserved
}

async fn counted(db: &Database, grant_id: &GrantId, second: i64) -> i64 {
    let grant_id = grant_id.clone();
    let spent: StorageResult<i64> =
        db.read(move |c| spent_of(c, &[grant_id], "EUR".parse().unwrap(), (at(second), "Europe/Paris"))).await;
    spent.unwrap()
}

#[tokio::test]
async fn an_approval_within_both_ceilings_counts_and_one_above_either_does_not() {
    let db = database().await;
    let id = grant(&db, "a", Some(8_000), Some(20_000)).await;
    assert!(is_reserved(&db, &id, "p1", 8_000, 0).await);
    let over = try_reserve(&db, reservation(&id, "p2", 8_001, 1)).await;
    let limit = SpendingLimit::new("EUR".parse().unwrap(), Some(8_000), Some(20_000)).unwrap();
    assert_eq!(over, Reserving::OverLimit(OverLimit { limit, spent: 8_000 }));
    assert!(is_reserved(&db, &id, "p3", 8_000, 2).await);
    assert!(!is_reserved(&db, &id, "p4", 4_001, 3).await);
    assert!(is_reserved(&db, &id, "p5", 4_000, 4).await);
    assert_eq!(counted(&db, &id, 5).await, 20_000);
    assert!(is_reserved(&db, &id, "p1", 8_000, 6).await, "the same purchase again is answered like the first time");
    assert_eq!(counted(&db, &id, 7).await, 20_000);
}

#[tokio::test]
async fn a_month_starts_afresh_and_grants_do_not_share_a_ceiling() {
    let db = database().await;
    let (one, other) = (grant(&db, "a", None, Some(100)).await, grant(&db, "b", None, Some(100)).await);
    assert!(is_reserved(&db, &one, "p1", 100, 0).await && !is_reserved(&db, &one, "p2", 1, 1).await);
    assert!(is_reserved(&db, &other, "p3", 100, 2).await);
    write(&db, |tx| consume(tx, "p1")).await;
    let next_month = 20 * 86_400;
    assert!(is_reserved(&db, &one, "p4", 100, next_month).await);
    assert_eq!((counted(&db, &one, 0).await, counted(&db, &one, next_month).await), (100, 100));
}

#[tokio::test]
async fn a_cart_in_another_currency_is_recorded_and_measured_by_nothing() {
    let db = database().await;
    let id = grant(&db, "a", Some(1), Some(1)).await;
    let yen = Reservation { amount: Money::new(9_000, "JPY".parse().unwrap()), ..reservation(&id, "p1", 0, 0) };
    assert_eq!(try_reserve(&db, yen).await, Reserving::Reserved);
    assert_eq!(counted(&db, &id, 0).await, 0);
    assert!(is_reserved(&db, &id, "p2", 1, 0).await);
}

#[tokio::test]
async fn without_a_ceiling_what_is_spent_is_recorded_all_the_same() {
    let db = database().await;
    let id = grant(&db, "a", None, None).await;
    assert!(is_reserved(&db, &id, "p1", 5_000_000, 0).await);
    assert_eq!(counted(&db, &id, 0).await, 5_000_000);
}

#[tokio::test]
async fn a_reservation_that_nobody_took_expires_and_a_consumed_one_never_does() {
    let db = database().await;
    let id = grant(&db, "a", None, Some(100)).await;
    assert!(is_reserved(&db, &id, "kept", 60, 0).await && is_reserved(&db, &id, "left", 40, 0).await);
    assert!(write(&db, |tx| consume(tx, "kept")).await);
    assert_eq!(write(&db, |tx| expire(tx, at(599))).await, 0);
    assert_eq!(write(&db, |tx| expire(tx, at(9_000_000))).await, 1);
    assert_eq!(counted(&db, &id, 0).await, 60);
    assert!(!write(&db, |tx| consume(tx, "left")).await, "what has expired cannot be taken");
    assert!(write(&db, |tx| commit(tx, "kept", "order-1")).await);
    assert!(write(&db, |tx| commit(tx, "kept", "order-1")).await);
    assert!(!write(&db, |tx| commit(tx, "kept", "order-2")).await, "one purchase is one order");
    assert!(!write(&db, |tx| release(tx, "kept")).await, "an order is not taken back");
    assert!(!write(&db, |tx| commit(tx, "left", "order-3")).await);
    assert_eq!(counted(&db, &id, 0).await, 60);
}

#[tokio::test]
async fn what_is_over_makes_room_also_before_a_sweeper_has_come_by() {
    let db = database().await;
    let id = grant(&db, "a", None, Some(100)).await;
    assert!(is_reserved(&db, &id, "p1", 100, 0).await && !is_reserved(&db, &id, "p2", 100, 599).await);
    assert!(is_reserved(&db, &id, "p2", 100, 600).await);
    assert_eq!(write(&db, |tx| expire(tx, at(600))).await, 0);
}

#[tokio::test]
async fn a_release_counts_no_longer_and_only_once() {
    let db = database().await;
    let id = grant(&db, "a", None, Some(100)).await;
    assert!(is_reserved(&db, &id, "p1", 60, 0).await && is_reserved(&db, &id, "p2", 40, 0).await);
    write(&db, |tx| consume(tx, "p1")).await;
    assert!(write(&db, |tx| release(tx, "p1")).await && write(&db, |tx| release(tx, "p1")).await);
    assert_eq!(counted(&db, &id, 0).await, 40);
    assert!(!write(&db, |tx| consume(tx, "p1")).await && !write(&db, |tx| commit(tx, "p1", "o")).await);
}

#[tokio::test]
async fn a_ceiling_lowered_below_what_is_spent_undoes_nothing_and_refuses_the_next() {
    let db = database().await;
    let id = grant(&db, "a", None, Some(20_000)).await;
    assert!(is_reserved(&db, &id, "p1", 15_000, 0).await);
    limit(&db, &id, Some(9_000), Some(10_000)).await;
    assert_eq!(counted(&db, &id, 1).await, 15_000);
    let Reserving::OverLimit(over) = try_reserve(&db, reservation(&id, "p2", 1, 1)).await else { panic!("allowed") };
    assert_eq!((over.limit.per_month, over.spent), (Some(10_000), 15_000));
    assert!(write(&db, |tx| consume(tx, "p1")).await && write(&db, |tx| commit(tx, "p1", "order-1")).await);
}

/// Two processes: on SQLite two that share a file, on PostgreSQL two pools.
async fn two_processes(folder: &tempfile::TempDir) -> [Database; 2] {
    let url = match testing::postgres_schema().unwrap() {
        Some(url) => DatabaseUrl::Postgres(url),
        None => DatabaseUrl::Sqlite(folder.path().join("ledger.sqlite").to_str().unwrap().to_owned()),
    };
    let open = || Database::open(&url, DatabaseLimits { connections: 4, queue: 4_096 }).unwrap();
    let (one, other) = (open(), open());
    write(&one, |tx| seed_store(tx, "fern", "http://localhost:8080")).await;
    [one, other]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_approvals_at_once_never_go_a_cent_over_and_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let processes = two_processes(&folder).await;
    let id = grant(&processes[0], "a", Some(999), Some(250_000)).await;
    // 1 to 1,000 cents; all together would be twice what is allowed, and the largest is above the ceiling of one order.
    let tries: Vec<_> = (1..=1_000_i64)
        .map(|cents| {
            let (db, id) = (processes[usize::try_from(cents % 2).unwrap()].clone(), id.clone());
            tokio::spawn(async move {
                let purchase = format!("p{cents}");
                let is_reserved = is_reserved(&db, &id, &purchase, cents, 0).await;
                // Some go on at once, beside those that still try.
                let is_kept = match (is_reserved, cents % 4) {
                    (true, 0) => !write(&db, move |tx| release(tx, &purchase)).await,
                    (true, 1) => write(&db, move |tx| Ok(consume(tx, &purchase)? && commit(tx, &purchase, "o")?)).await,
                    (is_reserved, _) => is_reserved,
                };
                if is_kept { cents } else { 0 }
            })
        })
        .collect();
    let (mut kept, mut count) = (0, 0);
    for attempt in tries {
        let cents = attempt.await.unwrap();
        kept += cents;
        count += i64::from(cents > 0);
    }
    assert_eq!(counted(&processes[1], &id, 0).await, kept, "what counts is what was said yes to");
    // As many at least as if the largest had come first.
    assert!(kept <= 250_000 && count >= 240, "{kept} cents in {count} approvals");
    // Nothing that still fits is refused: the smallest that was not allowed would be above the ceiling.
    let left = 250_000 - kept;
    // Where nothing is left, there is no smaller one to try.
    for (cents, fits) in [(left + 1, false), (left, true)].into_iter().filter(|(cents, _)| *cents > 0) {
        let is_one_order = (1..=999).contains(&cents);
        let purchase = format!("last-{cents}");
        assert_eq!(is_reserved(&processes[0], &id, &purchase, cents, 1).await, fits && is_one_order);
    }
    processes.iter().for_each(Database::close);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_expires_while_it_is_consumed_is_either_and_the_sum_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let processes = two_processes(&folder).await;
    let id = grant(&processes[0], "a", None, Some(100_000)).await;
    for purchase in 0..60 {
        assert!(is_reserved(&processes[0], &id, &format!("p{purchase:02}"), 10, 0).await);
    }
    let sweeps = (0..6).map(|sweep| {
        let db = processes[sweep % 2].clone();
        tokio::spawn(async move { write(&db, |tx| expire(tx, at(10_000))).await })
    });
    let sweeps: Vec<_> = sweeps.collect();
    let takes = (0..60).rev().map(|purchase: usize| {
        let (db, purchase) = (processes[purchase % 2].clone(), format!("p{purchase:02}"));
        tokio::spawn(async move { write(&db, move |tx| consume(tx, &purchase)).await })
    });
    let takes: Vec<_> = takes.collect();
    let (mut expired, mut consumed) = (0, 0);
    for sweep in sweeps {
        expired += sweep.await.unwrap();
    }
    for take in takes {
        consumed += usize::from(take.await.unwrap());
    }
    loop {
        match write(&processes[0], |tx| expire(tx, at(10_000))).await {
            0 => break,
            more => expired += more,
        }
    }
    assert_eq!(expired + consumed, 60, "each was one of the two");
    assert_eq!(counted(&processes[1], &id, 0).await, i64::try_from(consumed).unwrap() * 10);
    processes.iter().for_each(Database::close);
}

/// What can happen to a ledger.
#[derive(Debug, Clone)]
enum Act {
    Reserve { purchase: u8, amount: i64 },
    Consume(u8),
    Commit(u8),
    Release(u8),
    Wait(i64),
    Sweep,
    Lower { per_month: i64 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let purchase = || 0..8_u8;
    let act = prop_oneof![
        4 => (purchase(), 1..60_i64).prop_map(|(purchase, amount)| Act::Reserve { purchase, amount }),
        3 => purchase().prop_map(Act::Consume),
        2 => purchase().prop_map(Act::Commit),
        2 => purchase().prop_map(Act::Release),
        2 => (1..400_i64).prop_map(Act::Wait),
        1 => Just(Act::Sweep),
        1 => (1..150_i64).prop_map(|per_month| Act::Lower { per_month }),
    ];
    proptest::collection::vec(act, 1..40)
}

/// The ledger as it should be: purchases with amount, state and end.
struct Model {
    per_month: i64,
    now: i64,
    purchases: BTreeMap<u8, (i64, ReservationState, i64)>,
}

impl Model {
    /// Lets time work.
    fn settle(&mut self) {
        let now = self.now;
        for (_, state, until) in self.purchases.values_mut() {
            if *state == Reserved && *until <= now {
                *state = Expired;
            }
        }
    }

    fn counted(&self) -> i64 {
        self.purchases.values().filter(|(_, state, _)| state.counts()).map(|(amount, ..)| amount).sum()
    }

    fn state(&self, purchase: u8) -> Option<ReservationState> {
        self.purchases.get(&purchase).map(|(_, state, _)| *state)
    }

    fn set(&mut self, purchase: u8, to: ReservationState) {
        if let Some((_, state, _)) = self.purchases.get_mut(&purchase) {
            *state = to;
        }
    }
}

/// Whatever is due, of all grants.
async fn sweep(db: &Database, second: i64) {
    while write(db, move |tx| expire(tx, at(second))).await > 0 {}
}

async fn play(db: Database, grant_id: GrantId, acts: Vec<Act>) {
    limit(&db, &grant_id, Some(50), Some(150)).await;
    let mut model = Model { per_month: 150, now: 0, purchases: BTreeMap::new() };
    let name = |purchase: u8| format!("{grant_id}-{purchase}");
    for act in acts {
        match act {
            Act::Reserve { purchase, amount } => {
                model.settle();
                // A purchase is approved once: one whose reservation is over is not asked for again.
                if model.state(purchase).is_some_and(|state| !state.counts()) {
                    continue;
                }
                let is_known = model.state(purchase).is_some();
                let fits = amount <= 50 && model.counted() + amount <= model.per_month;
                let said = is_reserved(&db, &grant_id, &name(purchase), amount, model.now).await;
                assert_eq!(said, is_known || fits, "{purchase} for {amount}");
                if said && !is_known {
                    model.purchases.insert(purchase, (amount, Reserved, model.now + 600));
                }
            }
            Act::Consume(purchase) => {
                // The purchase itself refuses what is past its time; the ledger, what was swept.
                model.settle();
                let id = name(purchase);
                sweep(&db, model.now).await;
                let said = write(&db, move |tx| consume(tx, &id)).await;
                let is_so = matches!(model.state(purchase), Some(Reserved | Consumed | Committed));
                assert_eq!(said, is_so);
                if model.state(purchase) == Some(Reserved) {
                    model.set(purchase, Consumed);
                }
            }
            Act::Commit(purchase) => {
                let id = name(purchase);
                let said = write(&db, move |tx| commit(tx, &id, "order")).await;
                assert_eq!(said, matches!(model.state(purchase), Some(Consumed | Committed)));
                if said {
                    model.set(purchase, Committed);
                }
            }
            Act::Release(purchase) => {
                let id = name(purchase);
                let said = write(&db, move |tx| release(tx, &id)).await;
                let known = model.state(purchase);
                assert_eq!(said, known.is_some_and(|state| state != Committed));
                if matches!(known, Some(Reserved | Consumed)) {
                    model.set(purchase, Released);
                }
            }
            Act::Wait(seconds) => model.now += seconds,
            Act::Sweep => {
                sweep(&db, model.now).await;
                model.settle();
            }
            Act::Lower { per_month } => {
                model.per_month = model.per_month.min(per_month);
                limit(&db, &grant_id, Some(50), Some(model.per_month)).await;
            }
        }
    }
    sweep(&db, model.now).await;
    model.settle();
    assert_eq!(counted(&db, &grant_id, 0).await, model.counted());
}

#[test]
fn in_any_order_the_ledger_counts_what_a_simple_model_counts() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let db = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let number = std::cell::Cell::new(0);
    let ran = runner.run(&acts(), |acts| {
        number.set(number.get() + 1);
        runtime.block_on(async {
            let grant_id = grant(&db, &format!("g{}", number.get()), None, None).await;
            play(db.clone(), grant_id, acts).await;
        });
        Ok(())
    });
    ran.unwrap();
}
