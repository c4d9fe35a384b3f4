//! Finding the document behind a client id (D2, D8, D14): held in memory as long as its host says, within bounds, and read by
//! one request at a time, so that a thousand shoppers who come at once cost one fetch.
//!
//! What is held is bounded in number and size. Nothing is written: a described client has a row only once a shopper has
//! consented to it, and that row is the last known good copy (H17).

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use super::registration_rate::RegistrationRate;
use crate::domain::client::Client;
use crate::domain::client_document::{ClientDocument, InvalidDocument, MOST_BYTES, USUAL_BYTES};
use crate::domain::client_id_url::{ClientIdUrl, InvalidClientIdUrl};
use crate::domain::evidence::{Check, Evidence};
use crate::domain::network::Network;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::outbound::{FetchError, Fetcher};
use crate::storage::clients::Kept;

/// D8: what a host says about freshness counts within these bounds, and this where it says nothing.
const SHORTEST: Duration = Duration::from_mins(5);
const LONGEST: Duration = Duration::from_hours(24);
const UNSAID: Duration = Duration::from_hours(1);
/// D14: how long a failure is remembered, so that one that is asked for again and again costs its host and us nothing. It is
/// no cached answer: the next request after it asks anew.
const FAILED_FOR: Duration = Duration::from_secs(15);
const CAPACITY: usize = 1024;
/// H17: how long the copy of the last consent can stand in.
const LAST_GOOD: Duration = Duration::from_hours(30 * 24);

/// Why a client id that is an address leads to no client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error(transparent)]
    Id(#[from] InvalidClientIdUrl),
    #[error("the document could not be read: {0}")]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Invalid(#[from] InvalidDocument),
    /// This source makes us look at too many; when to come back.
    #[error("too many documents of agents were asked for from one source")]
    TooMany(Duration),
    #[error("this server takes no addresses as client ids")]
    Off,
}

impl DocumentError {
    /// For who asks why.
    pub fn evidence(&self, id: &ClientId) -> Evidence {
        let (id, why) = (id.as_str(), self.to_string());
        match self {
            Self::Off => Check::ClientKnown.found("a registered client", id),
            Self::Id(_) => Check::DocumentUrl.found(why, id),
            Self::Fetch(_) => Check::DocumentFetched.found(format!("a document at {id}"), why),
            Self::Invalid(_) => Check::DocumentContent.found(format!("the description of a client at {id}"), why),
            Self::TooMany(_) => Check::RegistrationRate.found("fewer documents a minute from one network", id),
        }
    }

    /// Whether the document's host is away, and a copy that was good before can stand in (H17). A document that says something
    /// else now is no outage, and neither is that we are too busy to look, which who asks can bring about.
    pub const fn is_outage(&self) -> bool {
        (matches!(self, Self::Fetch(_)) && !self.is_ours()) || self.is_not_a_document()
    }

    /// Nothing is wrong with the document: it was not asked for.
    pub const fn is_ours(&self) -> bool {
        matches!(self, Self::TooMany(_) | Self::Fetch(FetchError::Busy))
    }

    /// What a broken host answers in place of a document: an error page, half a file.
    const fn is_not_a_document(&self) -> bool {
        matches!(self, Self::Invalid(InvalidDocument::ContentType | InvalidDocument::NotJson))
    }
}

/// Who asks, for the limit of one source.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub rate: &'a RegistrationRate,
    pub issuer_id: &'a IssuerId,
    pub network: &'a Network,
}

pub struct ClientDocuments {
    /// `None`: switched off.
    fetcher: Option<Fetcher>,
    slots: Cache<ClientIdUrl, Arc<Slot>>,
}

/// One address.
#[derive(Default)]
struct Slot {
    held: ArcSwapOption<Held>,
    /// Whoever has it reads; the others wait for what comes of it.
    reading: Mutex<()>,
}

struct Held {
    outcome: Result<Arc<ClientDocument>, DocumentError>,
    until: Timestamp,
}

