//! What can go wrong in storage. "Not found" is `None`, never an error; a refusal is the use case's own value.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A server fault: nothing the caller did.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database cannot be reached, is overloaded, or lost the transaction. Nothing was acknowledged.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    #[error("a query failed: {0}")]
    Query(DieselError),
    /// A row that no code of ours can have written.
    #[error("table {table}, row {row}: column {column} holds what cannot be")]
    Inconsistent { table: &'static str, row: String, column: &'static str },
}

impl StorageError {
    pub fn inconsistent(table: &'static str, row: impl Into<String>, column: &'static str) -> Self {
        Self::Inconsistent { table, row: row.into(), column }
    }

    /// Whether it passes by itself: callers are told to come back. The one place that decides it.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether a unique index refused the row. The index's name is not asked: SQLite does not give it.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }
}

impl From<DieselError> for StorageError {
    fn from(error: DieselError) -> Self {
        match error {
            // The second is what diesel-async says of a connection that has gone.
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            DieselError::BrokenTransactionManager => Self::Unavailable("the transaction was lost".to_owned()),
            other => Self::Query(other),
        }
    }
}

impl From<diesel::ConnectionError> for StorageError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

pub type StorageResult<T> = Result<T, StorageError>;
