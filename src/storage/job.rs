//! A use case on its way to a database thread, and its answer on the way back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::{Notify, oneshot};

use super::at_end::AtEnd;
use super::{DbConnection, StorageError, StorageResult, Tx};

/// Tells the caller, once it is known whether the commit succeeded.
pub(super) type Reply = Box<dyn FnOnce(StorageResult<()>) + Send>;

/// Runs on the connection, in a transaction or savepoint of its own. What a savepoint leaves for the end of the transaction
/// around it is added to the [`AtEnd`]. An `Err` means that the connection is no longer usable.
pub(super) type Job = Box<dyn FnOnce(&mut DbConnection, &mut AtEnd) -> (Reply, StorageResult<()>) + Send>;

type Answer<T, E> = oneshot::Receiver<Result<T, E>>;

/// A use case that writes. `published` is told when an event has reached the feed.
pub(super) fn write<T, E, F>(use_case: F, published: Arc<Notify>) -> (Job, Answer<T, E>)
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
{
    prepare(use_case, published, run_in_transaction)
}

/// The result, whether an event is published by it, and whether the connection is still good.
type Ran<T, E> = (Result<T, E>, bool, StorageResult<()>);

fn prepare<T, E, F>(
    use_case: F,
    published: Arc<Notify>,
    run: impl FnOnce(&mut DbConnection, &mut AtEnd, F) -> Ran<T, E> + Send + 'static,
) -> (Job, Answer<T, E>)
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
    F: Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let job = Box::new(move |connection: &mut DbConnection, batch: &mut AtEnd| {
        let (result, notify, health) = run(connection, batch, use_case);
        let reply: Reply = Box::new(move |committed| {
            let result = match committed {
                Ok(()) => result,
                Err(error) => Err(E::from(error)),
            };
            if notify && result.is_ok() {
                published.notify_waiters();
            }
            // The caller may have gone away; the commit stands all the same.
            drop(sender.send(result));
        });
        (reply, health)
    });
    (job, receiver)
}

/// A use case of one statement that writes: see [`super::Database::write_one`].
pub(super) fn write_one<T, R, F, G>(statement: F, then: G, published: Arc<Notify>) -> (Job, Answer<R, StorageError>)
where
    T: 'static,
    R: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> StorageResult<T> + Send + 'static,
    G: FnOnce(T, &mut Tx<'_>) -> R + Send + 'static,
{
    let use_case = move |tx: &mut Tx<'_>| {
        let written = statement(tx)?;
        Ok(then(written, tx))
    };
    prepare(use_case, published, |connection, batch, use_case| match connection {
        DbConnection::Sqlite(_) => run_bare(connection, batch, use_case),
        DbConnection::Postgres(_) => run_in_transaction(connection, batch, use_case),
    })
}

/// A use case that only reads.
pub(super) fn read<T, E, F>(use_case: F) -> (Job, Answer<T, E>)
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
    F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let job = Box::new(move |connection: &mut DbConnection, _: &mut AtEnd| {
        let (result, health) = caught(|| use_case(connection));
        // Whatever the reason was: a connection that has gone would fail the next job as well.
        let health = if result.is_err() { health.and_then(|()| connection.check()) } else { health };
        let reply: Reply = Box::new(move |_| drop(sender.send(result)));
        (reply, health)
    });
    (job, receiver)
}

/// In the writer's transaction and nothing else: what one statement writes is there as a whole or not at all, and nothing
/// that may fail comes after it.
fn run_bare<T, F>(connection: &mut DbConnection, batch: &mut AtEnd, use_case: F) -> Ran<T, StorageError>
where
    F: FnOnce(&mut Tx<'_>) -> StorageResult<T>,
{
    let (result, health) = caught(|| {
        let mut tx = Tx::new(connection);
        let value = use_case(&mut tx)?;
        Ok((value, tx.finish()))
    });
    match result {
        Ok((value, left)) => {
            let publishes = left.has_events();
            batch.absorb(left);
            (Ok(value), publishes, health)
        }
        // A statement that fails is taken back alone, or, where the disk is full or broken, with all of the transaction.
        Err(error) => (Err(error), false, health.and_then(|()| connection.check_transaction())),
    }
}

fn run_in_transaction<T, E, F>(connection: &mut DbConnection, batch: &mut AtEnd, use_case: F) -> Ran<T, E>
where
    E: From<StorageError>,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
{
    if let Err(error) = connection.begin() {
        let health = Err(StorageError::Unavailable(error.to_string()));
        return (Err(E::from(error)), false, health);
    }
    let (result, panicked) = caught(|| {
        let mut tx = Tx::new(connection);
        let value = use_case(&mut tx)?;
        let at_end = tx.finish();
        let publishes = at_end.has_events();
        match connection {
            // The writer's batch is the transaction, and this only a savepoint in it.
            DbConnection::Sqlite(_) => Ok((value, publishes, Some(at_end))),
            DbConnection::Postgres(_) => at_end.write(connection).map(|()| (value, publishes, None)).map_err(E::from),
        }
    });
    match result {
        Ok((value, publishes, left)) => match connection.commit() {
            Ok(()) => {
                if let Some(left) = left {
                    batch.absorb(left);
                }
                (Ok(value), publishes, Ok(()))
            }
            Err(error) => {
                let health = Err(StorageError::Unavailable(error.to_string()));
                (Err(E::from(error)), false, health)
            }
        },
        // If this rollback fails, the database has ended the transaction by itself, and its neighbours' work with it.
        Err(error) => (Err(error), false, panicked.and(connection.roll_back())),
    }
}

/// A panic in a use case becomes a server fault; the connection is given up.
fn caught<T, E: From<StorageError>>(run: impl FnOnce() -> Result<T, E>) -> (Result<T, E>, StorageResult<()>) {
    let panicked = || StorageError::Unavailable("a use case panicked".to_owned());
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => (result, Ok(())),
        Err(_) => (Err(E::from(panicked())), Err(panicked())),
    }
}
