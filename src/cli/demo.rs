//! `demo`: a store and its authorization server in one process, with people to sign in as. What it makes is kept: a second
//! start finds everything as it was.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::demo_seed::{self, Seeded};
use super::failure::Failure;
use super::settings::unwritable;
use super::store_server::StoreServer;
use super::{output, signals};
use crate::application::{Application, bind, block_on, open_database};
use crate::config::{Config, Loader, Mode, StoreConfig};
use crate::domain::Clock;
use crate::keys::random;
use crate::storage::Database;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder that everything is kept in
    #[arg(long, default_value = "data", value_name = "DIR")]
    pub(super) data: PathBuf,
    /// The port of the authorization server
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// The port of the store's MCP server
    #[arg(long, default_value_t = 8081)]
    pub(super) store_port: u16,
}

/// `DIR/demo.json`: what a newcomer, or a test, needs to know. Written under another name before anything is made with it,
/// so that a start that fails half way loses nobody's password, and published when the store is open.
#[derive(Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) issuer: String,
    pub(super) sandbox_issuer: String,
    pub(super) mcp_url: String,
    pub(super) sandbox_mcp_url: String,
    pub(super) account_url: String,
    pub(super) console_url: String,
    pub(super) shopper: Credentials,
    pub(super) staff: Credentials,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Credentials {
    pub(super) email: String,
    pub(super) password: String,
}

