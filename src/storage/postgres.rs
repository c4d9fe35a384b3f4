//! PostgreSQL's threads: each holds one connection with a small runtime of its own, and runs one use case at a time
//! in one transaction. As fast as an async pool here, and a use case stays a plain function (spec/crates.md, section 1).

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use super::job::Job;
use super::sqlite::serve;
use super::{DbConnection, StorageError, StorageResult};

/// Opens `threads` connections to `url` and returns the queue they share.
pub(super) fn start(
    url: &str,
    threads: usize,
    queue: usize,
) -> StorageResult<(SyncSender<Job>, Vec<thread::JoinHandle<()>>)> {
    let (sender, jobs) = sync_channel(queue);
    let jobs = Arc::new(Mutex::new(jobs));
    let mut handles = Vec::new();
    for index in 0..threads {
        let (url, jobs) = (url.to_owned(), Arc::clone(&jobs));
        let (opened, wait) = sync_channel(1);
        let handle = thread::Builder::new()
            .name(format!("postgres-{index}"))
            .spawn(move || match DbConnection::open_postgres(&url) {
                Ok(connection) => {
                    drop(opened.send(Ok(())));
                    serve(connection, &jobs, || DbConnection::open_postgres(&url));
                }
                Err(error) => drop(opened.send(Err(error))),
            })
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
        wait.recv().map_err(|error| StorageError::Unavailable(error.to_string()))??;
        handles.push(handle);
    }
    Ok((sender, handles))
}
