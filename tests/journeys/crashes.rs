//! A server that is stopped or killed under load: what it has acknowledged is there when it is back.

mod buying;

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use tillgate::domain::{Clock, ConnectionId, IssuerId};
use tillgate::storage::{Database, DatabaseLimits, DatabaseUrl, StorageError, connections};

use crate::support::app::{database, provision, settings};
use crate::support::program::Program;
use crate::support::program::{Running, free_port};
use crate::support::{Agent, Browser, Shop, Tokens};

/// How long requests in progress may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// A process that serves a store of its own.
pub struct Server {
    program: Program,
    pub url: DatabaseUrl,
    pub port: u16,
    pub shop: Shop,
    running: Running,
    pub folder: tempfile::TempDir,
}

impl Server {
    pub async fn provisioned() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = settings(&folder, &[]);
        let port = free_port();
        let (db, url) = database(&folder);
        let shops = provision(&db, &config, vec![format!("http://localhost:{port}")], Clock::System.now()).await;
        tokio::task::spawn_blocking(move || db.close()).await.unwrap();
        let program = program(folder.path(), &url, port);
        let running = serve(&program, port).await;
        Self { program, url, port, shop: shops[0].clone(), running, folder }
    }

    async fn start_again(&mut self) {
        self.running = serve(&self.program, self.port).await;
    }

    /// Its database, beside it.
    pub fn open(&self) -> Database {
        Database::open(&self.url, DatabaseLimits { connections: 1, queue: 64 }).unwrap()
    }

    /// How many generations the database counts for each connection.
    async fn generations(&self, acknowledged: &[Load]) -> Vec<i64> {
        let db = self.open();
        let mut generations = Vec::new();
        for Load { tokens, .. } in acknowledged {
            let (issuer, id) = (IssuerId::new(&self.shop.issuer_id), connection_id(&tokens.access));
            let found: Result<_, StorageError> = db.read(move |c| connections::find(c, &issuer, id)).await;
            generations.push(found.unwrap().unwrap().generation);
        }
        tokio::task::spawn_blocking(move || db.close()).await.unwrap();
        generations
    }

    /// The acknowledged tokens are as good as they were.
    async fn has_kept(&self, agent: &Agent, acknowledged: &[Load]) {
        for Load { tokens, .. } in acknowledged {
            assert!(self.shop.accepts(&tokens.access).await);
            agent.refresh(&tokens.refresh).await.tokens();
        }
    }
}

pub fn program(folder: &Path, url: &DatabaseUrl, port: u16) -> Program {
    Program::in_folder(folder)
        .on(url)
        .with("TILLGATE__SECRETS__FILE", folder.join("secret.key").display().to_string())
        .with("TILLGATE__SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .with("TILLGATE__SERVER__SHUTDOWN_GRACE", format!("{}s", GRACE.as_secs()))
        .with("TILLGATE__REGISTRATION__RATE_PER_MINUTE", "100000")
        .with("TILLGATE__LOG__FILTER", "error")
}

pub async fn serve(program: &Program, port: u16) -> Running {
    program.start(&["serve", "--development"], &format!("http://localhost:{port}/health")).await
}

/// What one connection has seen until its server was gone.
struct Load {
    /// Acknowledged last.
    tokens: Tokens,
    refreshes: i64,
}

/// What an access token says it belongs to.
fn connection_id(access_token: &str) -> ConnectionId {
    let payload = URL_SAFE_NO_PAD.decode(access_token.split('.').nth(1).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    ConnectionId(claims["connection_id"].as_str().unwrap().parse().unwrap())
}

async fn refresh_until_gone(agent: &Agent, mut tokens: Tokens) -> Load {
    let mut refreshes = 0;
    loop {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &tokens.refresh),
            ("client_id", agent.client_id.as_str()),
        ];
        let request = agent.http.post(format!("{}/token", agent.issuer)).form(&form);
        let Ok(answer) = request.send().await else { return Load { tokens, refreshes } };
        // Acknowledged is what has arrived as a whole.
        let Ok(json) = answer.json::<serde_json::Value>().await else { return Load { tokens, refreshes } };
        let text = |name: &str| json[name].as_str().unwrap_or_else(|| panic!("{json}")).to_owned();
        tokens = Tokens { access: text("access_token"), refresh: text("refresh_token"), scope: text("scope") };
        refreshes += 1;
    }
}

async fn connect(server: &Server, agent: &Agent, count: usize) -> Vec<Tokens> {
    let mut browser = Browser::new();
    let mut connections = Vec::new();
    for _ in 0..count {
        connections.push(agent.connect(&mut browser, &server.shop, "products:read").await);
    }
    connections
}

#[tokio::test]
async fn a_killed_server_has_lost_no_acknowledged_token() {
    let mut server = Server::provisioned().await;
    let agent = Agent::register(&server.shop).await;
    let connections = connect(&server, &agent, 16).await;
    let kill = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        server.running.kill();
    };
    let load = connections.into_iter().map(|tokens| refresh_until_gone(&agent, tokens));
    let (acknowledged, ()) = tokio::join!(join_all(load), kill);
    let refreshes: i64 = acknowledged.iter().map(|load| load.refreshes).sum();
    assert!(refreshes > 50, "there was no load: {refreshes} refreshes");

    server.start_again().await;
    server.has_kept(&agent, &acknowledged).await;
}

#[tokio::test]
async fn a_server_told_to_stop_answers_what_is_under_way_and_loses_nothing() {
    let mut server = Server::provisioned().await;
    let agent = Agent::register(&server.shop).await;
    // A client, and so a pool of connections, for each.
    let agents: Vec<Agent> = (0..32).map(|_| Agent { http: crate::support::http(), ..agent.clone() }).collect();
    let connections = connect(&server, &agent, 32).await;
    let stop = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.running.terminate();
        server.running.ended().await
    };
    let load = agents.iter().zip(connections).map(|(agent, tokens)| refresh_until_gone(agent, tokens));
    let (acknowledged, (status, took)) = tokio::join!(join_all(load), stop);
    assert!(status.success(), "{status}");
    assert!(took < GRACE, "it took {took:?}");
    let refreshes: i64 = acknowledged.iter().map(|load| load.refreshes).sum();
    assert!(refreshes > 100, "there was no load: {refreshes} refreshes");
    // Generation 1 came with the code. What was not answered was not begun: no refresh is done and its answer lost.
    let answered: Vec<i64> = acknowledged.iter().map(|load| load.refreshes + 1).collect();
    assert_eq!(server.generations(&acknowledged).await, answered);

    server.start_again().await;
    server.has_kept(&agent, &acknowledged).await;
}
