//! SQLite's checkpoints beside the writer: to copy thousands of pages from the log into the database and to sync them would
//! hold up every commit meanwhile.
//!
//! A thread copies what is in the log when it is asked. The writer goes on, so more is in the log when that is done; the
//! writer copies this rest itself, between two transactions, and the next one begins the log anew.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::sql_types::Integer;
use diesel::sqlite::Sqlite;

use crate::storage::cached::{Verbatim, cached};
use crate::storage::{DbConnection, StorageError, StorageResult};

/// Pages in the log from which on they are copied. Fewer checkpoints cost fewer syncs, and a page that was written twice is
/// copied once; every reader looks through a longer log.
pub(super) const WORTH_COPYING: i32 = 4000;

/// The writer's end.
pub(super) struct Checkpoints {
    asked: SyncSender<()>,
    copied: Receiver<()>,
    is_asked: bool,
    worth_copying: i32,
}

impl Checkpoints {
    /// Starts the thread, which ends with what is returned.
    pub(super) fn start(path: &str, worth_copying: i32) -> StorageResult<(Self, thread::JoinHandle<()>)> {
        let mut connection = DbConnection::open_sqlite(path)?;
        let ((asked, asks), (done, copied)) = (sync_channel::<()>(1), sync_channel(1));
        let thread = thread::Builder::new()
            .name("sqlite-checkpoints".into())
            .spawn(move || {
                while asks.recv().is_ok() {
                    if let DbConnection::Sqlite(connection) = &mut connection {
                        copy(connection);
                    }
                    if done.send(()).is_err() {
                        return;
                    }
                }
            })
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
        Ok((Self { asked, copied, is_asked: false, worth_copying }, thread))
    }

    /// Call it on the writer's connection between two transactions.
    pub(super) fn keep_up(&mut self, writer: &mut SqliteConnection) {
        if self.is_asked {
            if self.copied.try_recv().is_ok() {
                copy(writer);
                self.is_asked = false;
            }
        } else if waiting(writer) >= self.worth_copying {
            // Should the thread have gone, SQLite copies by itself at a multiple of this (`wal_autocheckpoint`).
            self.is_asked = self.asked.try_send(()).is_ok();
        }
    }
}

/// Pages in the log that are not yet in the database.
fn waiting(connection: &mut SqliteConnection) -> i32 {
    look(connection).map_or(0, |(_, written, copied)| written.saturating_sub(copied))
}

fn look(connection: &mut SqliteConnection) -> QueryResult<Log> {
    cached!(Checkpoint(Verbatim("PRAGMA wal_checkpoint(NOOP)"))).get_result(connection)
}

/// As much as no reader of an older state still needs. What is left for whatever reason is copied the next time.
fn copy(connection: &mut SqliteConnection) {
    let log: QueryResult<Log> = cached!(Checkpoint(Verbatim("PRAGMA wal_checkpoint(PASSIVE)"))).get_result(connection);
    if let Err(error) = log {
        tracing::warn!(%error, "SQLite's log could not be copied into the database; it grows until it can");
    }
}

/// What a checkpoint answers: whether another was under way, pages in the log, and those of them that are in the database.
type Log = (i32, i32, i32);

struct Checkpoint(Verbatim);

impl QueryFragment<Sqlite> for Checkpoint {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl Query for Checkpoint {
    type SqlType = (Integer, Integer, Integer);
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::connection::SimpleConnection as _;

    fn open(path: &str) -> SqliteConnection {
        match DbConnection::open_sqlite(path).unwrap() {
            DbConnection::Sqlite(connection) => connection,
            DbConnection::Postgres(_) => panic!("another database"),
        }
    }

    /// Pages that were written to the log since it was begun.
    fn written(connection: &mut SqliteConnection) -> i32 {
        look(connection).unwrap().1
    }

    fn write_a_page(writer: &mut SqliteConnection) {
        writer.batch_execute("INSERT INTO pages (page) VALUES (zeroblob(4000))").unwrap();
    }

    /// The writer goes on while the thread copies, as long as it takes.
    fn write_until_copied(writer: &mut SqliteConnection, checkpoints: &mut Checkpoints) -> i64 {
        let mut count = 0;
        while checkpoints.is_asked {
            write_a_page(writer);
            count += 1;
            checkpoints.keep_up(writer);
        }
        count
    }

    fn count(reader: &mut SqliteConnection) -> i64 {
        #[derive(QueryableByName)]
        struct Counted {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        diesel::sql_query("SELECT count(*) AS count FROM pages").get_result::<Counted>(reader).unwrap().count
    }

    #[test]
    fn the_log_is_copied_while_the_writer_goes_on_and_then_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite3").display().to_string();
        let mut writer = open(&path);
        writer.batch_execute("CREATE TABLE pages (page BLOB NOT NULL)").unwrap();
        let (mut checkpoints, thread) = Checkpoints::start(&path, 50).unwrap();
        let mut rows = 0;
        for _ in 0..3 {
            while !checkpoints.is_asked {
                write_a_page(&mut writer);
                rows += 1;
                checkpoints.keep_up(&mut writer);
            }
            rows += write_until_copied(&mut writer, &mut checkpoints);
            assert_eq!(waiting(&mut writer), 0, "the writer has copied the rest");
            write_a_page(&mut writer);
            rows += 1;
            assert!(written(&mut writer) < 10, "{}", written(&mut writer));
        }
        assert_eq!(count(&mut open(&path)), rows);
        drop(checkpoints);
        thread.join().unwrap();
    }

    #[test]
    fn a_reader_of_an_older_state_keeps_it_and_the_rest_is_copied_when_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite3").display().to_string();
        let (mut writer, mut reader) = (open(&path), open(&path));
        writer.batch_execute("CREATE TABLE pages (page BLOB NOT NULL)").unwrap();
        write_a_page(&mut writer);
        reader.batch_execute("BEGIN").unwrap();
        assert_eq!(count(&mut reader), 1);

        let (mut checkpoints, _thread) = Checkpoints::start(&path, 50).unwrap();
        while !checkpoints.is_asked {
            write_a_page(&mut writer);
            checkpoints.keep_up(&mut writer);
        }
        write_until_copied(&mut writer, &mut checkpoints);
        assert!(waiting(&mut writer) > 0);
        assert_eq!(count(&mut reader), 1);

        reader.batch_execute("COMMIT").unwrap();
        checkpoints.keep_up(&mut writer);
        write_until_copied(&mut writer, &mut checkpoints);
        assert_eq!(waiting(&mut writer), 0);
    }
}
