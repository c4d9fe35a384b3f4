//! Puts the parts together and runs them: the same for production, the demo and the tests. The configuration is taken apart
//! here; each module gets its own section.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use arc_swap::ArcSwap;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing_actix_web::TracingLogger;

use crate::accounts::password::{Passwords, PasswordsError};
use crate::accounts::throttle::Throttle;
use crate::accounts::upstream::Upstreams;
use crate::config::{self, Config};
use crate::domain::platforms::Platforms;
use crate::domain::token::Lifetimes;
use crate::domain::{Clock, IssuerId};
use crate::keys::{InstallationSecrets, MissingVersion};
use crate::merchant::numbering;
use crate::merchant::provisioning::{ProvisioningError, StoredDirectory, read_directory};
use crate::merchant::sweeper::{Ages, Sweeper};
use crate::oauth::client_documents::ClientDocuments;
use crate::oauth::client_keys::KeyCache;
use crate::oauth::clients::ClientCache;
use crate::oauth::metadata::Offered;
use crate::oauth::registration_rate::RegistrationRate;
use crate::outbound::fetch::FetcherError;
use crate::outbound::mail::{MailError, Mailer};
use crate::outbound::{Fetcher, Resolver};
use crate::storage::refusals::Refusal;
use crate::storage::{Database, DatabaseLimits, DatabaseUrl, StorageError};
use crate::web::middleware::root_span::RootSpan;
use crate::web::middleware::{deadline, headers, issuer, refusals};
use crate::web::routes;
use crate::web::state::{AppState, Directory};

