//! Private memory after many refreshes, and the same load for a profiler.

use crate::load::{CONCURRENCY, send_all};
use crate::machine::{Server, free_port, percentile, pin_load, runtime, verdict};
use crate::seed::Seeded;

const ROUND: usize = 2_000;
/// KiB.
const MOST: u64 = 60 * 1024;

pub fn run(count: usize) {
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let (server, seeded, ids) = start(folder.path()).await;
        let show = |when: &str| {
            let (dirty, clean) = server.private_memory();
            println!("{when:<24}{:>7.1} MiB private and dirty, {:>6.1} MiB private and clean", mib(dirty), mib(clean));
            dirty + clean
        };
        show("at the start");
        let rounds = count.div_ceil(ROUND);
        for round in 0..rounds {
            let requests = seeded.refreshes(&ids, 1 + round as i64, 1);
            send_all(server.port, requests, CONCURRENCY, 200).await;
        }
        let private = show(&format!("after {} refreshes", rounds * ROUND));
        println!("together {:.1} MiB: {} (to pass: under 60)", mib(private), verdict(private < MOST));
    });
}

/// Refreshes for a profiler to watch.
pub fn load(count: usize) {
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let (server, seeded, ids) = start(folder.path()).await;
        println!("server {}", server.process_id());
        let requests = seeded.refreshes(&ids, 1, count.div_ceil(ROUND) as i64);
        let mut outcome = send_all(server.port, requests, CONCURRENCY, 200).await;
        println!("{:.0} refreshes/s, p99 {:?}", outcome.per_second, percentile(&mut outcome.latencies, 0.99));
    });
}

async fn start(folder: &std::path::Path) -> (Server, Seeded, Vec<tillgate::domain::ConnectionId>) {
    let port = free_port();
    let seeded = Seeded::new(folder, port).await;
    let ids = seeded.connections(&seeded.client_id, ROUND, 1).await;
    seeded.close();
    (Server::start("serve-ours", folder, port), seeded, ids)
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
