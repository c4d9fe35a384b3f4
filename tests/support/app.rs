//! The real application on a port of its own, with a database of its own and a clock that only the test moves. SQLite in a
//! file, or a fresh PostgreSQL schema where `TEST_DATABASE_URL` is set: the tests are the same.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tempfile::TempDir;
use tillgate::accounts::password::hash_now;
use tillgate::accounts::sign_up::{NewAccount, create};
use tillgate::accounts::trail::Occasion;
use tillgate::application::{Application, installation_secrets};
use tillgate::config::{Config, Loader};
use tillgate::domain::issuer::{Environment, Issuer};
use tillgate::domain::staff::{Role, Staff};
use tillgate::domain::{Clock, StaffId, Timestamp, store};
use tillgate::keys::{InstallationSecrets, Secret, random};
use tillgate::merchant::provisioning::{ProvisioningError, add_resource_server, add_store, rotate_keys, store_id};
use tillgate::outbound::Resolver;
use tillgate::storage::{Database, DatabaseLimits, DatabaseUrl, StorageError, Tx, staff, testing};

use super::store::Door;
use super::{Documents, Store};

/// Of every shopper and of all staff.
pub const PASSWORD: &str = "correct horse battery staple";

/// How the stores of an installation share addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosting {
    OneStore,
    /// Two stores on one host, told apart by the path.
    TwoPaths,
    /// Two stores on two hosts.
    TwoHosts,
    /// Behind a proxy with TLS.
    Https,
    /// Behind a proxy on this port, which passes the host on.
    Behind(u16),
}

impl Hosting {
    /// The live issuer of each store.
    fn issuers(self, port: u16) -> Vec<String> {
        let first = format!("http://localhost:{port}");
        match self {
            Self::OneStore => vec![first],
            Self::TwoPaths => vec![first.clone(), format!("{first}/second")],
            Self::Https => vec!["https://auth.tea.example".to_owned()],
            Self::Behind(port) => vec![format!("http://localhost:{port}")],
            Self::TwoHosts => vec![first, format!("http://127.0.0.1:{port}")],
        }
    }
}

/// One issuer with its resource server and its one shopper.
#[derive(Debug, Clone)]
pub struct Shop {
    pub issuer: String,
    pub issuer_id: String,
    pub store_id: String,
    pub resource: String,
    pub resource_id: String,
    pub resource_secret: String,
    pub email: String,
    pub password: String,
}

pub struct App {
    pub application: Application,
    pub clock: Clock,
    pub db: Database,
    pub port: u16,
    /// Live and sandbox of the first store, then of the second.
    pub shops: Vec<Shop>,
    /// The MCP server of the first store, where the test asked for one.
    store: Option<Store>,
    secrets: InstallationSecrets,
    pub folder: TempDir,
}

pub fn settings(folder: &TempDir, more: &[(&str, &str)]) -> Config {
    let mut variables = vec![
        ("TILLGATE__REGISTRATION__RATE_PER_MINUTE", "100000"),
        ("TILLGATE__SIGN_IN__ATTEMPTS_PER_SOURCE", "100000"),
        ("TILLGATE__SERVER__WORKERS", "2"),
    ];
    variables.extend(more);
    Loader::isolated(&variables).development(folder.path(), random::bytes()).unwrap().load().unwrap()
}

/// A fresh database: a schema on PostgreSQL, or a file in the folder.
pub fn database(folder: &TempDir) -> (Database, DatabaseUrl) {
    let url = match testing::postgres_schema().unwrap() {
        Some(url) => DatabaseUrl::Postgres(url),
        None => DatabaseUrl::Sqlite(folder.path().join("tillgate.sqlite3").display().to_string()),
    };
    (Database::open(&url, DatabaseLimits { connections: 4, queue: 1024 }).unwrap(), url)
}

fn password_hash(config: &Config) -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_now(&config.sign_in, &Secret::new(PASSWORD.to_owned())).unwrap()).clone()
}