/// Why the application did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the database {address} cannot be used: {error}")]
    Database { address: String, error: StorageError },
    #[error("the folder of {address} cannot be made: {error}")]
    Folder { address: String, error: std::io::Error },
    #[error("{0}")]
    Provisioning(#[from] ProvisioningError),
    #[error("{0}")]
    Secrets(#[from] MissingVersion),
    #[error("mail: {0}")]
    Mail(#[from] MailError),
    #[error("[outbound]: {0}")]
    Outbound(#[from] FetcherError),
    #[error("passwords: {0}")]
    Passwords(#[from] PasswordsError),
    #[error("{address} cannot be listened on: {error}. Is another program using the port?")]
    Listen { address: String, error: std::io::Error },
    #[error("the server could not start: {0}")]
    Io(#[from] std::io::Error),
}

/// Changes made by another process (`tillgate keys rotate`, a replica) are looked for this often.
const RELOAD_INTERVAL: Duration = Duration::from_secs(2);
const NUMBERING_INTERVAL: Duration = Duration::from_secs(1);
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
const REMOVAL_INTERVAL: Duration = Duration::from_mins(1);
const OVERDUE_INTERVAL: Duration = Duration::from_hours(1);

/// A running authorization server.
pub struct Application {
    state: Data<AppState>,
    server: ServerHandle,
    running: JoinHandle<std::io::Result<()>>,
    jobs: Vec<JoinHandle<()>>,
    grace: Duration,
}

/// Opens the database of a configuration and brings it up to date. Blocks.
pub fn open_database(settings: &config::Database) -> Result<Database, StartError> {
    let (url, address) = match &settings.url {
        config::DatabaseUrl::Sqlite(path) => {
            let address = path.display().to_string();
            config::make_parent(path).map_err(|error| StartError::Folder { address: address.clone(), error })?;
            (DatabaseUrl::Sqlite(address.clone()), address)
        }
        config::DatabaseUrl::Postgres(url) => {
            (DatabaseUrl::Postgres(url.expose().clone()), "PostgreSQL (database.url)".to_owned())
        }
    };
    let limits = DatabaseLimits { connections: settings.connections, queue: settings.queue_limit };
    Database::open(&url, limits).map_err(|error| StartError::Database { address, error })
}

/// The installation's secret in all configured versions.
pub fn installation_secrets(settings: &config::Secrets) -> Result<InstallationSecrets, MissingVersion> {
    let versions = settings.versions.iter().map(|version| (version.version, version.key.clone())).collect();
    InstallationSecrets::configured(versions)
}

fn lifetimes(tokens: &config::Tokens) -> Lifetimes {
    Lifetimes {
        access: tokens.access_lifetime,
        checkout: tokens.checkout_lifetime,
        code: tokens.code_lifetime,
        elevation: tokens.elevation_window,
        connection: tokens.connection_lifetime,
        idle: tokens.connection_idle,
        grace: tokens.refresh_grace,
    }
}

/// Binds every address before anything else happens, so that a port in use is one clear sentence. A family that the machine
/// lacks is left out where another can be listened on: containers and old kernels often have no IPv6.
pub fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, StartError> {
    let (mut listeners, mut lacking) = (Vec::new(), Vec::new());
    for address in addresses {
        match TcpListener::bind(address) {
            Ok(listener) => listeners.push(listener),
            Err(error) if is_lacking(address.ip()) => lacking.push((address, error)),
            Err(error) => return Err(StartError::Listen { address: address.to_string(), error }),
        }
    }
    for (address, error) in lacking {
        if listeners.is_empty() {
            return Err(StartError::Listen { address: address.to_string(), error });
        }
        tracing::warn!(%address, %error, "this machine has no such address; only the others are listened on");
    }
    Ok(listeners)
}

/// Whether the machine cannot listen on its own address at any port. Each system has errors of its own for that.
fn is_lacking(ip: IpAddr) -> bool {
    (ip.is_loopback() || ip.is_unspecified()) && TcpListener::bind((ip, 0)).is_err()
}

/// Runs `future` in the runtime that the server needs on its main thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(future)
}

impl Application {
    /// Starts serving on `listeners`. Call it inside the async runtime; the database is already open.
    pub async fn start(
        config: Config,
        db: Database,
        listeners: Vec<TcpListener>,
        clock: Clock,
    ) -> Result<Self, StartError> {
        Self::start_with(config, db, listeners, clock, Resolver::System).await
    }

    /// The same where the hosts of tests are known, that nobody else knows.
    pub async fn start_with(
        config: Config,
        db: Database,
        listeners: Vec<TcpListener>,
        clock: Clock,
        resolver: Resolver,
    ) -> Result<Self, StartError> {
        let secrets = installation_secrets(&config.secrets)?;
        let lifetimes = lifetimes(&config.tokens);
        let stored = db.read(read_directory).await.map_err(ProvisioningError::Storage)?;
        let directory = open(&stored, &secrets, offered(&config.registration))?;
        let fetcher = Fetcher::new(&config.outbound, resolver)?;
        let (refusals, refused) = mpsc::channel(refusals::QUEUE);
        let (reloads, asked) = mpsc::channel(16);
        let state = Data::new(AppState {
            clock: clock.clone(),
            directory: ArcSwap::from_pointee(directory),
            lifetimes,
            default_resource: config.tokens.default_resource,
            passwords: Passwords::new(&config.sign_in)?,
            throttle: Throttle::new(&config.sign_in),
            mailer: Mailer::start(&config.mail)?,
            upstreams: Upstreams::new(&config.sign_in.providers_file, &fetcher),
            client_documents: ClientDocuments::new(config.registration.client_documents.then(|| fetcher.clone())),
            client_keys: KeyCache::new(fetcher.clone()),
            fetcher,
            clients: ClientCache::default(),
            registrations: RegistrationRate::new(config.registration.rate_per_minute),
            platforms: Platforms::new(config.agents.platforms_file),
            refusals,
            reloads,
            examinations: Arc::default(),
            is_behind: false.into(),
            stopping: false.into(),
            registration: config.registration,
            audit: config.audit.clone(),
            retention: config.retention.clone(),
            sign_in: config.sign_in,
            trusted_proxies: config.server.trusted_proxies.clone(),
            db: db.clone(),
        });
        let server = serve(&config.server, state.clone(), listeners)?;
        let ages = Ages {
            networks: config.audit.network_age,
            refusals: config.audit.refusal_age,
            addresses: config.retention.addresses,
            orders: config.retention.orders,
        };
        let sweeper = Sweeper::new(db, clock, lifetimes, ages);
        let jobs = vec![
            tokio::spawn(reload(state.clone(), secrets, stored, asked)),
            tokio::spawn(number(state.clone())),
            tokio::spawn(keep_refusals(state.clone(), refused)),
            tokio::spawn(sweep(state.clone(), sweeper)),
        ];
        let handle = server.handle();
        Ok(Self { state, server: handle, running: tokio::spawn(server), jobs, grace: config.server.shutdown_grace })
    }

    /// What handlers share.
    pub fn state(&self) -> &Data<AppState> {
        &self.state
    }

    /// Waits until the server ends by itself.
    pub async fn wait(&mut self) -> std::io::Result<()> {
        (&mut self.running).await.map_err(std::io::Error::other)?
    }

    /// Takes no more requests, answers those under way, sends what mail there is, numbers the trail, and closes the database:
    /// nothing that was acknowledged is lost.
    pub async fn stop(self) {
        self.state.stopping.store(true, Ordering::Release);
        self.server.stop(true).await;
        for job in &self.jobs {
            job.abort();
        }
        self.state.mailer.finish(self.grace).await;
        let issuers = issuer_ids(&self.state);
        if let Err(error) = numbering::run(&self.state.db, &issuers).await {
            tracing::warn!(%error, "the audit trail's last entries are numbered at the next start");
        }
        let db = self.state.db.clone();
        // Closing joins the database's threads, which would block the runtime.
        drop(tokio::task::spawn_blocking(move || db.close()).await);
    }
}

fn serve(
    settings: &config::Server,
    state: Data<AppState>,
    listeners: Vec<TcpListener>,
) -> Result<actix_web::dev::Server, StartError> {
    let (max_body, limit) = (settings.max_body, settings.request_timeout);
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .configure(routes::configure(max_body))
            // Outermost last: the span is around everything, the issuer is found before a route is.
            .wrap(from_fn(move |request, next| deadline::within(limit, request, next)))
            .wrap(from_fn(refusals::keep))
            .wrap(from_fn(issuer::route))
            .wrap(headers::security())
            .wrap(TracingLogger::<RootSpan>::new())
    })
    .workers(settings.workers)
    .client_request_timeout(settings.request_timeout)
    .shutdown_timeout(settings.shutdown_grace.as_secs())
    .disable_signals();
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

fn open(
    stored: &StoredDirectory,
    secrets: &InstallationSecrets,
    offered: Offered,
) -> Result<Directory, ProvisioningError> {
    let issuers = stored.open(secrets)?.into_iter().map(Arc::new).collect();
    Ok(Directory::new(issuers, offered))
}

fn offered(settings: &config::Registration) -> Offered {
    Offered { registration: settings.enabled, client_documents: settings.client_documents }
}

fn issuer_ids(state: &AppState) -> Vec<IssuerId> {
    state.directory.load().iter().map(|context| context.issuer.id.clone()).collect()
}

/// Replaces the directory when something in it has changed: looked for every so often, and when somebody asks.
async fn reload(
    state: Data<AppState>,
    secrets: InstallationSecrets,
    mut known: StoredDirectory,
    mut asked: mpsc::Receiver<oneshot::Sender<()>>,
) {
    loop {
        // Dropped at the end of the round, which tells who asked that it is over.
        let _asked = tokio::time::timeout(RELOAD_INTERVAL, asked.recv()).await;
        let read: Result<_, StorageError> = state.db.read(read_directory).await;
        let Ok(stored) = read else { continue };
        if stored == known {
            continue;
        }
        // Every decision about a client raises the revision of its issuer's policy.
        state.clients.clear();
        let opened = open(&stored, &secrets, offered(&state.registration));
        state.is_behind.store(opened.is_err(), Ordering::Release);
        match opened {
            Ok(directory) => state.directory.store(Arc::new(directory)),
            Err(error) => tracing::error!(%error, "a changed store, issuer or key cannot be read; the old ones stay"),
        }
        known = stored;
    }
}

/// Writes what was refused into the ring, many at once.
async fn keep_refusals(state: Data<AppState>, mut refused: mpsc::Receiver<(IssuerId, Refusal)>) {
    let kept = i64::try_from(state.audit.refusals_kept).unwrap_or(i64::MAX);
    let mut batch = Vec::new();
    while refused.recv_many(&mut batch, 50).await > 0 {
        let entries = std::mem::take(&mut batch);
        let written: Result<(), StorageError> = state
            .db
            .write(move |tx| {
                entries
                    .iter()
                    .try_for_each(|(issuer_id, refusal)| crate::storage::refusals::record(tx, issuer_id, refusal, kept))
            })
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "refusals could not be kept");
        }
    }
}

async fn number(state: Data<AppState>) {
    loop {
        tokio::time::sleep(NUMBERING_INTERVAL).await;
        if let Err(error) = numbering::run(&state.db, &issuer_ids(&state)).await {
            tracing::warn!(%error, "audit entries could not be numbered; trying again");
        }
    }
}

/// What was approved and not used in time counts no longer; in each round for a bounded number of grants.
async fn expire(state: &AppState) -> Result<(), StorageError> {
    let now = state.clock.now();
    for _ in 0..40 {
        let expired: Result<usize, StorageError> =
            state.db.write(move |tx| crate::purchases::ledger::expire(tx, now)).await;
        if expired? == 0 {
            break;
        }
    }
    Ok(())
}

async fn sweep(state: Data<AppState>, mut sweeper: Sweeper) {
    let every =
        |interval: Duration, round: u64| round.is_multiple_of((interval.as_secs() / SWEEP_INTERVAL.as_secs()).max(1));
    for round in 1_u64.. {
        tokio::time::sleep(SWEEP_INTERVAL).await;
        let issuers = issuer_ids(&state);
        let mut outcomes = vec![sweeper.end_shut_out(&issuers).await];
        if every(REMOVAL_INTERVAL, round) {
            outcomes.push(sweeper.remove_old(&issuers).await);
        }
        if every(OVERDUE_INTERVAL, round) {
            outcomes.push(sweeper.end_overdue().await);
        }
        let errors = outcomes.into_iter().filter_map(Result::err).chain(expire(&state).await.err());
        for error in errors {
            tracing::warn!(%error, "sweeping failed; trying again");
        }
    }
}
