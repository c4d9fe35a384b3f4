//! One use case in one transaction. Only [`super::Database::write`] and its like for one statement make a [`Tx`], so a
//! function that takes one is sure to be atomic.

use std::ops::{Deref, DerefMut};

use mcp_resource::wire::Timestamp;
use mcp_resource::wire::feed::Event;

use super::at_end::AtEnd;
use super::audit::NewAuditRow;
use super::{DbConnection, StorageResult};

pub struct Tx<'a> {
    connection: &'a mut DbConnection,
    at_end: AtEnd,
}

impl<'a> Tx<'a> {
    pub(super) fn new(connection: &'a mut DbConnection) -> Self {
        Self { connection, at_end: AtEnd::default() }
    }

    /// Puts an event on the issuer's feed when the use case has succeeded: see [`AtEnd`].
    pub fn publish(&mut self, issuer_id: &str, now: Timestamp, event: Event) {
        self.at_end.publish(issuer_id, now, event);
    }

    /// As [`Self::publish`], for the trail.
    pub(super) fn record(&mut self, row: NewAuditRow, network: Option<String>) {
        self.at_end.record(row, network);
    }

    /// What is still to be written.
    pub(super) fn finish(self) -> AtEnd {
        self.at_end
    }
}

impl Deref for Tx<'_> {
    type Target = DbConnection;

    fn deref(&self) -> &DbConnection {
        self.connection
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut DbConnection {
        self.connection
    }
}

impl Tx<'_> {
    /// Runs a part that may turn out not to count: an inner `Err` leaves the database as it was, and the transaction usable.
    /// What was put on the feed or in the trail meanwhile stays, so the part does neither.
    pub fn attempt<T, R>(
        &mut self,
        part: impl FnOnce(&mut Self) -> StorageResult<Result<T, R>>,
    ) -> StorageResult<Result<T, R>> {
        self.begin()?;
        match part(self) {
            Ok(Ok(done)) => {
                self.commit()?;
                Ok(Ok(done))
            }
            Ok(Err(refused)) => {
                self.roll_back()?;
                Ok(Err(refused))
            }
            Err(error) => {
                self.roll_back()?;
                Err(error)
            }
        }
    }

    /// Runs one insert in a savepoint; false when a unique index refused it, which leaves the transaction usable on both
    /// databases.
    pub fn attempt_insert(&mut self, insert: impl FnOnce(&mut Self) -> StorageResult<()>) -> StorageResult<bool> {
        self.begin()?;
        match insert(self) {
            Ok(()) => {
                self.commit()?;
                Ok(true)
            }
            Err(error) => {
                self.roll_back()?;
                if error.is_unique_violation() { Ok(false) } else { Err(error) }
            }
        }
    }
}