/// Where the resource servers of the first store are; those of others are only names.
fn resource(door: Option<&Door>, number: usize, environment: Environment) -> String {
    match door {
        Some(door) if number == 0 => door.resource(environment),
        _ => format!("https://store-{number}.example/{environment}/mcp"),
    }
}

/// Stores, each with its staff, one of each role, and two issuers; in each issuer a resource server and two shoppers.
pub async fn provision(db: &Database, config: &Config, issuers: Vec<String>, now: Timestamp) -> Vec<Shop> {
    provision_behind(None, db, config, issuers, now).await
}

async fn provision_behind(
    door: Option<&Door>,
    db: &Database,
    config: &Config,
    issuers: Vec<String>,
    now: Timestamp,
) -> Vec<Shop> {
    let secrets = installation_secrets(&config.secrets).unwrap();
    let hash = password_hash(config);
    let resources: Vec<_> = (0..issuers.len())
        .map(|number| [Environment::Live, Environment::Sandbox].map(|environment| resource(door, number, environment)))
        .collect();
    let made: Result<_, ProvisioningError> = db
        .write(move |tx| {
            let mut shops = Vec::new();
            for ((number, live), resources) in issuers.iter().enumerate().zip(&resources) {
                let store = store(number);
                let urls = [
                    (Environment::Live, live.parse().unwrap()),
                    (Environment::Sandbox, format!("{live}/sandbox").parse().unwrap()),
                ];
                for (issuer, resource) in add_store(tx, &secrets, &store, urls, now)?.iter().zip(resources) {
                    shops.push(shop(tx, issuer, resource, &hash, now)?);
                }
                for role in [Role::Viewer, Role::Support, Role::Admin] {
                    staff::insert(tx, &member(&store, role, now), &hash)?;
                }
            }
            Ok(shops)
        })
        .await;
    made.unwrap()
}

/// Where staff of this role sign in with.
pub fn staff_email(role: Role) -> String {
    format!("{role}@store.example")
}

fn member(store: &store::Store, role: Role, now: Timestamp) -> Staff {
    let id = StaffId::new(format!("{role}-{}", store.id));
    Staff { id, store_id: store.id.clone(), email: staff_email(role), role, created_at: now }
}

fn store(number: usize) -> store::Store {
    store::Store {
        id: store_id(),
        name: format!("Store {number}"),
        currency: "EUR".parse().unwrap(),
        time_zone: "Europe/Paris".to_owned(),
        locale: "en".to_owned(),
        contact: None,
        privacy_url: None,
        terms_url: None,
        shop_may_read_orders: true,
    }
}

fn shop(
    tx: &mut Tx<'_>,
    issuer: &Issuer,
    resource: &str,
    hash: &str,
    now: Timestamp,
) -> Result<Shop, ProvisioningError> {
    let (id, secret) = add_resource_server(tx, issuer, (resource, Vec::new(), "The shop"), now)?;
    let email = "shopper@example.com";
    for email in [email, "other@example.com"] {
        create(tx, &NewAccount::new(&issuer.id, email, hash.to_owned(), now), &Occasion::of_operator(now))?;
    }
    Ok(Shop {
        issuer: issuer.url.to_string(),
        issuer_id: issuer.id.to_string(),
        store_id: issuer.store_id.to_string(),
        resource: resource.to_owned(),
        resource_id: id.into_string(),
        resource_secret: secret,
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
    })
}

/// Knows no host, so that none outside of the test is asked for.
fn nobody() -> Resolver {
    Resolver::Fixed(Arc::new(|_host| Err(std::io::Error::other("there is no such host"))))
}

/// Keys and values.
type Settings<'a> = &'a [(&'a str, &'a str)];

impl App {
    pub async fn start() -> Self {
        Self::start_as(Hosting::OneStore, &[]).await
    }

    pub async fn start_as(hosting: Hosting, more: &[(&str, &str)]) -> Self {
        Self::start_at(hosting, None, (more, more), Resolver::System).await
    }

    /// Every host that it fetches from is `documents`.
    pub async fn start_with_documents(documents: &Documents, more: &[(&str, &str)]) -> Self {
        Self::start_fetching(None, documents, more).await
    }

