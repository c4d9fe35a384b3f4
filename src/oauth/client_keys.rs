//! Where the keys of a client come from: what it registered, what its own document says, or its `jwks_uri`, which is read by
//! one request at a time and held in memory. Never inside a transaction, since all but the first may take their time (rule 5).
//!
//! Keys may rotate: a key that is not among the held ones is looked for anew, though not for every request that names one.
//! When the host is away, what it last said goes on to count for a while.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use quick_cache::sync::Cache;
use serde_json::Value;
use tokio::sync::Mutex;

use super::client_documents::{Asker, ClientDocuments, DocumentError, is_recent};
use crate::domain::Timestamp;
use crate::domain::client::{Client, ClientOrigin};
use crate::domain::client_document::ClientDocument;
use crate::domain::client_id_url::ClientIdUrl;
use crate::domain::key_set::{InvalidKeySet, MOST_BYTES, SigningAlgorithm};
use crate::keys::ClientKeys;
use crate::outbound::{FetchError, Fetcher};

/// What a host says about freshness counts within these bounds, and this where it says nothing. A key that is taken out must
/// soon count no more.
const SHORTEST: Duration = Duration::from_mins(5);
const LONGEST: Duration = Duration::from_hours(1);
const UNSAID: Duration = Duration::from_mins(15);
/// How long keys count whose host is away.
const LAST_GOOD: Duration = Duration::from_hours(24);
/// So often one host is asked at most, after a failure and for keys that it did not have.
const AGAIN: Duration = Duration::from_secs(10);
const CAPACITY: usize = 1024;

/// Why there are no keys to verify with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    #[error("the client has neither jwks nor jwks_uri")]
    None,
    #[error("the keys at the jwks_uri could not be read: {0}")]
    Fetch(#[from] FetchError),
    #[error("the key set cannot be used: {0}")]
    Invalid(#[from] InvalidKeySet),
    #[error("the client's document: {0}")]
    Document(#[from] DocumentError),
    #[error("the client's document has no keys any more")]
    Withdrawn,
    #[error("too many keys of clients were asked for from one source")]
    TooMany,
}

impl KeysError {
    /// Whether it may be over soon: then the client is told to come again, and not that it is unknown (A60). A host that may not
    /// be asked is no different from one that does not exist, or answers would tell strangers about our network.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Fetch(error) => !matches!(
                error,
                FetchError::NotHttps
                    | FetchError::Port(_)
                    | FetchError::Redirect
                    | FetchError::TooLarge
                    | FetchError::Status(400..=407 | 409..=428)
            ),
            Self::Document(error) => error.is_outage() || error.is_ours(),
            Self::TooMany => true,
            Self::None | Self::Invalid(_) | Self::Withdrawn => false,
        }
    }
}

/// Which key is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub algorithm: SigningAlgorithm,
    pub kid: Option<&'a str>,
}

/// Keys at their addresses.
pub struct KeyCache {
    fetcher: Fetcher,
    slots: Cache<String, Arc<Slot>>,
}

/// One address.
struct Slot {
    held: ArcSwap<Held>,
    /// Whoever has it reads; the others wait for what comes of it.
    reading: Mutex<()>,
}

#[derive(Clone)]
struct Held {
    /// What the host last said, and when.
    keys: Option<(Arc<ClientKeys>, Timestamp)>,
    fresh_until: Timestamp,
    asked_at: Timestamp,
    failure: Option<KeysError>,
}

impl KeyCache {
    pub fn new(fetcher: Fetcher) -> Self {
        Self { fetcher, slots: Cache::new(CAPACITY) }
    }

