//! One connection type over both databases. A typed query is written once; [`each!`] expands it per backend.
//!
//! Why not diesel's `MultiConnection`: it needs libpq, has no upsert, and was slower (spec/crates.md, section 1).

use diesel::Connection;
use diesel::connection::{SimpleConnection, TransactionManager};

use super::cached::{Verbatim, cached};
use super::postgres_connection::{self, PgConnection};
use super::{StorageError, StorageResult};
use crate::config::PostgresAddress;

type Manager = <PgConnection as Connection>::TransactionManager;

pub enum DbConnection {
    Sqlite(diesel::SqliteConnection),
    Postgres(Box<PgConnection>),
}

/// `each!(connection, c => query.execute(c))`: the same typed query on whichever database it is.
macro_rules! each {
    ($connection:expr, $c:ident => $body:expr) => {
        match $connection {
            $crate::storage::DbConnection::Sqlite($c) => $body,
            $crate::storage::DbConnection::Postgres(boxed) => {
                let $c = &mut **boxed;
                $body
            }
        }
    };
}
pub(crate) use each;

/// Why each pragma: WAL lets readers go on beside the writer; FULL makes an acknowledged commit survive a power cut;
/// a busy timeout covers other processes (`tillgate keys rotate` beside a running server); the memory map keeps reads out of
/// the kernel, and the page cache what was written since the last checkpoint. No larger cache: after a page was split, COMMIT
/// looks through all of it. Fewer checkpoints cost fewer syncs; a thread of their own gained nothing (README, Measured).
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096; \
     PRAGMA mmap_size = 268435456; PRAGMA wal_autocheckpoint = 4000;";

impl DbConnection {
    pub(super) fn open_sqlite(path: &str) -> StorageResult<Self> {
        let mut connection = diesel::SqliteConnection::establish(path)?;
        connection.batch_execute(SQLITE_PRAGMAS)?;
        Ok(Self::Sqlite(connection))
    }

    pub(super) fn open_postgres(url: &str) -> StorageResult<Self> {
        let wrong = |wrong: crate::config::Wrong| StorageError::Unavailable(format!("the address {}", wrong.reason));
        let address = PostgresAddress::parse(url).map_err(wrong)?;
        Ok(Self::Postgres(Box::new(postgres_connection::open(&address)?)))
    }

    /// Whether the server can still be reached. SQLite's file can.
    pub(super) fn check(&mut self) -> StorageResult<()> {
        match self {
            Self::Sqlite(_) => {}
            Self::Postgres(c) => c.batch_execute("SELECT 1")?,
        }
        Ok(())
    }

    /// Whether SQLite's writer still is in its transaction: only outside of one can another begin.
    pub(super) fn check_transaction(&mut self) -> StorageResult<()> {
        if let Self::Sqlite(c) = self
            && cached!(Verbatim("BEGIN")).run(c).is_ok()
        {
            return Err(StorageError::Unavailable("the database has ended the transaction by itself".to_owned()));
        }
        Ok(())
    }

    /// Opens a transaction, or a savepoint inside one. On SQLite always a savepoint: the writer has opened the transaction,
    /// and diesel's own would be prepared anew each time.
    pub(super) fn begin(&mut self) -> StorageResult<()> {
        match self {
            Self::Sqlite(c) => cached!(Verbatim("SAVEPOINT use_case")).run(c)?,
            Self::Postgres(c) => Manager::begin_transaction(&mut **c)?,
        }
        Ok(())
    }

    pub(super) fn commit(&mut self) -> StorageResult<()> {
        match self {
            Self::Sqlite(c) => cached!(Verbatim("RELEASE use_case")).run(c)?,
            Self::Postgres(c) => Manager::commit_transaction(&mut **c)?,
        }
        Ok(())
    }

    pub(super) fn roll_back(&mut self) -> StorageResult<()> {
        match self {
            Self::Sqlite(c) => {
                cached!(Verbatim("ROLLBACK TO use_case")).run(c)?;
                cached!(Verbatim("RELEASE use_case")).run(c)?;
            }
            Self::Postgres(c) => Manager::rollback_transaction(&mut **c)?,
        }
        Ok(())
    }
}
