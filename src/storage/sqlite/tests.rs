//! What the writer does when another process holds the database.

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
