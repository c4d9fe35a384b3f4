//! The store's SQLite file: one thread writes, two read, and nobody else touches a connection, so that no worker of
//! the HTTP server ever waits for the disk.
//!
//! WAL lets the readers go on while the writer writes. A write is one transaction with `synchronous=FULL`: what an
//! agent was told is on disk. A caller who goes away does not undo it; an idempotency key makes the retry harmless.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use tokio::sync::oneshot;

use crate::shop::backend::BackendError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
const READERS: usize = 2;

/// `busy_timeout`: another process that looks into the file, such as the one that is just ending, fails nothing; first, for
/// it counts for the others. WAL: readers and the writer do not wait for each other. FULL: a commit is on disk.
/// `foreign_keys` is off by default in SQLite.
const PRAGMAS: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                       PRAGMA foreign_keys=ON; PRAGMA cache_size=-4096;";

/// Why the store's file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the store's database file cannot be opened: {0}")]
    Connection(#[from] diesel::ConnectionError),
    #[error("the store's database cannot be brought up to date: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
    #[error("the store's database cannot be used: {0}")]
    Query(#[from] diesel::result::Error),
    #[error("the catalog cannot be read: {0}")]
    Catalog(String),
    #[error("a thread for the store's database cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl From<diesel::result::Error> for BackendError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

type Job = Box<dyn FnOnce(&mut SqliteConnection) + Send>;

#[derive(Clone)]
pub(super) struct Database {
    writer: mpsc::Sender<Job>,
    readers: Arc<[mpsc::Sender<Job>]>,
    next_reader: Arc<AtomicUsize>,
}

impl Database {
    pub(super) fn open(
        path: &Path,
        prepare: impl FnOnce(&mut SqliteConnection) -> Result<(), OpenError>,
    ) -> Result<Self, OpenError> {
        let mut connection = connect(path)?;
        connection.run_pending_migrations(MIGRATIONS).map_err(OpenError::Migration)?;
        connection.immediate_transaction(prepare)?;
        let writer = start("store-writer", connection)?;
        let readers =
            (0..READERS).map(|_| start("store-reader", connect(path)?)).collect::<Result<Vec<_>, OpenError>>()?;
        Ok(Self { writer, readers: readers.into(), next_reader: Arc::default() })
    }

    /// One transaction. BEGIN IMMEDIATE: a transaction that reads first cannot lose its right to write later.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut SqliteConnection) -> Result<T, BackendError> + Send + 'static,
    ) -> Result<T, BackendError> {
        run(&self.writer, move |connection| connection.immediate_transaction(job)).await
    }

    /// One snapshot: all queries of the job see the same state.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut SqliteConnection) -> Result<T, BackendError> + Send + 'static,
    ) -> Result<T, BackendError> {
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let Some(reader) = self.readers.get(turn % READERS) else {
            return Err(BackendError::Unavailable("no reader".to_owned()));
        };
        run(reader, move |connection| connection.transaction(job)).await
    }
}

fn connect(path: &Path) -> Result<SqliteConnection, OpenError> {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
    connection.batch_execute(PRAGMAS)?;
    Ok(connection)
}

/// The thread ends when the last sender is gone.
fn start(name: &str, mut connection: SqliteConnection) -> Result<mpsc::Sender<Job>, OpenError> {
    let (sender, jobs) = mpsc::channel::<Job>();
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        for job in jobs {
            job(&mut connection);
        }
    })?;
    Ok(sender)
}

async fn run<T: Send + 'static>(
    thread: &mpsc::Sender<Job>,
    job: impl FnOnce(&mut SqliteConnection) -> Result<T, BackendError> + Send + 'static,
) -> Result<T, BackendError> {
    let (answer, answered) = oneshot::channel();
    let job: Job = Box::new(move |connection| {
        // The asker may have gone away; the work is done all the same.
        let _ = answer.send(job(connection));
    });
    let gone = || BackendError::Unavailable("the database thread has ended".to_owned());
    if thread.send(job).is_err() {
        return Err(gone());
    }
    answered.await.unwrap_or_else(|_| Err(gone()))
}
