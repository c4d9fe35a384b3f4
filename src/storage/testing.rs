//! A database for one test: SQLite in memory, or, where `TEST_DATABASE_URL` names a PostgreSQL server, a fresh schema there.

use diesel::connection::SimpleConnection as _;

use super::{Database, DatabaseLimits, DatabaseUrl, DbConnection, StorageResult};
use crate::config::testing::database_url;

/// An empty, migrated database of the caller's own.
pub fn database() -> StorageResult<Database> {
    let Some(url) = postgres_schema()? else { return Database::in_memory() };
    Database::open(&DatabaseUrl::Postgres(url), DatabaseLimits { connections: 4, queue: 1024 })
}

/// The address of a fresh schema on the PostgreSQL server of `TEST_DATABASE_URL`, if that is set.
pub fn postgres_schema() -> StorageResult<Option<String>> {
    let Some(url) = database_url() else { return Ok(None) };
    let schema = format!("t{}", uuid::Uuid::new_v4().simple());
    let (server, statement) = (url.clone(), format!("CREATE SCHEMA {schema}"));
    // The pure-Rust connection brings its own runtime, so it cannot be made inside a test's.
    let create = move || match DbConnection::open_postgres(&server)? {
        DbConnection::Postgres(mut connection) => Ok(connection.batch_execute(&statement)?),
        DbConnection::Sqlite(_) => Ok(()),
    };
    let opened: StorageResult<()> = std::thread::spawn(create).join().unwrap_or(Ok(()));
    opened?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(Some(format!("{url}{separator}options=-csearch_path%3D{schema}")))
}
