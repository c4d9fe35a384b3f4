//! The list of sessions: the database and the domain agree on states, pages have no gaps, environments stay apart.

use super::*;
use crate::domain::connection::{Connection, EndReason};
use crate::merchant::pauses;
use crate::merchant::revocation::{Whose, revoke_all, revoke_connection};
use crate::merchant::testing::{act, at, connection, database, insert, issuer_id, write};
use crate::storage::{Database, StorageError, connections};

fn question(state: Option<SessionState>) -> Question {
    Question { agent: None, pseudonym: None, state, page: Page::First, limit: 50, now: at(1_000) }
}

async fn ask(db: &Database, issuer: &str, question: Question) -> List {
    let issuer = issuer_id(issuer);
    let found: Result<List, StorageError> = db.read(move |c| list(c, &issuer, &question)).await;
    found.unwrap()
}

async fn fill(db: &Database, connections: Vec<Connection>) {
    write(db, move |tx| connections.iter().try_for_each(|connection| insert(tx, connection))).await;
}

/// One of every state, with what makes it so.
async fn one_of_each(db: &Database) {
    let long_ago = at(-91 * 86_400);
    let plain = connection("live", "plain", "a", at(1));
    let paused = connection("live", "paused", "a", at(2));
    let revoked = connection("live", "revoked", "a", at(3));
    let shut_out = connection("live", "shut-out", "a", at(4));
    let past = connection("live", "plain", "b", long_ago);
    let idle = Connection { last_used_at: at(-40 * 86_400), ..connection("live", "plain", "c", at(-41 * 86_400)) };
    let unredeemed = Connection { generation: 0, ..connection("live", "plain", "d", at(5)) };
    let fresh = Connection { generation: 0, ..connection("live", "plain", "e", at(999)) };
    let reused = connection("live", "plain", "f", at(6));
    let left = connection("live", "plain", "g", at(7));
    let gone = connection("live", "gone", "a", at(8));
    let (ended, of_shopper) = (revoked.id, gone.grant_id.clone());
    let (by_reuse, by_agent) = (reused.id, left.id);
    fill(db, vec![plain, paused, revoked, shut_out, past, idle, unredeemed, fresh, reused, left, gone]).await;
    let act = act("live", at(500));
    write(db, move |tx| {
        revoke_connection(tx, &act, ended)?;
        revoke_all(tx, &act, &Whose::Client("shut-out".into()))?;
        pauses::pause(tx, &act, &Target::Client("paused".into()))?;
        connections::end(tx, by_reuse, EndReason::RefreshReused, act.now)?;
        connections::end(tx, by_agent, EndReason::RevokedByClient, act.now)?;
        restrictions::shut_out_before(tx, &act.issuer_id, &Target::Grant(of_shopper.to_string()), act.now, "shopper")
    })
    .await;
}

#[actix_web::test]
async fn the_database_narrows_by_state_as_the_domain_decides() {
    let db = database().await;
    one_of_each(&db).await;
    let all = ask(&db, "live", question(None)).await.sessions;
    assert_eq!(all.len(), 11);
    let states = [
        (SessionState::Live, 2),
        (SessionState::Paused, 1),
        (SessionState::Revoked, 2),
        (SessionState::Disconnected, 1),
        (SessionState::Left, 1),
        (SessionState::Reused, 1),
        (SessionState::Expired, 3),
    ];
    for (state, count) in states {
        let narrowed: Vec<_> = ask(&db, "live", question(Some(state))).await.sessions.iter().map(|s| s.id).collect();
        let decided: Vec<_> = all.iter().filter(|session| session.state == state).map(|session| session.id).collect();
        assert_eq!(narrowed, decided, "{state}");
        assert_eq!(decided.len(), count, "{state}");
    }
}

#[actix_web::test]
async fn pages_follow_each_other_in_both_directions_without_a_gap() {
    let db = database().await;
    // Two of each time, of different shoppers: the id decides between them.
    fill(&db, (0..10).map(|n| connection("live", "c1", &format!("s{n}"), at(n / 2))).collect()).await;
    let mut seen = Vec::new();
    let mut page = Page::First;
    let last = loop {
        let found = ask(&db, "live", Question { page, limit: 3, ..question(None) }).await;
        seen.extend(found.sessions.iter().map(|session| (session.authorized_at, session.id)));
        let Some(older) = found.older else { break found };
        page = Page::OlderThan(older);
    };
    assert_eq!(seen.len(), 10);
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first");
    let back =
        ask(&db, "live", Question { page: Page::NewerThan(last.newer.unwrap()), limit: 3, ..question(None) }).await;
    let ids: Vec<_> = back.sessions.iter().map(|session| (session.authorized_at, session.id)).collect();
    assert_eq!(ids, seen[6..9]);
}

