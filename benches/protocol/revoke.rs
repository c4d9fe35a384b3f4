//! From revocation to the refused call, and what a revocation of very many connections does to everybody else's refreshes.

use std::path::Path;
use std::time::{Duration, Instant};

use tillgate::domain::{ClientId, Clock, ConnectionId};
use tillgate::keys::TokenKind;
use tillgate::merchant::Act;
use tillgate::merchant::revocation::{Whose, revoke_all};
use tillgate::storage::StorageError;

use crate::load::{Connection, form, send_all};
use crate::machine::{Server, free_port, percentile, pin_load, runtime, verdict};
use crate::seed::Seeded;
use crate::verify::{bearer, protection};

const TIMES: usize = 100;
const MOST: Duration = Duration::from_secs(1);
/// Connections whose refreshes are watched, and how many ask at once.
const WATCHED: usize = 1_000;
const AT_ONCE: usize = 16;
/// How long refreshes are watched before and after.
const BEFORE: Duration = Duration::from_secs(5);
const AFTER: Duration = Duration::from_secs(20);

pub fn run(connections: usize) {
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(revoke(folder.path(), connections));
}

async fn revoke(folder: &Path, connections: usize) {
    let port = free_port();
    let seeded = Seeded::new(folder, port).await;
    let ids = seeded.connections(&seeded.client_id, TIMES, 1).await;
    let watched = seeded.connections(&seeded.client_id, WATCHED, 1).await;
    let many = ClientId::new("c1_many");
    seeded.client(many.clone()).await;
    let ended = seeded.connections(&many, connections, 1).await;
    let _server = Server::start("serve-ours", folder, port);
    to_refused_call(&seeded, port, &ids).await;

    let mut generation = 1;
    let mut calm = watch(&seeded, port, &watched, &mut generation, BEFORE).await;
    let act = Act::of_operator(seeded.context.issuer.id.clone(), Clock::System.now());
    let whose = Whose::Client(many.to_string());
    let began = Instant::now();
    let done: Result<bool, StorageError> = seeded.db.write(move |tx| revoke_all(tx, &act, &whose)).await;
    assert!(done.unwrap());
    println!("\n{connections} connections of one client were revoked in {:.1?}", began.elapsed());
    let refused = seeded.refresh_request(&many, ended[connections / 2], 1);
    assert_eq!(Connection::open(port).await.ask(&refused).await, 400);
    let mut swept = watch(&seeded, port, &watched, &mut generation, AFTER).await;
    let (calm_at, swept_at) = (percentile(&mut calm, 0.99), percentile(&mut swept, 0.99));
    println!(
        "others' refreshes, {AT_ONCE} at once, p99: {calm_at:.1?} before ({}), {swept_at:.1?} while they are written down ({})",
        calm.len(),
        swept.len()
    );
    let harm = swept_at.as_secs_f64() / calm_at.as_secs_f64();
    println!("{harm:.2} times: {} (to pass: unharmed, read as 1.5 times)", verdict(harm < 1.5));
}

/// From asking for the revocation to the first refused call, one connection after the other.
async fn to_refused_call(seeded: &Seeded, port: u16, ids: &[ConnectionId]) {
    let protection = protection(seeded).await;
    let mut connection = Connection::open(port).await;
    let mut times = Vec::new();
    for id in ids {
        let call = bearer(&seeded.access_token(*id));
        protection.authenticate(&call).await.unwrap();
        let token = seeded.token(TokenKind::Refresh, *id, 1);
        let body = format!("client_id={}&token={token}", seeded.client_id);
        let began = Instant::now();
        assert_eq!(connection.ask(&form(port, "/revoke", "", &body)).await, 200);
        while protection.authenticate(&call).await.is_ok() {
            assert!(began.elapsed() < Duration::from_secs(10), "the revoked token is still good");
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        times.push(began.elapsed());
    }
    let (p50, p99) = (percentile(&mut times, 0.5), percentile(&mut times, 0.99));
    println!(
        "from revocation to refused call, {TIMES} times: p50 {p50:.1?}, p99 {p99:.1?}: {} (1 s)",
        verdict(p99 < MOST)
    );
}

/// Refreshes round after round for a while.
async fn watch(
    seeded: &Seeded,
    port: u16,
    ids: &[ConnectionId],
    generation: &mut i64,
    length: Duration,
) -> Vec<Duration> {
    let (began, mut latencies) = (Instant::now(), Vec::new());
    while began.elapsed() < length {
        let requests = seeded.refreshes(ids, *generation, 1);
        *generation += 1;
        latencies.extend(send_all(port, requests, AT_ONCE, 200).await.latencies);
    }
    latencies
}
