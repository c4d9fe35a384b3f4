//! A resource server's side: what a token costs that was seen before, and one that was not beside its bare verification.

use std::time::{Duration, Instant};

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use mcp_resource::protect::{Config, Protection};

use crate::machine::{Server, free_port, median, pin_load, verdict};
use crate::seed::{RESOURCE, Seeded};

const SEEN: usize = 200_000;
const ROUNDS: usize = 5;

/// A resource server that follows the feed of `server`.
pub async fn protection(seeded: &Seeded) -> Protection {
    drop(rustls::crypto::ring::default_provider().install_default());
    let config = Config {
        // A load generator calls more often than any agent may.
        read_rate: u32::MAX,
        write_rate: u32::MAX,
        ..Config::new(seeded.context.url(), RESOURCE, seeded.resource_id.clone(), seeded.resource_secret.clone())
    };
    let protection = Protection::start(config).unwrap();
    let began = Instant::now();
    while !protection.is_following() {
        assert!(began.elapsed() < Duration::from_secs(10), "the feed is not followed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    protection
}

pub fn bearer(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    headers
}

pub fn run(count: usize) {
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    // The feed is followed on a thread of its own: what is measured here never waits.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let port = free_port();
        let seeded = Seeded::new(folder.path(), port).await;
        let ids = seeded.connections(&seeded.client_id, count, 1).await;
        seeded.close();
        let _server = Server::start("serve-ours", folder.path(), port);
        let protection = protection(&seeded).await;
        let seen = bearer(&seeded.access_token(ids[0]));
        protection.authenticate(&seen).await.unwrap();
        let began = Instant::now();
        for _ in 0..SEEN {
            std::hint::black_box(protection.authenticate(&seen).await.unwrap());
        }
        let each = began.elapsed().as_secs_f64() * 1e6 / SEEN as f64;
        println!("a seen token: {each:.2} µs: {} (to pass: under 2)", verdict(each < 2.0));

        let key = seeded.context.keyring.current().unwrap();
        let verifier = seeded.context.keyring.verifier(key.kid()).unwrap();
        let mut ratios = Vec::new();
        for _ in 0..ROUNDS {
            let tokens: Vec<String> = ids.iter().map(|id| seeded.access_token(*id)).collect();
            let headers: Vec<HeaderMap> = tokens.iter().map(|token| bearer(token)).collect();
            let began = Instant::now();
            for token in &tokens {
                std::hint::black_box(josekit::jws::deserialize_compact(token, verifier).unwrap());
            }
            let bare = began.elapsed().as_secs_f64();
            let began = Instant::now();
            for headers in &headers {
                std::hint::black_box(protection.authenticate(headers).await.unwrap());
            }
            let ours = began.elapsed().as_secs_f64();
            let micros = |secs: f64| secs * 1e6 / count as f64;
            println!("a new token: {:.1} µs, bare {:.1} µs", micros(ours), micros(bare));
            ratios.push(ours / bare);
        }
        let ratio = median(&mut ratios);
        println!("a new token: {ratio:.2} times the bare verification: {} (to pass: 1.3)", verdict(ratio <= 1.3));
    });
}
