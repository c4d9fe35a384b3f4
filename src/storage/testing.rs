//! A database for one test: SQLite in memory, or, where `TEST_DATABASE_URL` names a PostgreSQL server, a fresh schema there.

use diesel::connection::SimpleConnection as _;

use super::{Database, DatabaseLimits, DatabaseUrl, DbConnection, StorageError, StorageResult};
use crate::config::testing::database_url;

/// An empty, migrated database of the caller's own.
pub fn database() -> StorageResult<Database> {
    let Some(url) = postgres_schema()? else { return Database::in_memory() };
    Database::open(&DatabaseUrl::Postgres(url), DatabaseLimits { connections: 4, queue: 1024 })
}

/// The address of a fresh schema on the PostgreSQL server of `TEST_DATABASE_URL`, if that is set.
pub fn postgres_schema() -> StorageResult<Option<String>> {
    let Some(url) = database_url() else { return Ok(None) };
    let schema = fresh_name();
    execute(&url, format!("CREATE SCHEMA {schema}"))?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(Some(format!("{url}{separator}options=-csearch_path%3D{schema}")))
}

/// The address of a fresh database on that server: what an operator begins with.
pub fn postgres_database() -> StorageResult<Option<String>> {
    let Some(url) = database_url() else { return Ok(None) };
    let name = fresh_name();
    execute(&url, format!("CREATE DATABASE {name}"))?;
    let mut url = url::Url::parse(&url).map_err(|error| StorageError::Unavailable(error.to_string()))?;
    url.set_path(&name);
    Ok(Some(url.to_string()))
}

fn fresh_name() -> String {
    format!("t{}", uuid::Uuid::new_v4().simple())
}

/// On a thread of its own: the pure-Rust connection brings its own runtime, so it cannot be made inside a test's.
fn execute(url: &str, statement: String) -> StorageResult<()> {
    let url = url.to_owned();
    let run = move || match DbConnection::open_postgres(&url)? {
        DbConnection::Postgres(mut connection) => Ok(connection.batch_execute(&statement)?),
        DbConnection::Sqlite(_) => Ok(()),
    };
    std::thread::spawn(run).join().unwrap_or(Ok(()))
}