    /// The keys by which `client` may prove itself, as far as can be known now the one that is wanted among them.
    ///
    /// # Errors
    /// When it has none, or they are nowhere to be read.
    pub async fn find(
        &self,
        client: &Client,
        wanted: Wanted<'_>,
        documents: &ClientDocuments,
        (asker, now): (Asker<'_>, Timestamp),
    ) -> Result<Arc<ClientKeys>, KeysError> {
        let kept = (client.metadata.jwks.as_ref(), client.metadata.jwks_uri.as_deref());
        let document = match client.origin {
            ClientOrigin::Described => now_described(client, documents, (asker, now)).await?,
            ClientOrigin::Registered | ClientOrigin::PreRegistered => None,
        };
        match document.as_ref().map_or(kept, |document| document.keys()) {
            (Some(key_set), _) => Ok(Arc::new(ClientKeys::read(key_set)?)),
            (None, Some(address)) => self.at(address, wanted, (asker, now)).await,
            (None, None) if document.is_some() => Err(KeysError::Withdrawn),
            (None, None) => Err(KeysError::None),
        }
    }

    /// The keys at an address, as far as can be known now the one that is wanted among them.
    pub(super) async fn at(
        &self,
        address: &str,
        wanted: Wanted<'_>,
        (asker, now): (Asker<'_>, Timestamp),
    ) -> Result<Arc<ClientKeys>, KeysError> {
        let made: Result<_, std::convert::Infallible> =
            self.slots.get_or_insert_with(address, || Ok(Arc::new(Slot::default())));
        let slot = made.unwrap_or_else(|never| match never {});
        if let Some(outcome) = slot.held.load().outcome(wanted, now) {
            return outcome;
        }
        let _one_at_a_time = slot.reading.lock().await;
        let before = slot.held.load_full();
        if let Some(outcome) = before.outcome(wanted, now) {
            return outcome;
        }
        // D14. What is held still counts, fresh or not.
        if asker.rate.refuses(asker.issuer_id, asker.network, now).is_some() {
            return before.last_good(now).ok_or(KeysError::TooMany);
        }
        let read = self.read(address).await;
        // That we are too busy says nothing about the keys.
        if let Err(KeysError::Fetch(FetchError::Busy)) = read {
            return before.last_good(now).ok_or(KeysError::TooMany);
        }
        let held = before.after(read, now);
        let outcome = held.final_outcome(now);
        slot.held.store(Arc::new(held));
        outcome
    }

    /// The keys and for how long they count.
    async fn read(&self, address: &str) -> Result<(ClientKeys, Duration), KeysError> {
        let fetched = self.fetcher.get(address, MOST_BYTES).await?;
        let key_set: Value =
            serde_json::from_slice(&fetched.body).map_err(|_not_json: serde_json::Error| InvalidKeySet::NoKeySet)?;
        Ok((ClientKeys::read(&key_set)?, fetched.fresh_for.unwrap_or(UNSAID).clamp(SHORTEST, LONGEST)))
    }
}

impl Default for Slot {
    fn default() -> Self {
        let held =
            Held { keys: None, fresh_until: Timestamp::MIN, asked_at: Timestamp::MIN, failure: Some(KeysError::None) };
        Self { held: ArcSwap::from_pointee(held), reading: Mutex::default() }
    }
}

impl Held {
    /// What can be said without asking the host.
    fn outcome(&self, wanted: Wanted<'_>, now: Timestamp) -> Option<Result<Arc<ClientKeys>, KeysError>> {
        if now < self.asked_at.plus(AGAIN) {
            return Some(self.final_outcome(now));
        }
        let fresh = self.keys.as_ref().filter(|_| now < self.fresh_until).map(|(keys, _)| Arc::clone(keys));
        fresh.filter(|keys| keys.fit(wanted.algorithm, wanted.kid)).map(Ok)
    }

    fn final_outcome(&self, now: Timestamp) -> Result<Arc<ClientKeys>, KeysError> {
        self.last_good(now).ok_or_else(|| self.failure.clone().unwrap_or(KeysError::None))
    }

    fn last_good(&self, now: Timestamp) -> Option<Arc<ClientKeys>> {
        self.keys.as_ref().filter(|(_, read_at)| now < read_at.plus(LAST_GOOD)).map(|(keys, _)| Arc::clone(keys))
    }

    fn after(&self, read: Result<(ClientKeys, Duration), KeysError>, now: Timestamp) -> Self {
        match read {
            Ok((keys, fresh_for)) => Self {
                keys: Some((Arc::new(keys), now)),
                fresh_until: now.plus(fresh_for),
                asked_at: now,
                failure: None,
            },
            Err(error) => {
                tracing::warn!(%error, "the keys of a client could not be read");
                // A set that says that no key counts any longer is no outage.
                let is_withdrawn = matches!(
                    error,
                    KeysError::Invalid(InvalidKeySet::NoneUsable | InvalidKeySet::Private | InvalidKeySet::TooMany)
                );
                let keys = self.keys.clone().filter(|_| !is_withdrawn);
                Self { asked_at: now, failure: Some(error), keys, ..self.clone() }
            }
        }
    }
}

/// The client's own document as it is now: it says which keys, or which address of keys, count. `None` in an outage, when what
/// the last consent saw stands in (H17).
async fn now_described(
    client: &Client,
    documents: &ClientDocuments,
    (asker, now): (Asker<'_>, Timestamp),
) -> Result<Option<Arc<ClientDocument>>, KeysError> {
    let id = ClientIdUrl::parse(client.id.as_str()).map_err(DocumentError::from)?;
    match documents.find(&id, asker, now).await {
        Ok(document) => Ok(Some(document)),
        Err(error) if error.is_outage() && is_recent(client, now) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
