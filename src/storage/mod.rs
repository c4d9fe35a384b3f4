//! Rows in, domain out: one plural file per aggregate. A use case is a plain function on one [`DbConnection`] over
//! SQLite or PostgreSQL, run by [`Database::read`] or, in one transaction, by [`Database::write`] (decision 6).
//!
//! Primitive everywhere: a conditional statement whose number of rows decides who won; the loser reads the row and asks
//! `domain` what losing means.

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{Notify, oneshot};

mod at_end;
mod bytes;
mod cached;
mod connection;
mod error;
mod job;
mod limit_columns;
mod migrations;
mod postgres;
mod postgres_connection;
pub mod schema;
mod sqlite;
mod transaction;

pub mod agent_policies;
pub mod approval_rules;
pub mod audit;
pub mod audit_listing;
pub mod audit_numbers;
pub mod client_assertions;
pub mod client_changes;
pub mod client_decisions;
pub mod client_listing;
pub mod clients;
pub mod connections;
pub mod consent_receipts;
pub mod console_sessions;
pub mod erasure;
pub mod feed;
pub mod grants;
pub mod identities;
pub mod initial_access_tokens;
pub mod introspection;
pub mod issuers;
pub mod last_actions;
pub mod ledger;
pub mod narrowing;
pub mod own_trail;
pub mod private_use_uris;
pub mod purchase_declines;
pub mod purchase_listing;
pub mod purchases;
pub mod refusals;
pub mod resource_servers;
pub mod restrictions;
pub mod retention;
pub mod revoked_tokens;
pub mod secret_versions;
pub mod shopper_sessions;
pub mod shoppers;
pub mod signing_keys;
pub mod staff;
pub mod staff_sessions;
pub mod stores;
pub mod sweeping;
#[doc(hidden)]
pub mod testing;
pub mod tool_calls;
pub mod uses;

pub use connection::DbConnection;
pub(crate) use connection::each;
pub use error::{StorageError, StorageResult};
use job::Job;
pub use transaction::Tx;

/// Where the rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A path, or `:memory:`.
    Sqlite(String),
    /// A `postgres://` URL, with its password.
    Postgres(String),
}

/// How many threads and how long a queue.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseLimits {
    pub connections: usize,
    pub queue: usize,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    /// `None` once closed.
    queues: Mutex<Option<Queues>>,
    threads: Mutex<Vec<thread::JoinHandle<()>>>,
    published: Arc<Notify>,
    backend: &'static str,
}

#[derive(Clone)]
struct Queues {
    writes: SyncSender<Job>,
    reads: SyncSender<Job>,
}

impl Database {
    /// Opens the database and applies missing migrations. Blocks: call it outside the async runtime's workers.
    ///
    /// # Errors
    /// When the database cannot be opened, is no database, or a migration fails.
    pub fn open(url: &DatabaseUrl, limits: DatabaseLimits) -> StorageResult<Self> {
        let (writes, reads, threads, backend) = match url {
            DatabaseUrl::Sqlite(path) => {
                let mut connection = DbConnection::open_sqlite(path)?;
                migrations::migrate(&mut connection)?;
                let (writes, thread) = sqlite::start_writer(path.clone(), connection, limits.queue)
                    .map_err(|error| StorageError::Unavailable(error.to_string()))?;
                // A database in memory lives in one connection only.
                let reads = if path == ":memory:" {
                    writes.clone()
                } else {
                    sqlite::start_readers(path, limits.connections.clamp(1, 4), limits.queue)?
                };
                (writes, reads, vec![thread], "sqlite")
            }
            DatabaseUrl::Postgres(url) => {
                migrate_postgres(url)?;
                let (queue, threads) = postgres::start(url, limits.connections, limits.queue)?;
                (queue.clone(), queue, threads, "postgres")
            }
        };
        Ok(Self {
            shared: Arc::new(Shared {
                queues: Mutex::new(Some(Queues { writes, reads })),
                threads: Mutex::new(threads),
                published: Arc::new(Notify::new()),
                backend,
            }),
        })
    }

    /// A database of its own in memory, for tests of use cases.
    pub fn in_memory() -> StorageResult<Self> {
        Self::open(&DatabaseUrl::Sqlite(":memory:".to_owned()), DatabaseLimits { connections: 1, queue: 1024 })
    }

    /// `sqlite` or `postgres`.
    pub fn backend(&self) -> &'static str {
        self.shared.backend
    }

    /// Runs `use_case` in one transaction. When this returns `Ok`, what it wrote is on disk; when it returns `Err`,
    /// nothing of it is. A refusal that changes state must therefore be an `Ok` value.
    pub async fn write<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (job, answer) = job::write(use_case, Arc::clone(&self.shared.published));
        self.send(job, |queues| &queues.writes)?;
        receive(answer).await
    }

    /// As [`Self::write`], for a use case of which one statement writes: `statement` may read before it, and ends with it;
    /// `then`, which cannot fail, leaves events and entries. Nothing would have to be taken back, so on SQLite this costs no
    /// savepoint, which copies every page that is changed under it.
    ///
    /// # Errors
    /// The database's.
    pub async fn write_one<T, R, F, G>(&self, statement: F, then: G) -> StorageResult<R>
    where
        T: 'static,
        R: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> StorageResult<T> + Send + 'static,
        G: FnOnce(T, &mut Tx<'_>) -> R + Send + 'static,
    {
        let (job, answer) = job::write_one(statement, then, Arc::clone(&self.shared.published));
        self.send(job, |queues| &queues.writes)?;
        receive(answer).await
    }

    /// Runs `use_case`, which must not write, outside a transaction.
    pub async fn read<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        let (job, answer) = job::read(use_case);
        self.send(job, |queues| &queues.reads)?;
        receive(answer).await
    }

    /// Woken after this process has put an event on a feed.
    pub fn published(&self) -> &Notify {
        &self.shared.published
    }

    fn send(&self, job: Job, queue: impl Fn(&Queues) -> &SyncSender<Job>) -> StorageResult<()> {
        let queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(queues) = queues.as_ref() else {
            return Err(StorageError::Unavailable("the server is shutting down".to_owned()));
        };
        queue(queues).try_send(job).map_err(|error| {
            StorageError::Unavailable(match error {
                TrySendError::Full(_) => "its queue is full".to_owned(),
                TrySendError::Disconnected(_) => "its thread has ended".to_owned(),
            })
        })
    }

    /// Takes no more work, finishes what was taken, and closes the connections. Blocks.
    pub fn close(&self) {
        drop(self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.shared.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            drop(thread.join());
        }
    }
}

async fn receive<T, E: From<StorageError>>(answer: oneshot::Receiver<Result<T, E>>) -> Result<T, E> {
    match answer.await {
        Ok(result) => result,
        Err(_) => Err(E::from(StorageError::Unavailable("the work was dropped unanswered".to_owned()))),
    }
}

/// The pure-Rust connection brings its own runtime, so it cannot be made inside ours.
fn migrate_postgres(url: &str) -> StorageResult<()> {
    let url = url.to_owned();
    let migrate = move || migrations::migrate(&mut DbConnection::open_postgres(&url)?).map(|_| ());
    thread::spawn(migrate)
        .join()
        .unwrap_or_else(|_| Err(StorageError::Unavailable("the migration thread panicked".to_owned())))
}
