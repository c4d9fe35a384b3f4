//! What every handler can reach. The configuration is taken apart by `application`; each part has its own place here.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwap;
use bytes::Bytes;
use ipnet::IpNet;
use tokio::sync::{mpsc, oneshot};

use crate::accounts::passkeys::is_possible;
use crate::accounts::password::Passwords;
use crate::accounts::throttle::Throttle;
use crate::accounts::upstream::Upstreams;
use crate::config;
use crate::domain::agent_policy::RegistrationMode;
use crate::domain::client::Client;
use crate::domain::issuer::{self, Environment, IssuerUrl};
use crate::domain::network::Network;
use crate::domain::platforms::Platforms;
use crate::domain::token::Lifetimes;
use crate::domain::{ClientId, Clock, IssuerId, StoreId};
use crate::keys::IssuerContext;
use crate::oauth::client_documents::{Asker, ClientDocuments, DocumentError};
use crate::oauth::client_keys::KeyCache;
use crate::oauth::clients::{ClientCache, introduce};
use crate::oauth::metadata::{Metadata, Offered};
use crate::oauth::registration_rate::RegistrationRate;
use crate::outbound::Fetcher;
use crate::outbound::mail::Mailer;
use crate::storage::Database;
use crate::storage::clients::Kept;
use crate::web::examinations::Examinations;
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
    pub retention: config::Retention,
    pub trusted_proxies: Vec<IpNet>,
    pub passwords: Passwords,
    pub throttle: Throttle,
    pub mailer: Mailer,
    /// Where shoppers can sign in with an account that they have elsewhere.
    pub upstreams: Upstreams,
    /// For what clients name: their documents and keys.
    pub fetcher: Fetcher,
    pub clients: ClientCache,
    pub client_documents: ClientDocuments,
    pub client_keys: KeyCache,
    pub registrations: RegistrationRate,
    pub platforms: Platforms,
    pub refusals: RefusalQueue,
    /// Whoever sends here is told when what is in the database now has been read.
    pub reloads: mpsc::Sender<oneshot::Sender<()>>,
    /// What the deployments looked like to agents.
    pub examinations: Arc<Examinations>,
    /// Set while a changed store, issuer or key cannot be read here: others answer by what this server does not know.
    pub is_behind: AtomicBool,
    /// Set when the server is told to stop: answers that have no end of their own then end.
    pub stopping: AtomicBool,
}

impl AppState {
    /// The client that a shopper is sent with; see [`introduce`]. `kept` is what the database has about it.
    pub async fn introduce(
        &self,
        context: &IssuerContext,
        (id, kept): (&ClientId, Option<Kept>),
        network: &Network,
    ) -> Result<Option<Client>, DocumentError> {
        let asker = Asker { rate: &self.registrations, issuer_id: &context.issuer.id, network };
        let known = context.policy.private_use_beside(&self.registration.private_use_uris);
        introduce(id, kept, &self.client_documents, &known, (asker, self.clock.now())).await
    }

    /// Reads what was just decided, so that this server acts on it before the one who decided is answered.
    pub async fn reload(&self) {
        let (done, is_done) = oneshot::channel();
        if self.reloads.send(done).await.is_ok() {
            // A job that has ended reads nothing more; the server is stopping then.
            drop(is_done.await);
        }
    }
}

/// Every issuer of this installation.
#[derive(Debug, Default)]
pub struct Directory {
    issuers: Vec<Arc<IssuerContext>>,
    /// The document of each, in the same order: every agent's first request, written once.
    metadata: Vec<Bytes>,
}

impl Directory {
    pub fn new(issuers: Vec<Arc<IssuerContext>>, offered: Offered) -> Self {
        let document = |context: &Arc<IssuerContext>| {
            let is_open = offered.registration && context.policy.registration != RegistrationMode::Closed;
            let metadata =
                Metadata::of(&context.issuer, Offered { registration: is_open, ..offered }, is_possible(context));
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
