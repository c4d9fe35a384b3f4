//! The upload of tool calls, their ring of refusals, and the numbers of the trail.

use mcp_resource::wire::ScopeSet;
use mcp_resource::wire::audit::{CHECKS, Evidence, TokenReference};

use super::*;
use crate::domain::ResourceServerId;
use crate::domain::connection::Connection;
use crate::domain::evidence::Check;
use crate::merchant::numbering;
use crate::merchant::testing::{NOW, RESOURCE, at, connection, database, insert, issuer_id, write};
use crate::merchant::trail::{List, Question, list};
use crate::storage::audit_listing::Page;
use crate::storage::{Database, StorageError};

fn upload(issuer: &str, resource: &str) -> Upload {
    let server = ResourceServer {
        id: ResourceServerId::new("r1"),
        resource: resource.to_owned(),
        aliases: vec![],
        name: "Shop".to_owned(),
    };
    Upload { issuer_id: issuer_id(issuer), server, now: at(100), refusals_kept: 3 }
}

fn call(connection: Option<&Connection>, reference: &str) -> ToolCall {
    ToolCall {
        id: Uuid::now_v7().to_string(),
        at: at(10),
        tool: "add_to_cart".to_owned(),
        platform: "demo-store".to_owned(),
        status: 200,
        outcome: "ok".to_owned(),
        latency_micros: 2_500,
        risk: 1,
        reference_id: reference.to_owned(),
        token: connection.map(|connection| TokenReference {
            jti: "j".to_owned(),
            client_id: "somebody-else".to_owned(),
            grant_id: "g".to_owned(),
            connection_id: connection.id.to_string(),
        }),
        required_scope: ScopeSet::BROWSE,
        object_id: None,
        arguments_digest: None,
        evidence: None,
    }
}

async fn send(db: &Database, upload: Upload, calls: Vec<ToolCall>) -> Received {
    write(db, move |tx| receive(tx, &upload, calls)).await
}

async fn ask(db: &Database, issuer: &str, connection: Option<String>, reference: Option<&str>) -> List {
    let issuer = issuer_id(issuer);
    let reference = reference.map(str::to_owned);
    let question = Question { connection, reference, page: Page::First, limit: 50, refused_since: NOW };
    let found: Result<List, StorageError> = db.read(move |c| list(c, &issuer, &question)).await;
    found.unwrap()
}

#[actix_web::test]
async fn a_call_is_kept_once_and_says_whose_session_it_was() {
    let db = database().await;
    let session = connection("live", "c1", "a", NOW);
    let inserted = session.clone();
    write(&db, move |tx| insert(tx, &inserted)).await;
    let calls = vec![call(Some(&session), "ref-1"), call(Some(&session), "ref-2")];
    let received = send(&db, upload("live", RESOURCE), calls.clone()).await;
    assert_eq!(received, Received { kept: 2, ignored: 0 });
    assert_eq!(send(&db, upload("live", RESOURCE), calls).await, Received { kept: 0, ignored: 2 });
    let found = ask(&db, "live", Some(session.id.to_string()), None).await;
    assert_eq!(found.entries.len(), 2);
    assert_eq!(found.entries[0].client_id.as_deref(), Some("c1"), "from the connection, not from the sender");
    assert_eq!(ask(&db, "live", None, Some("ref-2")).await.entries.len(), 1);
    assert_eq!(ask(&db, "sand", Some(session.id.to_string()), None).await.entries, []);
}

#[actix_web::test]
async fn a_server_cannot_write_about_sessions_of_another_server_or_environment() {
    let db = database().await;
    let session = connection("live", "c1", "a", NOW);
    let inserted = session.clone();
    write(&db, move |tx| insert(tx, &inserted)).await;
    let ignored = Received { kept: 0, ignored: 1 };
    assert_eq!(send(&db, upload("live", "http://other.example/mcp"), vec![call(Some(&session), "r")]).await, ignored);
    assert_eq!(send(&db, upload("sand", RESOURCE), vec![call(Some(&session), "r")]).await, ignored);
    let bad_id = ToolCall { id: "x".to_owned(), ..call(Some(&session), "r") };
    let long = ToolCall { tool: "t".repeat(129), ..call(Some(&session), "r") };
    assert_eq!(send(&db, upload("live", RESOURCE), vec![bad_id, long]).await, Received { kept: 0, ignored: 2 });
}

#[actix_web::test]
async fn calls_without_a_token_go_to_a_ring_of_fixed_size() {
    let db = database().await;
    for n in 0..5 {
        let anonymous =
            ToolCall { at: at(n), status: 401, outcome: "invalid_token".to_owned(), ..call(None, &format!("ref-{n}")) };
        assert_eq!(send(&db, upload("live", RESOURCE), vec![anonymous]).await.kept, 1);
    }
    // Three are kept: the newest.
    for (n, count) in [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)] {
        let found = ask(&db, "live", None, Some(&format!("ref-{n}"))).await;
        assert_eq!(found.refusals.len(), count, "{n}");
    }
    assert!(ask(&db, "sand", None, Some("ref-4")).await.refusals.is_empty());
}

