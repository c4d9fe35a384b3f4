//! Proving who one is with a password. One answer for every wrong pair, after the same work: neither text nor status
//! nor time tells an unknown address from a wrong password.

use std::time::Duration;

use super::password::{Passwords, PasswordsError};
use super::throttle::{Attempt, Throttle};
use crate::domain::shopper::Shopper;
use crate::domain::staff::Staff;
use crate::domain::{IssuerId, StoreId, Timestamp};
use crate::keys::{Secret, SecretHash, hash_secret};
use crate::storage::{Database, DbConnection, StorageError, StorageResult, shoppers, staff};

/// What it takes to check a password.
#[derive(Clone, Copy)]
pub struct Doorkeeper<'a> {
    pub db: &'a Database,
    pub passwords: &'a Passwords,
    pub throttle: &'a Throttle,
    pub now: Timestamp,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum Proof<T> {
    Right(T, RightFor),
    /// With the account, if there is one: for the trail, never for the answer.
    Wrong(Option<T>),
    Throttled {
        retry_after: Duration,
    },
}

/// What the password was right for. Checking one takes long enough for another to be chosen meanwhile: a session begins only
/// while the account still has the one that was checked.
#[derive(Debug, Clone)]
pub struct RightFor(SecretHash);

impl RightFor {
    fn new(stored: &str) -> Self {
        Self(hash_secret(stored.as_bytes()))
    }

    /// Whether `stored` is the password that was checked.
    pub(super) fn is(&self, stored: Option<&str>) -> bool {
        stored.is_some_and(|stored| self.0.is_of(stored))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Passwords(#[from] PasswordsError),
}

/// A shopper of this issuer. `attempt.account` as [`crate::domain::email::normal`] writes it.
pub async fn prove_shopper(
    door: Doorkeeper<'_>,
    issuer_id: &IssuerId,
    attempt: &Attempt,
    password: Secret<String>,
) -> Result<Proof<Shopper>, AccountsError> {
    let (issuer_id, email) = (issuer_id.clone(), attempt.account.clone());
    prove(door, attempt, password, move |connection| shoppers::find_with_password(connection, &issuer_id, &email)).await
}

/// Staff of this store.
pub async fn prove_staff(
    door: Doorkeeper<'_>,
    store_id: &StoreId,
    attempt: &Attempt,
    password: Secret<String>,
) -> Result<Proof<Staff>, AccountsError> {
    let (store_id, email) = (store_id.clone(), attempt.account.clone());
    prove(door, attempt, password, move |connection| staff::find_with_password(connection, &store_id, &email)).await
}

async fn prove<T, F>(
    door: Doorkeeper<'_>,
    attempt: &Attempt,
    password: Secret<String>,
    find: F,
) -> Result<Proof<T>, AccountsError>
where
    T: Send + 'static,
    F: FnOnce(&mut DbConnection) -> StorageResult<Option<(T, String)>> + Send + 'static,
{
    let place = match door.throttle.admit(attempt, door.now) {
        Ok(place) => place,
        Err(throttled) => return Ok(Proof::Throttled { retry_after: throttled.retry_after }),
    };
    let (account, hash) = door.db.read(find).await?.unzip();
    let right_for = hash.as_deref().map(RightFor::new);
    let is_right = door.passwords.verify(hash, password).await?;
    match (account, right_for) {
        (Some(account), Some(right_for)) if is_right => {
            door.throttle.succeeded(&place, door.now);
            Ok(Proof::Right(account, right_for))
        }
        (account, _) => Ok(Proof::Wrong(account)),
    }
}

#[cfg(test)]
mod tests;
