//! Brings a database to the newest schema. The two folders hold the same versions, hand-written per database.

use diesel::RunQueryDsl;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{DbConnection, StorageError, StorageResult};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Replicas that start together migrate one after the other: any number will do, as long as it is always this one.
const MIGRATION_LOCK: i64 = 0x7469_6c6c_6761_7465;

/// Applies what is missing; returns how many migrations that were.
pub(super) fn migrate(connection: &mut DbConnection) -> StorageResult<usize> {
    match connection {
        DbConnection::Sqlite(c) => {
            let applied = c.run_pending_migrations(SQLITE).map_err(|error| failed(&*error))?;
            Ok(applied.len())
        }
        DbConnection::Postgres(c) => {
            lock(MIGRATION_LOCK, "pg_advisory_lock", c)?;
            let applied =
                c.run_pending_migrations(POSTGRES).map(|versions| versions.len()).map_err(|error| failed(&*error));
            lock(MIGRATION_LOCK, "pg_advisory_unlock", c)?;
            applied
        }
    }
}

fn lock(key: i64, function: &str, connection: &mut super::postgres_connection::PgConnection) -> StorageResult<()> {
    diesel::sql_query(format!("SELECT {function}({key})")).execute(connection)?;
    Ok(())
}

fn failed(error: &dyn std::error::Error) -> StorageError {
    StorageError::Unavailable(format!("a migration failed: {error}"))
}
