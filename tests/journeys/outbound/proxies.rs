//! Proxy variables mean nothing to the client: whoever sets one could read along, and would resolve names itself.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::{MOST, URL, again, fetcher, run};
use crate::support::{Document, Documents};

const VARIABLES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

#[test]
fn proxies_of_the_environment_are_never_used() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = seen.clone();
    std::thread::spawn(move || listener.incoming().for_each(|_| _ = counter.fetch_add(1, Ordering::SeqCst)));
    let with_proxies = |test: &str| {
        let arguments = again(test);
        let mut command = Command::new(&arguments[0]);
        command.args(&arguments[1..]).envs(VARIABLES.map(|name| (name, &proxy))).env_remove("NO_PROXY");
        command.env_remove("no_proxy");
        run(&mut command);
    };
    with_proxies("outbound::proxies::the_guarded_client_finds_its_document");
    assert_eq!(seen.load(Ordering::SeqCst), 0);
    // Which an ordinary client would not do.
    with_proxies("outbound::proxies::an_ordinary_client_finds_the_proxy");
    assert_ne!(seen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "proxies are in the environment, and an ordinary client is what reads them"
)]
#[ignore = "a part of proxies_of_the_environment_are_never_used, in a process with proxies"]
async fn the_guarded_client_finds_its_document() {
    assert!(std::env::var("HTTPS_PROXY").is_ok());
    let documents = Documents::start();
    documents.serve(URL, Document::json(&json!({})));
    assert!(fetcher(&documents).get(URL, MOST).await.is_ok());
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "proxies are in the environment, and an ordinary client is what reads them"
)]
#[ignore = "a part of proxies_of_the_environment_are_never_used, in a process with proxies"]
async fn an_ordinary_client_finds_the_proxy() {
    assert!(std::env::var("HTTPS_PROXY").is_ok());
    drop(rustls::crypto::ring::default_provider().install_default());
    assert!(reqwest::Client::new().get("https://agent.invalid/").send().await.is_err());
}
