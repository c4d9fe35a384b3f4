//! One use case in one transaction. Only [`super::Database::write`] makes a [`Tx`], so a function that takes one
//! is sure to be atomic.

use std::ops::{Deref, DerefMut};

use mcp_resource::wire::Timestamp;
use mcp_resource::wire::feed::Event;

use super::{DbConnection, StorageResult, feed};

pub struct Tx<'a> {
    connection: &'a mut DbConnection,
    published: Vec<(String, Timestamp, Event)>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(connection: &'a mut DbConnection) -> Self {
        Self { connection, published: Vec::new() }
    }

    /// Puts an event on the issuer's feed when the use case has succeeded. Kept until then because the feed's position
    /// must be taken by the last statements of the transaction: its row lock makes commit order the order (decision 4).
    pub fn publish(&mut self, issuer_id: &str, now: Timestamp, event: Event) {
        self.published.push((issuer_id.to_owned(), now, event));
    }

    /// Writes what was published; returns whether there was anything.
    pub(super) fn finish(self) -> StorageResult<bool> {
        for (issuer_id, now, event) in &self.published {
            feed::append(self.connection, issuer_id, *now, event)?;
        }
        Ok(!self.published.is_empty())
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
