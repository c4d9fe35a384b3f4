//! What the sweeper ends and removes, and what it must never remove.

use super::*;
use crate::domain::connection::Connection;
use crate::domain::network::Network;
use crate::merchant::revocation::{Whose, revoke_all};
use crate::merchant::testing::{act, client, connection, database, insert, issuer_id, write};
use crate::storage::signing_keys::StoredKey;
use crate::storage::{connections, feed};

const START: Timestamp = Timestamp::from_secs(1_800_000_000);
const DAY: Duration = Duration::from_hours(24);

fn sweeper(db: &Database) -> (Sweeper, Clock) {
    let clock = Clock::manual(START);
    let ages = Ages { networks: 30 * DAY, refusals: 30 * DAY, addresses: 90 * DAY, orders: 3_653 * DAY };
    (Sweeper::new(db.clone(), clock.clone(), Lifetimes::default(), ages), clock)
}

async fn ended(db: &Database, connection: &Connection) -> Option<EndReason> {
    let (issuer, id) = (connection.issuer_id.clone(), connection.id);
    let found: StorageResult<_> = db.read(move |c| connections::find(c, &issuer, id)).await;
    found.unwrap().unwrap().ended.map(|(_, reason)| reason)
}

#[actix_web::test]
async fn what_a_row_shut_out_is_ended_batch_by_batch_and_the_row_goes_when_no_token_is_left() {
    let db = database().await;
    let all: Vec<Connection> = (0..250).map(|_| connection("live", "c1", "a", START)).collect();
    let others = [connection("live", "c2", "a", START), connection("sand", "c1", "a", START)];
    let inserted: Vec<Connection> = all.iter().chain(&others).cloned().collect();
    write(&db, move |tx| inserted.iter().try_for_each(|connection| insert(tx, connection))).await;
    let revocation = act("live", START);
    write(&db, move |tx| revoke_all(tx, &revocation, &Whose::Client("c1".into()))).await;

    let (mut sweeper, clock) = sweeper(&db);
    let issuers = [issuer_id("live"), issuer_id("sand")];
    assert_eq!(sweeper.end_shut_out(&issuers).await.unwrap(), Swept { ended: 250, removed: 0 });
    assert_eq!(sweeper.end_shut_out(&issuers).await.unwrap(), Swept::default());
    assert_eq!(ended(&db, &all[0]).await, Some(EndReason::RevokedByStaff));
    for other in &others {
        assert_eq!(ended(&db, other).await, None);
    }
    // A consent that was under way is found by the last look.
    let late = connection("live", "c1", "a", START);
    let inserted = late.clone();
    write(&db, move |tx| insert(tx, &inserted)).await;
    clock.advance(Duration::from_hours(1) + 2 * MARGIN);
    assert_eq!(sweeper.end_shut_out(&issuers).await.unwrap(), Swept { ended: 1, removed: 1 });
    let left: StorageResult<Vec<Made>> = db.read(|c| restrictions::list(c, &issuer_id("live"))).await;
    assert_eq!(left.unwrap(), []);
    assert_eq!(ended(&db, &late).await, Some(EndReason::RevokedByStaff));
}

#[actix_web::test]
async fn time_ends_what_is_superseded_and_idle_or_was_never_redeemed() {
    let db = database().await;
    let earlier = connection("live", "c1", "a", START);
    let later = Connection { last_used_at: START.plus(7 * DAY), ..connection("live", "c1", "a", START.plus(DAY)) };
    let lone = connection("live", "c1", "b", START);
    let unredeemed = Connection { generation: 0, ..connection("live", "c1", "c", START) };
    let inserted = [earlier.clone(), later.clone(), lone.clone(), unredeemed.clone()];
    write(&db, move |tx| inserted.iter().try_for_each(|connection| insert(tx, connection))).await;
    let (sweeper, clock) = sweeper(&db);
    clock.advance(8 * DAY);
    assert_eq!(sweeper.end_overdue().await.unwrap(), Swept { ended: 2, removed: 0 });
    assert_eq!(ended(&db, &earlier).await, Some(EndReason::Superseded));
    assert_eq!(ended(&db, &unredeemed).await, Some(EndReason::NeverUsed));
    assert_eq!(ended(&db, &later).await, None);
    assert_eq!(ended(&db, &lone).await, None);
}

