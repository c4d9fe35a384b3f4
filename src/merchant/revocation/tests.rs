//! What a revocation ends, and what it leaves alone: neighbours, other environments, later consents.

use super::*;
use crate::domain::Timestamp;
use crate::domain::connection::Connection;
use crate::merchant::testing::{NOW, act, at, connection, database, insert, issuer_id, write};
use crate::storage::{Database, StorageError, feed};

async fn with(connections: Vec<Connection>) -> Database {
    let db = database().await;
    write(&db, move |tx| connections.iter().try_for_each(|connection| insert(tx, connection))).await;
    db
}

async fn is_unrestricted(db: &Database, issuer: &str, connection: &Connection) -> bool {
    let (issuer, id) = (issuer_id(issuer), connection.id);
    let found: Result<_, StorageError> = db.read(move |c| connections::find_unrestricted(c, &issuer, id)).await;
    found.unwrap().is_some()
}

async fn last_event(db: &Database, issuer: &'static str) -> Option<Event> {
    let events: Result<_, StorageError> = db.read(move |c| feed::list_after(c, issuer, 0, 100)).await;
    events.unwrap().pop().map(|(_, event)| event)
}

async fn revoke(db: &Database, issuer: &str, now: Timestamp, whose: Whose) -> bool {
    let act = act(issuer, now);
    write(db, move |tx| revoke_all(tx, &act, &whose)).await
}

#[actix_web::test]
async fn one_connection_ends_once_and_its_neighbour_lives() {
    let (one, other) = (connection("live", "c1", "a", NOW), connection("live", "c1", "a", at(1)));
    let db = with(vec![one.clone(), other.clone()]).await;
    for expected in [true, false] {
        let (act, id) = (act("live", at(5)), one.id);
        assert_eq!(write(&db, move |tx| revoke_connection(tx, &act, id)).await, expected);
    }
    let found: Result<_, StorageError> = db
        .read(move |c| {
            Ok((connections::find(c, &issuer_id("live"), one.id)?, connections::find(c, &issuer_id("live"), other.id)?))
        })
        .await;
    let (one, other) = found.unwrap();
    let one = one.unwrap();
    assert_eq!(one.ended, Some((at(5), EndReason::RevokedByStaff)));
    assert_eq!(other.unwrap().ended, None);
    assert_eq!(last_event(&db, "live").await, Some(Event::ConnectionEnded { connection_id: one.id.to_string() }));
}

#[actix_web::test]
async fn an_act_in_one_environment_ends_nothing_in_the_other() {
    let live = connection("live", "c1", "a", NOW);
    let db = with(vec![live.clone()]).await;
    let (other, id) = (act("sand", at(5)), live.id);
    assert!(!write(&db, move |tx| revoke_connection(tx, &other, id)).await);
    let (other, id) = (act("sand", at(5)), live.grant_id.clone());
    assert!(!write(&db, move |tx| revoke_grant(tx, &other, &id)).await);
    assert!(revoke(&db, "sand", at(5), Whose::Client("c1".into())).await);
    assert!(revoke(&db, "sand", at(5), Whose::Everyone).await);
    assert!(!revoke(&db, "sand", at(5), Whose::Shopper("pseudonym-a".into())).await, "not a shopper of sandbox");
    assert!(is_unrestricted(&db, "live", &live).await);
}

#[actix_web::test]
async fn one_row_shuts_out_all_of_a_client_and_a_later_consent_works() {
    let (old, same_time) = (connection("live", "c1", "a", NOW), connection("live", "c1", "b", at(5)));
    let (later, other) = (connection("live", "c1", "a", at(6)), connection("live", "c2", "a", NOW));
    let db = with(vec![old.clone(), same_time.clone(), later.clone(), other.clone()]).await;
    assert!(revoke(&db, "live", at(5), Whose::Client("c1".into())).await);
    assert!(!is_unrestricted(&db, "live", &old).await);
    assert!(!is_unrestricted(&db, "live", &same_time).await, "compared with <=");
    assert!(is_unrestricted(&db, "live", &later).await);
    assert!(is_unrestricted(&db, "live", &other).await);
    let event = Event::NotBefore { target: Target::Client("c1".into()), before: at(5).as_micros() };
    assert_eq!(last_event(&db, "live").await, Some(event));
    // A clock that lags brings nothing back.
    assert!(revoke(&db, "live", at(2), Whose::Client("c1".into())).await);
    assert!(!is_unrestricted(&db, "live", &same_time).await);
}

#[actix_web::test]
async fn a_shopper_is_shut_out_by_pseudonym_and_a_grant_by_its_id() {
    let (one, other) = (connection("live", "c1", "a", NOW), connection("live", "c1", "b", NOW));
    let db = with(vec![one.clone(), other.clone()]).await;
    assert!(revoke(&db, "live", at(1), Whose::Shopper("pseudonym-a".into())).await);
    assert!(!is_unrestricted(&db, "live", &one).await);
    assert!(is_unrestricted(&db, "live", &other).await);
    for expected in [true, false] {
        let (act, id) = (act("live", at(2)), other.grant_id.clone());
        assert_eq!(write(&db, move |tx| revoke_grant(tx, &act, &id)).await, expected);
    }
    assert!(!is_unrestricted(&db, "live", &other).await);
    assert_eq!(last_event(&db, "live").await, Some(Event::GrantRevoked { grant_id: other.grant_id.to_string() }));
}