    /// The same, with the first store's own MCP server.
    pub async fn start_with_store_and_documents(documents: &Documents) -> Self {
        Self::start_fetching(Some(Door::open()), documents, &[]).await
    }

    async fn start_fetching(door: Option<Door>, documents: &Documents, more: &[(&str, &str)]) -> Self {
        let settings = documents.settings();
        let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
        let more: Vec<_> = settings.chain(more.iter().copied()).collect();
        Self::start_at(Hosting::OneStore, door, (&more, &more), documents.resolver()).await
    }

    /// With the first store's own MCP server, which knows of this authorization server what its protocol says.
    pub async fn start_with_store() -> Self {
        Self::start_with_store_at(Door::open()).await
    }

    /// ... at a door of the test's own.
    pub async fn start_with_store_at(door: Door) -> Self {
        Self::start_at(Hosting::OneStore, Some(door), (&[], &[]), nobody()).await
    }

    /// Both.
    pub async fn start_with_documents_and_store(documents: &Documents) -> Self {
        let settings = documents.settings();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self::start_at(Hosting::OneStore, Some(Door::open()), (&[], &settings), documents.resolver()).await
    }

    /// The same behind two proxies: of the issuer, and of the store, whose door is given.
    pub async fn start_with_store_behind(issuer: u16, door: Door) -> Self {
        Self::start_at(Hosting::Behind(issuer), Some(door), (&[], &[]), nobody()).await
    }

    /// Provisioned with some settings, and then started with others.
    pub async fn start_changed(hosting: Hosting, before: &[(&str, &str)], more: &[(&str, &str)]) -> Self {
        Self::start_at(hosting, None, (before, more), Resolver::System).await
    }

    async fn start_at(
        hosting: Hosting,
        door: Option<Door>,
        (before, more): (Settings<'_>, Settings<'_>),
        resolver: Resolver,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = settings(&folder, before);
        let (db, _) = database(&folder);
        let secrets = installation_secrets(&config.secrets).unwrap();
        let clock = Clock::manual(Timestamp::from_secs(1_800_000_000));
        let shops = provision_behind(door.as_ref(), &db, &config, hosting.issuers(port), clock.now()).await;
        let config = settings(&folder, more);
        let listeners = vec![listener];
        let started = Application::start_with(config, db.clone(), listeners, clock.clone(), resolver).await;
        let application = started.unwrap();
        let store = door.map(|door| Store::open(door, [&shops[0], &shops[1]], &folder, &clock));
        Self { application, clock, db, port, shops, store, secrets, folder }
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// The live issuer of the first store.
    pub fn live(&self) -> &Shop {
        &self.shops[0]
    }

    pub fn sandbox(&self) -> &Shop {
        &self.shops[1]
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// `tillgate keys rotate`, at the time that the test has.
    pub async fn rotate_keys(&self, shop: &Shop) {
        let directory = self.application.state().directory.load();
        let context = directory.iter().find(|context| context.url() == shop.issuer).unwrap();
        let (issuer, secrets, now) = (context.issuer.clone(), self.secrets.clone(), self.clock.now());
        let rotated: Result<_, ProvisioningError> =
            self.db.write(move |tx| rotate_keys(tx, &secrets, &issuer, now)).await;
        rotated.unwrap();
    }

    /// See [`sql`].
    pub async fn sql(&self, statement: &str) -> usize {
        sql(&self.db, statement).await
    }
}

/// Runs SQL that means the same on both databases: how many rows it has changed.
pub async fn sql(db: &Database, statement: &str) -> usize {
    use diesel::RunQueryDsl as _;
    use tillgate::storage::DbConnection;
    let statement = statement.to_owned();
    let changed: Result<usize, StorageError> = db
        .write(move |tx| {
            let connection: &mut DbConnection = tx;
            Ok(match connection {
                DbConnection::Sqlite(connection) => diesel::sql_query(statement).execute(connection),
                DbConnection::Postgres(connection) => diesel::sql_query(statement).execute(&mut **connection),
            }?)
        })
        .await;
    changed.unwrap()
}
