//! What the writer does when another process holds the database, and what it promises of what it wrote.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::storage::{Database, DatabaseLimits, DatabaseUrl, DbConnection, StorageError, StorageResult, Tx};

/// Does not wait for other processes as long as usual.
fn wait_briefly(tx: &mut Tx<'_>) -> StorageResult<()> {
    match &mut **tx {
        DbConnection::Sqlite(c) => Ok(c.batch_execute("PRAGMA busy_timeout = 20")?),
        DbConnection::Postgres(_) => Ok(()),
    }
}

#[tokio::test]
async fn a_use_case_whose_transaction_cannot_begin_is_not_run_and_its_caller_hears_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked.sqlite3").display().to_string();
    let db = Database::open(&DatabaseUrl::Sqlite(path.clone()), DatabaseLimits { connections: 1, queue: 8 }).unwrap();
    db.write(wait_briefly).await.unwrap();
    let mut other = SqliteConnection::establish(&path).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();

    let has_run = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&has_run);
    let refused: StorageResult<()> = db
        .write(move |_| {
            note.store(true, Ordering::SeqCst);
            Ok(())
        })
        .await;
    assert!(matches!(refused, Err(StorageError::Unavailable(_))), "{refused:?}");
    assert!(!has_run.load(Ordering::SeqCst));

    other.batch_execute("ROLLBACK").unwrap();
    let written: StorageResult<()> = db.write(|_| Ok(())).await;
    written.unwrap();
}

#[derive(diesel::QueryableByName)]
struct Level {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    synchronous: i64,
}

/// What every connection to a file is opened with, and so the writer's.
#[test]
fn a_commit_is_on_disk_before_it_is_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = DbConnection::open_sqlite(&folder.path().join("x.sqlite3").display().to_string()).unwrap();
    let DbConnection::Sqlite(connection) = &mut connection else { panic!("another database") };
    let level: Level = diesel::sql_query("SELECT synchronous FROM pragma_synchronous").get_result(connection).unwrap();
    assert_eq!(level.synchronous, 2, "FULL");
}

fn run(tx: &mut Tx<'_>, statement: &str) -> StorageResult<()> {
    match &mut **tx {
        DbConnection::Sqlite(c) => Ok(c.batch_execute(statement)?),
        DbConnection::Postgres(_) => Ok(()),
    }
}

/// All of them in one batch: the first holds the writer until the others wait.
#[tokio::test]
async fn one_statement_that_fails_leaves_its_neighbours_alone() {
    let db = Database::in_memory().unwrap();
    let (go, gate) = std::sync::mpsc::channel();
    let (before, failed, after, ()) = tokio::join!(
        db.write(move |tx| {
            gate.recv().unwrap();
            run(tx, "INSERT INTO audit_networks (at, audit_id, network) VALUES (1, 'before', 'n')")
        }),
        db.write_one(
            |tx| run(tx, "INSERT INTO audit_networks (at, audit_id, network) VALUES (1, NULL, 'n')"),
            |(), _| ()
        ),
        db.write_one(
            |tx| run(tx, "INSERT INTO audit_networks (at, audit_id, network) VALUES (1, 'after', 'n')"),
            |(), _| ()
        ),
        async { go.send(()).unwrap() }
    );
    assert!(failed.is_err(), "an entry without an id");
    before.unwrap();
    after.unwrap();
    let kept: i64 = db
        .read(|connection| {
            use crate::storage::schema::audit_networks::dsl::audit_networks;
            Ok::<_, StorageError>(crate::storage::each!(connection, c => audit_networks.count().get_result(c))?)
        })
        .await
        .unwrap();
    assert_eq!(kept, 2);
}

/// As SQLite does when the disk is full or broken.
#[tokio::test]
async fn who_shared_a_transaction_that_ended_by_itself_is_told_that_nothing_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.sqlite3").display().to_string();
    let db = Database::open(&DatabaseUrl::Sqlite(path), DatabaseLimits { connections: 1, queue: 8 }).unwrap();
    let (go, gate) = std::sync::mpsc::channel();
    let (neighbour, gone, next, ()) = tokio::join!(
        db.write(move |_| {
            gate.recv().unwrap();
            StorageResult::Ok(())
        }),
        db.write_one(
            |tx| {
                run(tx, "ROLLBACK")?;
                StorageResult::<()>::Err(StorageError::Unavailable("the disk is full".to_owned()))
            },
            |(), _| ()
        ),
        db.write(|_| StorageResult::Ok(())),
        async { go.send(()).unwrap() }
    );
    assert!(matches!(neighbour, Err(StorageError::Unavailable(_))), "{neighbour:?}");
    assert!(gone.is_err());
    next.unwrap();
}
