//! Finding a client, through a small cache: a refresh then costs no query beside its own (decision 6).
//!
//! An entry is believed for half a minute. A public client's id is a hash of its metadata, so what can change meanwhile is
//! only whether the row is still there. A client with a secret is read every time: a rotation, whatever its overlap, and a
//! removal count at once, also when another process made them.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use super::client_documents::{Asker, ClientDocuments, DocumentError, described};
use crate::domain::client::Client;
use crate::domain::client_id_url::ClientIdUrl;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::storage::clients::Kept;
use crate::storage::{Database, StorageError, clients};

/// The client that a shopper is sent with: as it was registered, or as its own document describes it now. `None` when there
/// is none with this id. Never inside a transaction, since the document may have to be read.
///
/// # Errors
/// When the id is an address that leads to no client.
pub async fn introduce(
    id: &ClientId,
    kept: Option<Kept>,
    documents: &ClientDocuments,
    known_private_use: &[String],
    (asker, now): (Asker<'_>, Timestamp),
) -> Result<Option<Client>, DocumentError> {
    if !ClientIdUrl::is_meant(id.as_str()) {
        return Ok(kept.map(|kept| kept.client).filter(|client| !client.is_expired(now)));
    }
    let address = ClientIdUrl::parse(id.as_str())?;
    let document = documents.find(&address, asker, now).await;
    described(document, kept, known_private_use, now).map(Some)
}

const BELIEVED_FOR: Duration = Duration::from_secs(30);
const CAPACITY: usize = 4096;

type Key = (IssuerId, ClientId);

#[derive(Clone)]
pub struct ClientCache {
    entries: Arc<Cache<Key, (Timestamp, Arc<Client>)>>,
}

impl Default for ClientCache {
    fn default() -> Self {
        Self { entries: Arc::new(Cache::new(CAPACITY)) }
    }
}

impl ClientCache {
    /// Believes nothing any longer: the merchant has decided something about clients.
    pub fn clear(&self) {
        self.entries.clear();
    }

    /// The client, unless it is unknown or expired.
    pub async fn find(
        &self,
        db: &Database,
        issuer_id: &IssuerId,
        id: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Arc<Client>>, StorageError> {
        let key = (issuer_id.clone(), id.clone());
        if let Some((read_at, client)) = self.entries.get(&key)
            && now.since(read_at) < BELIEVED_FOR
            && client.secret_hash.is_none()
            // It may have replaced its own keys a moment ago (RFC 7592 §2.2).
            && client.registration_token_hash.is_none()
            && !client.is_expired(now)
        {
            return Ok(Some(client));
        }
        let (issuer_id, id) = key.clone();
        let found = db.read(move |connection| clients::find(connection, &issuer_id, &id)).await?;
        let Some(client) = found.filter(|client| !client.is_expired(now)).map(Arc::new) else {
            self.entries.remove(&key);
            return Ok(None);
        };
        self.entries.insert(key, (now, Arc::clone(&client)));
        Ok(Some(client))
    }

    /// Reads it anew the next time: a consent has just kept another description of it, or it was changed or removed. Other
    /// processes believe what they have read a little longer.
    pub fn forget(&self, issuer_id: &IssuerId, id: &ClientId) {
        self.entries.remove(&(issuer_id.clone(), id.clone()));
    }
}
