//! The issuer's verification keys (RFC 7517), kept ready to use. An unknown `kid` costs at most one fetch per 10 s,
//! whoever asks; a change that the feed announces is fetched at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use josekit::jwk::JwkSet;
use josekit::jws::ES256;
use josekit::jws::alg::ecdsa::EcdsaJwsVerifier;
use tokio::sync::{Mutex, Notify};

use super::server::AuthorizationServer;

/// How often the set is fetched without any cause, should an announcement have been lost.
const REFRESH_INTERVAL: Duration = Duration::from_mins(5);
const MOST_KEYS: usize = 64;

/// One state of the key set. Its generation tells tokens verified with it from those verified before it.
#[derive(Default)]
struct KeySet {
    generation: u64,
    verifiers: Verifiers,
    /// To notice whether a fetch brought anything new.
    document: Vec<u8>,
}

/// By `kid`.
type Verifiers = HashMap<String, Arc<EcdsaJwsVerifier>>;

/// A key of the issuer and the generation of the set it is from.
pub(super) struct FoundKey {
    pub verifier: Arc<EcdsaJwsVerifier>,
    pub generation: u64,
}

/// Why there is no key for a `kid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// The issuer has no such key.
    Unknown,
    /// The issuer could not be asked.
    CannotTell,
}

struct Attempt {
    at: Instant,
    succeeded: bool,
}

pub(super) struct Keys {
    set: ArcSwap<KeySet>,
    server: Arc<AuthorizationServer>,
    last_attempt: Mutex<Option<Attempt>>,
    wanted: Notify,
    fetch_interval: Duration,
}

impl Keys {
    pub(super) fn new(server: Arc<AuthorizationServer>, fetch_interval: Duration) -> Self {
        let last_attempt = Mutex::new(None);
        Self { set: ArcSwap::default(), server, last_attempt, wanted: Notify::new(), fetch_interval }
    }

    /// Of the set in use. A token verified under another generation is to be verified again.
    pub(super) fn generation(&self) -> u64 {
        self.set.load().generation
    }

    /// The key named by a token, fetching the set when it is not known and the last fetch is long enough ago.
    pub(super) async fn find(&self, kid: &str) -> Result<FoundKey, NoKey> {
        if let Some(key) = self.get(kid) {
            return Ok(key);
        }
        // Callers queue here, so one fetch serves them all.
        let mut last = self.last_attempt.lock().await;
        if let Some(key) = self.get(kid) {
            return Ok(key);
        }
        if last.as_ref().is_none_or(|attempt| attempt.at.elapsed() >= self.fetch_interval) {
            // Noted before the fetch: a caller who hangs up must not make room for another fetch.
            *last = Some(Attempt { at: Instant::now(), succeeded: false });
            let succeeded = self.fetch().await;
            *last = Some(Attempt { at: Instant::now(), succeeded });
        }
        let succeeded = last.as_ref().is_some_and(|attempt| attempt.succeeded);
        self.get(kid).ok_or(if succeeded { NoKey::Unknown } else { NoKey::CannotTell })
    }

    /// Asks [`Keys::keep_fresh`] for a fetch. Many wishes at once are one.
    pub(super) fn want_refresh(&self) {
        self.wanted.notify_one();
    }

    /// Fetches at the start, when wanted, and now and then; tries again until it succeeds.
    pub(super) async fn keep_fresh(self: Arc<Self>) {
        loop {
            let mut pause = Duration::from_millis(100);
            while !self.refresh().await {
                tokio::time::sleep(pause).await;
                pause = pause.saturating_mul(2).min(Duration::from_secs(2));
            }
            tokio::select! {
                () = self.wanted.notified() => {}
                () = tokio::time::sleep(REFRESH_INTERVAL) => {}
            }
        }
    }

    async fn refresh(&self) -> bool {
        let mut last = self.last_attempt.lock().await;
        let succeeded = self.fetch().await;
        *last = Some(Attempt { at: Instant::now(), succeeded });
        succeeded
    }

    fn get(&self, kid: &str) -> Option<FoundKey> {
        let set = self.set.load();
        let verifier = Arc::clone(set.verifiers.get(kid)?);
        Some(FoundKey { verifier, generation: set.generation })
    }

    async fn fetch(&self) -> bool {
        let document = match self.server.jwks().await {
            Ok(document) => document,
            Err(away) => {
                tracing::warn!(reason = %away, "the issuer's keys could not be fetched");
                return false;
            }
        };
        let current = self.set.load();
        if current.document == document[..] {
            return true;
        }
        let Some(verifiers) = read(&document) else {
            tracing::error!("the issuer's key set cannot be read");
            return false;
        };
        let generation = current.generation.saturating_add(1);
        self.set.store(Arc::new(KeySet { generation, verifiers, document: document.to_vec() }));
        true
    }
}

/// The keys that can verify an access token. Others in the set, such as those of other algorithms, are left out.
fn read(document: &[u8]) -> Option<Verifiers> {
    let set = JwkSet::from_bytes(document).ok()?;
    let mut verifiers = Verifiers::new();
    for jwk in set.keys().into_iter().take(MOST_KEYS) {
        let Some(kid) = jwk.key_id() else { continue };
        // RFC 7518 §3.4: refuses what is not on P-256, or is for encryption, or for another algorithm.
        let Ok(verifier) = ES256.verifier_from_jwk(jwk) else { continue };
        verifiers.insert(kid.to_owned(), Arc::new(verifier));
    }
    Some(verifiers)
}