#[actix_web::test]
async fn old_events_go_but_never_the_newest() {
    let db = database().await;
    for _ in 0..3 {
        let pause = act("live", START);
        write(&db, move |tx| revoke_all(tx, &pause, &Whose::Everyone)).await;
    }
    let (sweeper, clock) = sweeper(&db);
    assert_eq!(sweeper.remove_old(&[issuer_id("live")]).await.unwrap().removed, 0);
    clock.advance(DAY);
    sweeper.remove_old(&[issuer_id("live")]).await.unwrap();
    let events: StorageResult<_> = db.read(|c| feed::list_after(c, "live", 0, 10)).await;
    let positions: Vec<i64> = events.unwrap().iter().map(|(cursor, _)| cursor.position).collect();
    assert_eq!(positions, [3]);
}

#[actix_web::test]
async fn a_retired_signing_key_goes_when_no_token_of_it_can_live() {
    let db = database().await;
    let key = |kid: &str, activated: Option<Timestamp>, retired: Option<Timestamp>| StoredKey {
        kid: kid.to_owned(),
        issuer_id: "live".to_owned(),
        public_jwk: "{}".to_owned(),
        sealed_private_jwk: "sealed".to_owned(),
        created_at: START.as_micros(),
        activated_at: activated.map(Timestamp::as_micros),
        retired_at: retired.map(Timestamp::as_micros),
    };
    let keys = [
        key("retired", Some(START), Some(START)),
        key("retired later", Some(START), Some(START.plus(Duration::from_mins(10)))),
        key("current", Some(START), None),
        key("next", None, None),
    ];
    write(&db, move |tx| keys.iter().try_for_each(|key| signing_keys::insert(tx, key))).await;
    let (sweeper, clock) = sweeper(&db);
    for (minutes, left) in [(60, 4), (6, 3), (24 * 60, 2)] {
        clock.advance(Duration::from_mins(minutes));
        sweeper.remove_old(&[issuer_id("live")]).await.unwrap();
        let stored: StorageResult<Vec<StoredKey>> = db.read(signing_keys::list).await;
        assert_eq!(stored.unwrap().len(), left, "{minutes} minutes later");
    }
}

#[actix_web::test]
async fn spent_assertions_go_when_they_would_be_refused_for_their_age_and_not_before() {
    let db = database().await;
    let (sweeper, clock) = sweeper(&db);
    let granted = client("c1", "Granted");
    let source = Network::of("192.0.2.1".parse().unwrap());
    write(&db, move |tx| clients::insert(tx, &issuer_id("live"), &granted, &source).map(drop)).await;
    let spend = |jti: &'static str| {
        let db = db.clone();
        async move {
            let expires_at = START.plus(Duration::from_mins(2));
            let spent: StorageResult<bool> = db
                .write(move |tx| {
                    client_assertions::spend(
                        tx,
                        &issuer_id("live"),
                        &crate::domain::ClientId::new("c1"),
                        jti,
                        expires_at,
                    )
                })
                .await;
            spent.unwrap()
        }
    };
    for jti in ["a", "b"] {
        assert!(spend(jti).await);
    }
    clock.advance(Duration::from_mins(2));
    assert_eq!(sweeper.remove_old(&[]).await.unwrap(), Swept::default());
    assert!(!spend("a").await);
    clock.advance(2 * MARGIN);
    assert_eq!(sweeper.remove_old(&[]).await.unwrap(), Swept { ended: 0, removed: 2 });
    assert!(spend("a").await);
}
