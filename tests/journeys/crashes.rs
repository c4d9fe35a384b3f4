//! A server that is killed under load: what it has acknowledged is there when it is back.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::future::join_all;
use tillgate::domain::Clock;
use tillgate::storage::DatabaseUrl;

use crate::support::app::{database, provision, settings};
use crate::support::{Agent, Browser, Tokens, http};

/// The program itself, killed when the test ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

async fn serve(folder: &Path, url: &DatabaseUrl, port: u16) -> Server {
    let url = match url {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{path}"),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let child = Command::new(env!("CARGO_BIN_EXE_tillgate"))
        .args(["serve", "--development"])
        .current_dir(folder)
        .env("TILLGATE__DATABASE__URL", url)
        .env("TILLGATE__SECRETS__FILE", folder.join("secret.key"))
        .env("TILLGATE__SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env("TILLGATE__LOG__FILTER", "error")
        .stdout(Stdio::null())
        .spawn();
    let server = Server(child.unwrap());
    for _ in 0..600 {
        let answer = http().get(format!("http://localhost:{port}/health")).send().await;
        if answer.is_ok_and(|answer| answer.status() == 200) {
            return server;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the server does not answer");
}

/// Refreshes until the server is gone. What was acknowledged last, and how often.
async fn refresh_until_killed(agent: &Agent, mut tokens: Tokens) -> (Tokens, u32) {
    let mut refreshes = 0;
    let form = |refresh: &str| {
        [
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh.to_owned()),
            ("client_id", agent.client_id.clone()),
        ]
    };
    loop {
        let request = agent.http.post(format!("{}/token", agent.issuer)).form(&form(&tokens.refresh));
        let Ok(answer) = request.send().await else { return (tokens, refreshes) };
        // Acknowledged is what has arrived as a whole.
        let Ok(json) = answer.json::<serde_json::Value>().await else { return (tokens, refreshes) };
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        tokens = Tokens { access: text("access_token"), refresh: text("refresh_token"), scope: text("scope") };
        refreshes += 1;
    }
}

#[tokio::test]
async fn a_killed_server_has_lost_no_acknowledged_token() {
    let folder = tempfile::tempdir().unwrap();
    let config = settings(&folder, &[]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (db, url) = database(&folder);
    let shops = provision(&db, &config, vec![format!("http://localhost:{port}")], Clock::System.now()).await;
    tokio::task::spawn_blocking(move || db.close()).await.unwrap();
    let shop = &shops[0];

    let mut server = serve(folder.path(), &url, port).await;
    let agent = Agent::register(shop).await;
    let mut browser = Browser::new();
    let mut connections = Vec::new();
    for _ in 0..16 {
        connections.push(agent.connect(&mut browser, shop, "products:read").await);
    }
    let kill = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        // On Unix this is SIGKILL.
        server.0.kill().unwrap();
        server.0.wait().unwrap();
    };
    let (acknowledged, ()) =
        tokio::join!(join_all(connections.into_iter().map(|tokens| refresh_until_killed(&agent, tokens))), kill);
    let refreshes: u32 = acknowledged.iter().map(|(_, refreshes)| refreshes).sum();
    assert!(refreshes > 50, "there was no load: {refreshes} refreshes");

    let _server = serve(folder.path(), &url, port).await;
    for (tokens, _) in acknowledged {
        assert!(shop.accepts(&tokens.access).await);
        agent.refresh(&tokens.refresh).await.tokens();
    }
}
