//! From exec to the first answer on an existing database, and how large the program is that is executed.

use std::time::Instant;

use crate::load::{Connection, request};
use crate::machine::{Server, free_port, median, pin_load, runtime, verdict};
use crate::seed::Seeded;

const STARTS: usize = 7;
const MOST_MS: f64 = 300.0;
/// `tillgate`, which `cargo bench` builds in the profile of a release, stripped.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tillgate");
const MOST_BYTES: u64 = 40_000_000;

/// The size of the program.
pub fn size() {
    let bytes = std::fs::metadata(PROGRAM).unwrap().len();
    let judged = if cfg!(debug_assertions) { "not judged in this profile" } else { verdict(bytes < MOST_BYTES) };
    println!("the program: {:.1} MB: {judged} (to pass: under 40)", bytes as f64 / 1e6);
}

pub fn run(connections: usize) {
    size();
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let port = free_port();
        let seeded = Seeded::new(folder.path(), port).await;
        seeded.connections(&seeded.client_id, connections, 1).await;
        seeded.close();
        let mut times = Vec::new();
        for _ in 0..STARTS {
            let began = Instant::now();
            let server = Server::start("serve-ours", folder.path(), port);
            let ask = request(port, "GET", "/.well-known/oauth-authorization-server", "", "");
            assert_eq!(Connection::open(port).await.ask(&ask).await, 200);
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            println!("listening after {:?}, answered after {:?}", server.started_in, began.elapsed());
        }
        let time = median(&mut times);
        println!("{connections} connections: median {time:.0} ms: {} (to pass: under 300)", verdict(time < MOST_MS));
    });
}