impl Told {
    fn of(arguments: &Arguments, [shopper, staff]: [Credentials; 2]) -> Self {
        let issuer = format!("http://localhost:{}", arguments.port);
        let store = format!("http://localhost:{}", arguments.store_port);
        Self {
            sandbox_issuer: format!("{issuer}/sandbox"),
            mcp_url: format!("{store}/mcp"),
            sandbox_mcp_url: format!("{store}/sandbox/mcp"),
            account_url: format!("{issuer}/account/agents"),
            console_url: format!("{issuer}/console"),
            issuer,
            shopper,
            staff,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let loader = Loader::without_file().demo(&arguments.data, arguments.port, random::bytes());
    let config = loader.map_err(|error| unwritable(&arguments.data, &error))?.load_safely(Mode::Development)?;
    crate::telemetry::init(&config.log);
    let listeners = bind(&config.server.listen)?;
    let store = store_config(arguments, &config)?;
    let store_listeners = bind(&store.server.listen)?;
    let db = open_database(&config.database)?;
    let told = told(arguments)?;
    let demo = Demo { config, db, listeners, store, store_listeners };
    block_on(demo.serve(arguments, told))
}

const PUBLISHED: &str = "demo.json";
const KEPT: &str = "demo.json.new";

/// What an earlier start has told, or new accounts.
fn told(arguments: &Arguments) -> Result<Told, Failure> {
    let path = arguments.data.join(PUBLISHED);
    let person =
        |email: &str| Credentials { email: email.to_owned(), password: random::text("").chars().take(16).collect() };
    let kept = std::fs::read_to_string(&path).or_else(|_| std::fs::read_to_string(arguments.data.join(KEPT)));
    let Ok(text) = kept else {
        return Ok(Told::of(arguments, [person("maya@example.com"), person("sam@fernandfield.example")]));
    };
    let earlier: Told = serde_json::from_str(&text).map_err(|error| {
        Failure::new(format!("{} cannot be read: {error}. Choose another folder with --data.", path.display()))
    })?;
    let again = Told::of(arguments, [earlier.shopper, earlier.staff]);
    // An issuer's address never changes (A27), and a resource's neither.
    if earlier.issuer != again.issuer || earlier.mcp_url != again.mcp_url {
        return Err(Failure::new(format!(
            "{} was made for {} and {}; use the same ports, or another folder with --data",
            arguments.data.display(),
            earlier.issuer,
            earlier.mcp_url
        )));
    }
    Ok(again)
}

fn store_config(arguments: &Arguments, config: &Config) -> Result<StoreConfig, Failure> {
    let key = arguments.data.join("store.key");
    // Its own settings come by variables alone, as for the authorization server.
    let mut loader = Loader::without_file()
        .with_request_state_key(&key, random::bytes())
        .map_err(|error| unwritable(&arguments.data, &error))?;
    let port = arguments.store_port;
    loader.set("server.listen", format!("127.0.0.1:{port}, [::1]:{port}"));
    loader.set("server.data", arguments.data.display().to_string());
    loader.set("server.longest_token_lifetime", format!("{}s", config.tokens.access_lifetime.as_secs()));
    // Replaced by what registering the resource servers gives.
    for (environment, path) in [("live", ""), ("sandbox", "/sandbox")] {
        loader.set(&format!("{environment}.issuer"), format!("http://localhost:{}{path}", arguments.port));
        loader.set(&format!("{environment}.resource"), format!("http://localhost:{port}{path}/mcp"));
        loader.set(&format!("{environment}.id"), "unregistered".to_owned());
        loader.set(&format!("{environment}.secret"), "unregistered".to_owned());
    }
    let store = loader.load_store()?;
    Ok(StoreConfig { limits: config.limits.clone(), ..store })
}

struct Demo {
    config: Config,
    db: Database,
    listeners: Vec<std::net::TcpListener>,
    store: StoreConfig,
    store_listeners: Vec<std::net::TcpListener>,
}

impl Demo {
    async fn serve(self, arguments: &Arguments, told: Told) -> Result<(), Failure> {
        let Self { config, db, listeners, mut store, store_listeners } = self;
        keep(&arguments.data, &told)?;
        let Seeded { resources, subjects } = demo_seed::seed(&db, &config, &told).await?;
        for (resource, registered) in [&mut store.live, &mut store.sandbox].into_iter().flatten().zip(resources) {
            (resource.id, resource.secret) = registered;
        }
        let mut application = Application::start(config, db, listeners, Clock::System).await?;
        let mut shop = StoreServer::start(store, store_listeners)?;
        for (issuer, subject) in &subjects {
            shop.seed_orders(issuer, subject).await?;
        }
        publish(&arguments.data)?;
        tell(&told, &arguments.data);
        let ended = tokio::select! {
            ended = application.wait() => ended.map_err(|error| Failure::new(error.to_string())),
            ended = shop.wait() => ended,
            () = signals::stop() => Ok(()),
        };
        shop.stop().await;
        application.stop().await;
        ended
    }
}

/// Readable by its owner only: it holds passwords.
fn keep(folder: &Path, told: &Told) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| unwritten(folder, error);
    let text = serde_json::to_string_pretty(told).map_err(|error| failed(&error))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(folder.join(KEPT)).map_err(|error| failed(&error))?;
    file.write_all(text.as_bytes()).map_err(|error| failed(&error))
}

/// Replaces what an earlier start has published, as a whole.
fn publish(folder: &Path) -> Result<(), Failure> {
    std::fs::rename(folder.join(KEPT), folder.join(PUBLISHED)).map_err(|error| unwritten(folder, &error))
}

fn unwritten(folder: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{} cannot be written: {error}", folder.join(PUBLISHED).display()))
}

fn tell(told: &Told, folder: &Path) {
    let Told { shopper, staff, .. } = told;
    output::line(format_args!(
        "\nTillgate's demo store is open.

  Add it to an agent
    Claude Code   claude mcp add --transport http fern-and-field {mcp}
    VS Code       code --add-mcp '{{\"name\":\"fern-and-field\",\"type\":\"http\",\"url\":\"{mcp}\"}}'
    any other     {mcp}

  Shopper         {account}
                  {shopper_email}   password  {shopper_password}
                  Purchases of agents wait there for a yes or no; orders are made up, and nothing is paid.
  Merchant        {console}
                  {staff_email}   password  {staff_password}
  Sandbox         {sandbox}
  Mail            {mail}

Stop with Ctrl-C. Everything is kept for the next start.",
        mcp = told.mcp_url,
        account = told.account_url,
        shopper_email = shopper.email,
        shopper_password = shopper.password,
        console = told.console_url,
        staff_email = staff.email,
        staff_password = staff.password,
        sandbox = told.sandbox_mcp_url,
        mail = folder.join("mail").display(),
    ));
}
