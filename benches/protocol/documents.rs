//! What an authorization request costs more for a client that describes itself, once its document is held, than for one
//! that is registered. Both are asked of one server in turns, so that the difference is the description's alone.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tillgate::application::{Application, bind, open_database};
use tillgate::domain::Clock;

use crate::hosts::{Document, Documents};
use crate::load::{CONCURRENCY, request, send_all};
use crate::machine::{Server, free_port, median, pin_load, runtime, verdict};
use crate::ours;
use crate::seed::{RESOURCE, Seeded};

const ID: &str = "https://agent.example/oauth/client.json";
const PAIRS: usize = 5;
/// What a cached document may add.
const TARGET: Duration = Duration::from_micros(100);

/// The authorization server, and beside it the host of the document, which is asked once.
pub fn serve(folder: &str, port: u16) {
    let documents = Documents::start();
    let described = json!({
        "client_id": ID, "client_name": "Bench Agent", "client_uri": "https://agent.example/",
        "redirect_uris": ["https://agent.example/callback", "http://127.0.0.1/callback", "http://localhost/callback"],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    documents.serve(ID, Document::json(&described));
    let mut config = ours::config(Path::new(folder), port);
    config.outbound.allow_loopback = true;
    config.outbound.extra_root_certificates = Some(documents.authority());
    let db = open_database(&config.database).unwrap_or_else(|error| panic!("{error}"));
    let listeners = bind(&config.server.listen).unwrap_or_else(|error| panic!("{error}"));
    actix_web::rt::System::new().block_on(async {
        let started = Application::start_with(config, db, listeners, Clock::System, documents.resolver()).await;
        started.unwrap_or_else(|error| panic!("{error}")).wait().await.unwrap();
    });
}

pub fn run(count: usize) {
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let runtime = runtime();
    let registered = runtime.block_on(async {
        let seeded = Seeded::new(folder.path(), port).await;
        seeded.close();
        seeded.client_id.to_string()
    });
    let server = Server::start("serve-described", folder.path(), port);
    let ask = |id: &str| asks(port, id, count);
    let (mut one, mut other, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..=PAIRS {
        let known = runtime.block_on(measure(&server, ask(&registered)));
        let described = runtime.block_on(measure(&server, ask(ID)));
        // The first pair reads the document and warms up.
        if pair > 0 {
            one.push(known);
            other.push(described);
            added.push(described - known);
        }
    }
    let added = median(&mut added);
    println!(
        "authorize, {count} requests a side and pair, median of {PAIRS} pairs: registered {:.0} µs, described {:.0} µs computed; \
         the document adds {added:.0} µs: {} (to pass: under {} µs)",
        median(&mut one),
        median(&mut other),
        verdict(added < TARGET.as_secs_f64() * 1e6),
        TARGET.as_micros(),
    );
}

fn asks(port: u16, client_id: &str, count: usize) -> Vec<Vec<u8>> {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", "http://127.0.0.1:5000/callback"),
            ("scope", "products:read"),
            ("resource", RESOURCE),
            ("state", "s"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    vec![request(port, "GET", &format!("/authorize?{query}"), "", ""); count]
}

/// Microseconds computed for each request.
async fn measure(server: &Server, requests: Vec<Vec<u8>>) -> f64 {
    let (count, before) = (requests.len(), server.computed());
    send_all(server.port, requests, CONCURRENCY, 303).await;
    server.computed().saturating_sub(before).as_secs_f64() * 1e6 / count as f64
}