impl ClientDocuments {
    /// `None` where client ids that are addresses are switched off.
    pub fn new(fetcher: Option<Fetcher>) -> Self {
        Self { fetcher, slots: Cache::new(CAPACITY) }
    }

    /// The document at `id`, from memory or from its host. Never inside a transaction.
    ///
    /// # Errors
    /// When it cannot be read or describes no client.
    pub async fn find(
        &self,
        id: &ClientIdUrl,
        asker: Asker<'_>,
        now: Timestamp,
    ) -> Result<Arc<ClientDocument>, DocumentError> {
        let fetcher = self.fetcher.as_ref().ok_or(DocumentError::Off)?;
        let slot = self.slot(id);
        if let Some(outcome) = slot.outcome(now) {
            return outcome;
        }
        let _one_at_a_time = slot.reading.lock().await;
        if let Some(outcome) = slot.outcome(now) {
            return outcome;
        }
        if let Some(wait) = asker.rate.refuses(asker.issuer_id, asker.network, now) {
            return Err(DocumentError::TooMany(wait));
        }
        let read = read(fetcher, id, now).await;
        if let Err(error) = &read
            && error.is_ours()
        {
            return Err(error.clone());
        }
        let held = Held {
            until: now.plus(read.as_ref().map_or(FAILED_FOR, |(_, fresh_for)| *fresh_for)),
            outcome: read.map(|(document, _)| Arc::new(document)),
        };
        let outcome = held.outcome.clone();
        slot.held.store(Some(Arc::new(held)));
        outcome
    }

    fn slot(&self, id: &ClientIdUrl) -> Arc<Slot> {
        let made: Result<_, std::convert::Infallible> = self.slots.get_or_insert_with(id, || Ok(Arc::default()));
        made.unwrap_or_else(|never| match never {})
    }
}

impl Slot {
    fn outcome(&self, now: Timestamp) -> Option<Result<Arc<ClientDocument>, DocumentError>> {
        let held = self.held.load();
        held.as_ref().filter(|held| now < held.until).map(|held| held.outcome.clone())
    }
}

/// The document and for how long it counts.
async fn read(
    fetcher: &Fetcher,
    id: &ClientIdUrl,
    now: Timestamp,
) -> Result<(ClientDocument, Duration), DocumentError> {
    let answer = fetcher.get(id.as_str(), MOST_BYTES).await?;
    if answer.body.len() > USUAL_BYTES {
        tracing::warn!(client = %id, bytes = answer.body.len(), "a client's document is larger than the draft recommends");
    }
    let document = ClientDocument::read(id, answer.content_type.as_deref(), &answer.body, now)?;
    Ok((document, answer.fresh_for.unwrap_or(UNSAID).clamp(SHORTEST, LONGEST)))
}

/// Whether the copy that the last consent saw is not too old to stand in.
pub(super) fn is_recent(client: &Client, now: Timestamp) -> bool {
    client.document_read_at.is_some_and(|at| now < at.plus(LAST_GOOD))
}

/// The client that a document describes, with what the merchant has decided about it; or, in an outage, the copy that the
/// last consent saw, if somebody still relies on it (H17).
///
/// # Errors
/// When there is neither.
pub fn described(
    document: Result<Arc<ClientDocument>, DocumentError>,
    kept: Option<Kept>,
    known_private_use: &[String],
    now: Timestamp,
) -> Result<Client, DocumentError> {
    let fresh = document.and_then(|document| Ok(document.client(known_private_use)?));
    match (fresh, kept) {
        (Ok(fresh), None) => Ok(fresh),
        (Ok(fresh), Some(Kept { client, .. })) => Ok(Client {
            auth_method: fresh.auth_method,
            metadata: fresh.metadata,
            document_read_at: fresh.document_read_at,
            ..client
        }),
        (Err(error), Some(Kept { client, has_live_grant: true })) if error.is_outage() && is_recent(&client, now) => {
            tracing::warn!(client = %client.id, %error, "a client's document is away; its last good copy stands in");
            Ok(client)
        }
        (Err(error), _) => Err(error),
    }
}