#[actix_web::test]
async fn a_list_is_narrowed_by_name_client_id_and_shopper_and_holds_one_environment() {
    let db = database().await;
    fill(
        &db,
        vec![
            connection("live", "c1_tea", "a", at(1)),
            connection("live", "c1_pot", "b", at(2)),
            connection("sand", "c1_tea", "a", at(3)),
        ],
    )
    .await;
    let found = |agent: &str, shopper: Option<&str>| Question {
        agent: Some(agent.to_owned()).filter(|agent| !agent.is_empty()),
        pseudonym: shopper.map(str::to_owned),
        ..question(None)
    };
    for (agent, shopper, count) in [
        ("", None, 2),
        ("AGENT C1_T", None, 1),
        ("c1_", None, 2),
        ("c1_pot", None, 1),
        ("%", None, 0),
        ("", Some("pseudonym-b"), 1),
        ("c1_tea", Some("pseudonym-b"), 0),
    ] {
        let list = ask(&db, "live", found(agent, shopper)).await;
        assert_eq!(list.sessions.len(), count, "{agent} {shopper:?}");
        assert!(list.sessions.iter().all(|session| session.authorized_at < at(3)), "only of live");
    }
}

#[actix_web::test]
async fn a_session_without_use_since_a_later_one_began_is_folded_under_it_while_both_live() {
    let db = database().await;
    let earlier = connection("live", "c1", "a", at(1));
    let never_redeemed = Connection { generation: 0, ..connection("live", "c1", "a", at(2)) };
    let in_use = Connection { last_used_at: at(20), ..connection("live", "c1", "a", at(3)) };
    let later = connection("live", "c1", "a", at(10));
    let ended = connection("live", "c1", "a", at(4));
    let lone = connection("live", "c1", "b", at(5));
    let (later_id, ended_id) = (later.id, ended.id);
    let ids = [later.id, lone.id, ended.id, in_use.id];
    fill(&db, vec![earlier.clone(), never_redeemed.clone(), in_use, later, ended, lone]).await;
    write(&db, move |tx| connections::end(tx, ended_id, EndReason::RevokedByClient, at(50))).await;
    let of = |list: &List| list.sessions.iter().map(|session| session.id).collect::<Vec<_>>();
    let below = |list: &List| -> Vec<_> {
        let folded = list.sessions.iter().flat_map(|session| session.folded.iter().map(|below| (session.id, below.id)));
        folded.collect()
    };
    let list = ask(&db, "live", question(None)).await;
    assert_eq!(of(&list), ids);
    assert_eq!(below(&list), [(later_id, never_redeemed.id), (later_id, earlier.id)]);
    // By state, each is a row of its own.
    let live = ask(&db, "live", question(Some(SessionState::Live))).await;
    assert!(of(&live).contains(&earlier.id) && below(&live).is_empty());
    // Nothing that lives hides below what has ended.
    write(&db, move |tx| connections::end(tx, later_id, EndReason::RevokedByStaff, at(60))).await;
    let list = ask(&db, "live", question(None)).await;
    assert!(of(&list).contains(&later_id) && !of(&list).contains(&earlier.id), "under the one in use until now");
    assert_eq!(below(&list).len(), 2);
}

#[actix_web::test]
async fn pages_of_folded_sessions_have_no_gap_and_show_each_once() {
    let db = database().await;
    // Five grants of four connections each, mixed; only the newest of each is a row.
    let shopper = |n: i64| ["a", "b", "c", "d", "e"][usize::try_from(n % 5).unwrap()];
    fill(&db, (0..20).map(|n| connection("live", "c1", shopper(n), at(n))).collect()).await;
    let (mut rows, mut folded, mut page) = (0, 0, Page::First);
    loop {
        let found = ask(&db, "live", Question { page, limit: 2, ..question(None) }).await;
        rows += found.sessions.len();
        folded += found.sessions.iter().map(|session| session.folded.len()).sum::<usize>();
        let Some(older) = found.older else { break };
        page = Page::OlderThan(older);
    }
    assert_eq!((rows, folded), (5, 15));
}
