//! Passwords: which are taken, and their Argon2id hashes in a bounded pool, so that sign-ins cannot starve the token
//! endpoint. Parameters are those that OWASP recommends (`config::SignIn`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::config;
use crate::keys::{Secret, random};

/// NIST SP 800-63B-4 §3.1.1.2: at least 8 as one of two factors, 15 as the only one; we are in between, and throttle.
pub const LEAST_CHARS: usize = 12;
/// More than 64, as the same section asks.
pub const MOST_CHARS: usize = 128;

/// How many may wait for each that is hashed: a second or so of work.
const QUEUE_PER_WORKER: usize = 32;

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    Short,
    Long,
    /// What attackers try first.
    Common,
}

#[derive(Debug, thiserror::Error)]
pub enum PasswordsError {
    /// More wait than the queue holds.
    #[error("too many passwords wait to be hashed")]
    Busy,
    #[error("a password could not be hashed: {0}")]
    Hash(String),
}

/// Whether `password` is fit for the account of `email`. Takes milliseconds at most.
pub fn check(password: &str, email: &str) -> Result<(), Unfit> {
    let length = password.chars().count();
    if length < LEAST_CHARS {
        return Err(Unfit::Short);
    }
    if length > MOST_CHARS {
        return Err(Unfit::Long);
    }
    let strength = zxcvbn::zxcvbn(password, &[email, email.split('@').next().unwrap_or_default()]);
    // Fewer than a million guesses: within reach of patience alone, whatever the throttle.
    if strength.score() < zxcvbn::Score::Two { Err(Unfit::Common) } else { Ok(()) }
}

/// Hashes and verifies. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    shared: Arc<Shared>,
}

struct Shared {
    argon2: Argon2<'static>,
    /// How often Argon2id ran.
    computed: AtomicU64,
    workers: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// Verified in place of an unknown account's, so that time does not tell.
    dummy: String,
}

impl Passwords {
    /// Hashes once, some 20 ms.
    ///
    /// # Errors
    /// When the parameters are none of Argon2's.
    pub fn new(settings: &config::SignIn) -> Result<Self, PasswordsError> {
        let failed = |error: argon2::Error| PasswordsError::Hash(error.to_string());
        let params =
            Params::new(settings.argon2_memory_kib, settings.argon2_iterations, settings.argon2_parallelism, None);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(failed)?);
        let workers = settings.hash_concurrency.max(1);
        let dummy = hash(&argon2, &random::text(""))?;
        Ok(Self {
            shared: Arc::new(Shared {
                argon2,
                computed: AtomicU64::new(0),
                workers: Arc::new(Semaphore::new(workers)),
                queue: Arc::new(Semaphore::new(workers.saturating_mul(QUEUE_PER_WORKER))),
                dummy,
            }),
        })
    }

    /// The Argon2id hash in the PHC string format, with a salt of its own.
    pub async fn hash(&self, password: Secret<String>) -> Result<String, PasswordsError> {
        self.run(move |shared| shared.hash(password.expose())).await
    }

    /// The same for a new password of the account of `email`, if it is fit for one.
    pub async fn hash_new(
        &self,
        password: Secret<String>,
        email: String,
    ) -> Result<Result<String, Unfit>, PasswordsError> {
        self.run(move |shared| match check(password.expose(), &email) {
            Ok(()) => shared.hash(password.expose()).map(Ok),
            Err(unfit) => Ok(Err(unfit)),
        })
        .await
    }

    /// Whether `password` is that of `stored`; with nothing stored, false after the same work.
    pub async fn verify(&self, stored: Option<String>, password: Secret<String>) -> Result<bool, PasswordsError> {
        self.run(move |shared| {
            let is_known = stored.is_some();
            let is_right = shared.verify(stored.as_deref().unwrap_or(&shared.dummy), password.expose())?;
            Ok(is_right && is_known)
        })
        .await
    }

    /// How many hashes were computed: what an answer has cost can be counted, where time only hints at it.
    pub fn computed(&self) -> u64 {
        self.shared.computed.load(Ordering::Relaxed)
    }

    async fn run<T, F>(&self, work: F) -> Result<T, PasswordsError>
    where
        T: Send + 'static,
        F: FnOnce(&Shared) -> Result<T, PasswordsError> + Send + 'static,
    {
        let place = Arc::clone(&self.shared.queue).try_acquire_owned().map_err(|_full| PasswordsError::Busy)?;
        let worker = Arc::clone(&self.shared.workers).acquire_owned().await.map_err(|_closed| PasswordsError::Busy)?;
        let shared = Arc::clone(&self.shared);
        // The work goes on when its caller has hung up, and so it keeps its place until it is done.
        let work = move || {
            let _held = (place, worker);
            work(&shared)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| PasswordsError::Hash(error.to_string()))?
    }
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords")
    }
}

/// Without the async pool, for commands and seeds.
pub fn hash_now(settings: &config::SignIn, password: &Secret<String>) -> Result<String, PasswordsError> {
    hash(&Passwords::new(settings)?.shared.argon2, password.expose())
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, PasswordsError> {
    let salt = random::bytes::<16>();
    let hash: PasswordHash = argon2
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| PasswordsError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

impl Shared {
    fn hash(&self, password: &str) -> Result<String, PasswordsError> {
        self.computed.fetch_add(1, Ordering::Relaxed);
        hash(&self.argon2, password)
    }

    /// With the parameters that the hash was made with; constant-time.
    fn verify(&self, stored: &str, password: &str) -> Result<bool, PasswordsError> {
        let stored = PasswordHash::new(stored).map_err(|error| PasswordsError::Hash(error.to_string()))?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        Ok(self.argon2.verify_password(password.as_bytes(), &stored).is_ok())
    }
}

#[cfg(test)]
mod tests;
