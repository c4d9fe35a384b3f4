//! What numbers and positions go to when some use cases fail beside others.

use futures_util::future::join_all;
use mcp_resource::wire::feed::Event;

use super::run;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::merchant::testing::{NOW, at, database, issuer_id};
use crate::merchant::trail::{List, Question, list};
use crate::storage::audit_listing::Page;
use crate::storage::{StorageError, audit, feed};
use crate::telemetry::ReferenceId;

#[tokio::test]
async fn a_use_case_that_fails_beside_others_takes_no_number_and_no_position() {
    let db = database().await;
    let use_cases = (0..40).map(|n| {
        db.write(move |tx| {
            let entry = AuditEntry::new(
                AuditKind::AccessTokenRevoked,
                at(n),
                ReferenceId::generate(),
                AuditSubject { jti: Some(n.to_string()), ..AuditSubject::default() },
            );
            audit::record(tx, &issuer_id("live"), &entry);
            tx.publish("live", at(n), Event::TokenRevoked { jti: n.to_string() });
            if n % 2 == 0 { Err(StorageError::Unavailable("a fault".to_owned())) } else { Ok(()) }
        })
    });
    let outcomes = join_all(use_cases).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 20);
    // SQLite's writer has numbered them already.
    let unnumbered = if db.backend() == "sqlite" { 0 } else { 20 };
    assert_eq!(run(&db, &[issuer_id("live")]).await.unwrap(), unnumbered);

    let question = Question { connection: None, reference: None, page: Page::First, limit: 100, refused_since: NOW };
    let found: Result<List, StorageError> = db.read(move |c| list(c, &issuer_id("live"), &question)).await;
    let numbers: Vec<_> = found.unwrap().entries.iter().rev().map(|entry| entry.sequence.unwrap()).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    let events: Result<_, StorageError> = db.read(|c| feed::list_after(c, "live", 0, 100)).await;
    let events = events.unwrap();
    assert_eq!(events.iter().map(|(cursor, _)| cursor.position).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
    let is_odd = |event: &Event| matches!(event, Event::TokenRevoked { jti } if jti.parse::<i64>().unwrap() % 2 == 1);
    assert!(events.iter().all(|(_, event)| is_odd(event)));
}
