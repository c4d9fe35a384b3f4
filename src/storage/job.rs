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
    let (sender, receiver) = oneshot::channel();
    let job = Box::new(move |connection: &mut DbConnection, batch: &mut AtEnd| {
        let (result, notify, health) = run_in_transaction(connection, batch, use_case);
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

/// The result, whether an event is published by it, and whether the connection is still good.
fn run_in_transaction<T, E, F>(
    connection: &mut DbConnection,
    batch: &mut AtEnd,
    use_case: F,
) -> (Result<T, E>, bool, StorageResult<()>)
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
