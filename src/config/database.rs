//! `[database]`: SQLite in a file, or PostgreSQL when one machine is not enough.

use std::path::PathBuf;

use super::parse::{boolean, number, text};
use super::postgres_address::PostgresAddress;
use super::problem::Wrong;
use super::secret::Secret;
use super::section::section;
use super::source::Raw;

section! {
    /// Where everything is kept.
    Database "database" {
        /// `sqlite://path/to/file`, or `postgres://user:password@host:port/name`. A host elsewhere has to show a
        /// certificate of a public authority, or of one in the PEM file ?sslrootcert=path, for its name
        /// (?sslmode=verify-full). ?sslmode=require takes any certificate, ?sslmode=disable encrypts nothing.
        url: DatabaseUrl = "sqlite://data/tillgate.sqlite3", database_url;
        /// Whether serve may send tokens' hashes and shoppers' data to a PostgreSQL elsewhere in the clear.
        allow_unencrypted: bool = "false", boolean;
        /// Connections to PostgreSQL, or readers of SQLite.
        connections: usize = "16", number(1);
        /// How many changes may wait for the database before requests are answered with 503.
        queue_limit: usize = "4096", number(1);
    }
}

#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    /// The whole address, since it carries the password.
    Postgres(Secret<String>),
}

fn database_url(raw: &Raw) -> Result<DatabaseUrl, Wrong> {
    let text = text(raw)?;
    match text.split_once("://") {
        Some(("sqlite", path)) if !path.is_empty() => Ok(DatabaseUrl::Sqlite(PathBuf::from(path))),
        Some(("postgres" | "postgresql", _)) if url::Url::parse(&text).is_ok() => {
            PostgresAddress::parse(&text)?;
            Ok(DatabaseUrl::Postgres(Secret::new(text)))
        }
        _ => Err(Wrong::new(
            "is not a database.",
            "Write sqlite://path/to/file or postgres://user:password@host:port/name.",
        )),
    }
}