#[actix_web::test]
async fn a_refused_call_of_a_session_is_in_the_trail_and_its_reason_in_the_ring_once() {
    let db = database().await;
    let session = connection("live", "c1", "a", NOW);
    let inserted = session.clone();
    write(&db, move |tx| insert(tx, &inserted)).await;
    let evidence = |presented: &str| Evidence {
        check: "audience".to_owned(),
        expected: "https://shop.example/mcp".to_owned(),
        presented: presented.to_owned(),
    };
    let refused = |reference: &str, presented: &str| ToolCall {
        status: 401,
        outcome: "invalid_token".to_owned(),
        evidence: Some(evidence(presented)),
        ..call(Some(&session), reference)
    };
    // An older resource server may send what ours would not.
    let calls =
        vec![refused("ref-1", "https://other.example"), refused("ref-2", "Bearer eyJhbGciOiJFUzI1NiJ9.s3cret.x")];
    assert_eq!(send(&db, upload("live", RESOURCE), calls.clone()).await, Received { kept: 2, ignored: 0 });
    assert_eq!(send(&db, upload("live", RESOURCE), calls.clone()).await, Received { kept: 0, ignored: 2 });
    let found = ask(&db, "live", None, Some("ref-1")).await;
    assert_eq!((found.entries.len(), found.refusals.len()), (1, 1));
    let refusal = &found.refusals[0];
    assert_eq!((refusal.client_id.as_deref(), refusal.endpoint.as_str()), (Some("c1"), RESOURCE));
    assert_eq!(refusal.evidence.as_ref().unwrap().presented, "https://other.example");
    let cleaned = ask(&db, "live", None, Some("ref-2")).await.refusals;
    assert!(!format!("{cleaned:?}").contains("s3cret"), "{cleaned:?}");
    // Of a session with another server only the reason is kept, under the name that this server gave.
    let elsewhere = send(&db, upload("live", "https://other.example/mcp"), vec![refused("ref-3", "x")]).await;
    assert_eq!(elsewhere, Received { kept: 1, ignored: 0 });
    let found = ask(&db, "live", None, Some("ref-3")).await;
    assert_eq!((found.entries.len(), found.refusals[0].client_id.as_deref()), (0, Some("somebody-else")));
}

#[actix_web::test]
async fn every_check_of_a_resource_server_has_a_name_here() {
    for check in CHECKS {
        assert!(check.parse::<Check>().is_ok(), "{check}");
    }
}

#[actix_web::test]
async fn numbers_have_no_gaps_follow_the_time_and_belong_to_the_issuer() {
    let db = database().await;
    let (live, sandbox) = (connection("live", "c1", "a", NOW), connection("sand", "c1", "a", NOW));
    let inserted = [live.clone(), sandbox.clone()];
    write(&db, move |tx| inserted.iter().try_for_each(|connection| insert(tx, connection))).await;
    let calls: Vec<ToolCall> = (0..450).map(|n| ToolCall { at: at(60 - n / 10), ..call(Some(&live), "r") }).collect();
    send(&db, upload("live", RESOURCE), calls).await;
    send(&db, upload("sand", RESOURCE), vec![call(Some(&sandbox), "r")]).await;
    let issuers = [issuer_id("live"), issuer_id("sand")];
    // Two at the same time: on PostgreSQL one of them steps back.
    let (one, other) = tokio::join!(numbering::run(&db, &issuers), numbering::run(&db, &issuers));
    let rest = numbering::run(&db, &issuers).await.unwrap();
    assert_eq!(one.unwrap() + other.unwrap() + rest, 451);
    send(&db, upload("live", RESOURCE), vec![ToolCall { at: at(1), ..call(Some(&live), "late") }]).await;
    assert_eq!(numbering::run(&db, &issuers).await.unwrap(), 1);

    let issuer = issuer_id("live");
    let question = Question { connection: None, reference: None, page: Page::First, limit: 1_000, refused_since: NOW };
    let found: Result<List, StorageError> = db.read(move |c| list(c, &issuer, &question)).await;
    let entries = found.unwrap().entries;
    let numbers: Vec<i64> = entries.iter().rev().map(|entry| entry.sequence.unwrap()).collect();
    assert_eq!(numbers, (1..=451).collect::<Vec<_>>());
    assert!(entries.iter().rev().take(450).is_sorted_by_key(|entry| entry.at));
    assert_eq!(entries[0].reference_id, "late", "a number once given stays");
}
