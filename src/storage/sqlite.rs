//! SQLite's threads: one writer that commits many use cases together, and a few readers.
//!
//! Group commit: whatever waits when the writer wakes goes into one transaction, a savepoint each, and is answered after
//! COMMIT. An acknowledged token is on disk, at seven times the rate of single commits (spec/crates.md, section 1).

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::at_end::AtEnd;
use super::cached::{Verbatim, cached};
use super::job::{Job, Reply};
use super::{DbConnection, StorageError, StorageResult};

/// More than this in one commit gains nothing and makes the first wait for the last.
const LARGEST_BATCH: usize = 256;

pub(super) fn start_writer(
    path: String,
    connection: DbConnection,
    queue: usize,
) -> std::io::Result<(SyncSender<Job>, thread::JoinHandle<()>)> {
    let (sender, jobs) = sync_channel(queue);
    let thread =
        thread::Builder::new().name("sqlite-writer".into()).spawn(move || write_all(&path, connection, &jobs))?;
    Ok((sender, thread))
}

fn write_all(path: &str, mut connection: DbConnection, jobs: &Receiver<Job>) {
    let mut is_busy = false;
    while let Ok(first) = jobs.recv() {
        // Whoever is about to send more shares this core: let them, and the disk is waited for once for all of them. Where
        // nobody else wants the core, this returns at once.
        if is_busy {
            thread::yield_now();
        }
        let mut replies = Vec::new();
        let outcome = write_batch(&mut connection, first, jobs, &mut replies);
        is_busy = replies.len() > 1;
        let lost = outcome.as_ref().err().map(ToString::to_string);
        for reply in replies {
            reply(lost.as_ref().map_or(Ok(()), |reason| Err(StorageError::Unavailable(reason.clone()))));
        }
        if let Some(reason) = lost {
            tracing::error!(reason, "a batch of writes was lost and refused; opening the database again");
            if let Ok(fresh) = DbConnection::open_sqlite(path) {
                connection = fresh;
            }
        }
    }
}

fn write_batch(
    connection: &mut DbConnection,
    first: Job,
    jobs: &Receiver<Job>,
    replies: &mut Vec<Reply>,
) -> StorageResult<()> {
    // Without a transaction nothing may run: a savepoint would be one of its own, and its release a commit that nobody is
    // told of. The first job is dropped, which its caller hears; the others wait for the next batch.
    begin(connection)?;
    let mut at_end = AtEnd::default();
    let mut next = Some(first);
    while let Some(job) = next {
        let (reply, health) = job(connection, &mut at_end);
        replies.push(reply);
        health?;
        next = if replies.len() < LARGEST_BATCH { jobs.try_recv().ok() } else { None };
    }
    at_end.write(connection)?;
    commit(connection)
}

/// IMMEDIATE takes the write lock at once: a transaction that begins by reading could otherwise fail with `SQLITE_BUSY`
/// whatever the busy timeout.
fn begin(connection: &mut DbConnection) -> StorageResult<()> {
    cached!(Verbatim("BEGIN IMMEDIATE")).run(sqlite(connection)?)?;
    Ok(())
}

fn commit(connection: &mut DbConnection) -> StorageResult<()> {
    cached!(Verbatim("COMMIT")).run(sqlite(connection)?)?;
    Ok(())
}

fn sqlite(connection: &mut DbConnection) -> StorageResult<&mut diesel::SqliteConnection> {
    match connection {
        DbConnection::Sqlite(connection) => Ok(connection),
        DbConnection::Postgres(_) => Err(StorageError::Unavailable("the SQLite writer holds no SQLite".to_owned())),
    }
}

pub(super) fn start_readers(path: &str, threads: usize, queue: usize) -> StorageResult<SyncSender<Job>> {
    let (sender, jobs) = sync_channel(queue);
    let jobs = Arc::new(Mutex::new(jobs));
    for index in 0..threads {
        let connection = DbConnection::open_sqlite(path)?;
        let (path, jobs) = (path.to_owned(), Arc::clone(&jobs));
        thread::Builder::new()
            .name(format!("sqlite-reader-{index}"))
            .spawn(move || {
                serve(connection, &jobs, || DbConnection::open_sqlite(&path));
            })
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
    }
    Ok(sender)
}

/// Takes jobs one by one until the queue is closed, opening the connection again after it has failed.
pub(super) fn serve(
    mut connection: DbConnection,
    jobs: &Mutex<Receiver<Job>>,
    open: impl Fn() -> StorageResult<DbConnection>,
) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let (reply, health) = job(&mut connection, &mut AtEnd::default());
        reply(Ok(()));
        if let Err(error) = health {
            tracing::error!(%error, "a database connection failed; opening another");
            if let Ok(fresh) = open() {
                connection = fresh;
            }
        }
    }
}

#[cfg(test)]
mod tests;
