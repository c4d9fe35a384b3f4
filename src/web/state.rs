//! What every handler can reach. The configuration is taken apart by `application`; each part has its own place here.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwap;
use bytes::Bytes;
use ipnet::IpNet;

use crate::accounts::password::Passwords;
use crate::accounts::throttle::Throttle;
use crate::config;
use crate::domain::issuer::{self, Environment, IssuerUrl};
use crate::domain::token::Lifetimes;
use crate::domain::{Clock, IssuerId, StoreId};
use crate::keys::IssuerContext;
use crate::oauth::clients::ClientCache;
use crate::oauth::metadata::Metadata;
use crate::oauth::registration_rate::RegistrationRate;
use crate::outbound::Fetcher;
use crate::outbound::mail::Mailer;
use crate::storage::Database;
use crate::web::middleware::refusals::RefusalQueue;

/// Shared by all workers.
pub struct AppState {
    pub db: Database,
    pub clock: Clock,
    /// Replaced as a whole when a store, an issuer, a key or a resource server changes.
    pub directory: ArcSwap<Directory>,
    pub lifetimes: Lifetimes,
    pub default_resource: config::DefaultResource,
    pub registration: config::Registration,
    pub sign_in: config::SignIn,
    pub audit: config::Audit,
    pub trusted_proxies: Vec<IpNet>,
    pub passwords: Passwords,
    pub throttle: Throttle,
    pub mailer: Mailer,
    /// For what clients name: their documents and keys.
    pub fetcher: Fetcher,
    pub clients: ClientCache,
    pub registrations: RegistrationRate,
    pub refusals: RefusalQueue,
    /// Set while a changed store, issuer or key cannot be read here: others answer by what this server does not know.
    pub is_behind: AtomicBool,
    /// Set when the server is told to stop: answers that have no end of their own then end.
    pub stopping: AtomicBool,
}

/// Every issuer of this installation.
#[derive(Debug, Default)]
pub struct Directory {
    issuers: Vec<Arc<IssuerContext>>,
    /// The document of each, in the same order: every agent's first request, written once.
    metadata: Vec<Bytes>,
}

impl Directory {
    pub fn new(issuers: Vec<Arc<IssuerContext>>, registration_is_open: bool) -> Self {
        let document = |context: &Arc<IssuerContext>| {
            let metadata = Metadata::of(&context.issuer, registration_is_open);
            // Texts and lists of texts always have a JSON form.
            serde_json::to_vec(&metadata).unwrap_or_default().into()
        };
        Self { metadata: issuers.iter().map(document).collect(), issuers }
    }

    /// The issuer's metadata as JSON (RFC 8414 §3.2).
    pub fn metadata(&self, id: &IssuerId) -> Option<Bytes> {
        let mut documents = self.issuers.iter().zip(&self.metadata);
        documents.find(|(context, _)| context.issuer.id == *id).map(|(_, document)| document.clone())
    }

    /// The issuer for this host and path, and the rest of the path (design §1).
    pub fn find<'p>(&self, authority: &str, path: &'p str) -> Option<(Arc<IssuerContext>, &'p str)> {
        let all =
            self.issuers.iter().map(|context| -> (&Arc<IssuerContext>, &IssuerUrl) { (context, &context.issuer.url) });
        issuer::find(all, authority, path).map(|(context, rest)| (Arc::clone(context), rest))
    }

    pub fn by_id(&self, id: &IssuerId) -> Option<Arc<IssuerContext>> {
        self.issuers.iter().find(|context| &context.issuer.id == id).cloned()
    }

    /// The store's issuer in an environment.
    pub fn of_store(&self, store: &StoreId, environment: Environment) -> Option<Arc<IssuerContext>> {
        let is_it = |issuer: &issuer::Issuer| &issuer.store_id == store && issuer.environment == environment;
        self.issuers.iter().find(|context| is_it(&context.issuer)).cloned()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<IssuerContext>> {
        self.issuers.iter()
    }
}
