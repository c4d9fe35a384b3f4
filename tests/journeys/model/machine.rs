//! The real application, with a clock that only the test moves, on a database that outlives it.

use std::net::TcpListener;
use std::time::Duration;

use tempfile::TempDir;
use tillgate::accounts::password::hash_now;
use tillgate::accounts::sign_up::{NewAccount, create};
use tillgate::application::Application;
use tillgate::domain::audit::Occasion;
use tillgate::domain::{Clock, IssuerId, Timestamp};
use tillgate::keys::Secret;
use tillgate::merchant::sweeper::{Ages, Sweeper};
use tillgate::outbound::Resolver;
use tillgate::storage::{Database, DatabaseLimits, DatabaseUrl, StorageError, Tx};

use crate::support::Shop;
use crate::support::app::{PASSWORD, database, provision, settings};

/// Two issuers of one store, live and sandbox.
pub struct Machine {
    application: Option<Application>,
    pub db: Database,
    url: DatabaseUrl,
    pub clock: Clock,
    pub shops: Vec<Shop>,
    port: u16,
    more: Vec<(&'static str, &'static str)>,
    password_hash: String,
    folder: TempDir,
}

impl Machine {
    /// With mails, which nobody reads: nothing is bought without asking that the shopper would not be told of.
    pub async fn start(more: Vec<(&'static str, &'static str)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = settings(&folder, &more);
        let (db, url) = database(&folder);
        let clock = Clock::manual(Timestamp::from_secs(1_800_000_000));
        let shops = provision(&db, &config, vec![format!("http://localhost:{port}")], clock.now()).await;
        let password_hash = hash_now(&config.sign_in, &Secret::new(PASSWORD.to_owned())).unwrap();
        let mut machine = Self { application: None, db, url, clock, shops, port, more, password_hash, folder };
        machine.serve().await;
        machine
    }

    async fn serve(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).unwrap();
        let (config, resolver) = (settings(&self.folder, &self.more), Resolver::System);
        let started =
            Application::start_with(config, self.db.clone(), vec![listener], self.clock.clone(), resolver).await;
        self.application = Some(started.unwrap());
    }

    /// Everything that was only in memory is gone.
    pub async fn restart(&mut self) {
        self.stop().await;
        let limits = DatabaseLimits { connections: 4, queue: 1024 };
        let url = self.url.clone();
        self.db = tokio::task::spawn_blocking(move || Database::open(&url, limits)).await.unwrap().unwrap();
        self.serve().await;
    }

    pub async fn stop(&mut self) {
        if let Some(application) = self.application.take() {
            application.stop().await;
        }
    }

    pub fn now(&self) -> i64 {
        self.clock.now().as_secs()
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.advance(Duration::from_secs(seconds.unsigned_abs()));
    }

    pub async fn write(&self, change: impl FnOnce(&mut Tx<'_>) -> Result<(), StorageError> + Send + 'static) {
        let done: Result<(), StorageError> = self.db.write(change).await;
        done.unwrap();
    }

    pub async fn sign_up(&self, shop: &Shop, email: &str) -> NewAccount {
        let now = self.clock.now();
        let account = NewAccount::new(&IssuerId::new(&shop.issuer_id), email, self.password_hash.clone(), now);
        let made = account.clone();
        self.write(move |tx| create(tx, &made, &Occasion::of_operator(now)).map(drop)).await;
        account
    }

    /// What the server does by itself every few seconds, minutes and hours.
    pub async fn sweep(&self) {
        let state = self.application.as_ref().unwrap().state();
        let issuers: Vec<_> = state.directory.load().iter().map(|context| context.issuer.id.clone()).collect();
        let age = Duration::from_hours(24);
        let (addresses, orders) = (30 * age, 365 * age);
        let ages = Ages { networks: age, refusals: age, addresses, orders };
        let mut sweeper = Sweeper::new(self.db.clone(), self.clock.clone(), state.lifetimes, ages);
        sweeper.end_shut_out(&issuers).await.unwrap();
        sweeper.end_overdue().await.unwrap();
        sweeper.remove_old(&issuers).await.unwrap();
        let now = self.clock.now();
        self.write(move |tx| tillgate::purchases::ledger::expire(tx, now).map(drop)).await;
    }
}
