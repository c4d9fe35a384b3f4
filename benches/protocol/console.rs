//! The console's list of sessions, asked as its page asks, and the page itself, as a member of staff gets it over HTTP, on a
//! database with many connections.

use std::path::Path;
use std::time::{Duration, Instant};

use tillgate::domain::Clock;
use tillgate::domain::session_state::SessionState;
use tillgate::merchant::sessions::{self, List, Question};
use tillgate::storage::StorageError;
use tillgate::storage::console_sessions::Page;

use crate::load::{Connection, request};
use crate::machine::{Server, free_port, percentile, pin_load, runtime, verdict};
use crate::seed::Seeded;

const LIMIT: u16 = 50;
const TIMES: usize = 50;
const MOST: Duration = Duration::from_millis(50);

pub fn run(connections: usize) {
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let seeded = Seeded::new(folder.path(), free_port()).await;
        seeded.connections(&seeded.client_id, connections, 1).await;
        println!("{connections} connections, {LIMIT} rows a page, {TIMES} times each");
        let first = ask(&seeded, "the first page", |_| {}).await;
        let older = first.older.unwrap();
        let second = ask(&seeded, "the second page, by key", |q| q.page = Page::OlderThan(older)).await;
        let newer = second.newer.unwrap();
        ask(&seeded, "back to the first, by key", |q| q.page = Page::NewerThan(newer)).await;
        ask(&seeded, "live ones only", |q| q.state = Some(SessionState::Live)).await;
        ask(&seeded, "one agent's", |q| q.agent = Some("Bench".to_owned())).await;
        let pseudonym = first.sessions[0].pseudonym.clone();
        ask(&seeded, "one shopper's", |q| q.pseudonym = Some(pseudonym.clone())).await;
        let cookie = seeded.staff_cookie().await;
        seeded.close();
        page(folder.path(), seeded.port, &cookie).await;
    });
}

/// The first page, from the request to its last byte.
async fn page(folder: &Path, port: u16, cookie: &str) {
    let server = Server::start("serve-ours", folder, port);
    let get = request(server.port, "GET", "/console", &format!("Cookie: {cookie}\r\n"), "");
    let mut connection = Connection::open(server.port).await;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        assert_eq!(connection.ask(&get).await, 200, "{}", connection.last_answer());
        times.push(began.elapsed());
    }
    let rows = connection.last_answer().matches("<tr role=\"row\">").count();
    assert_eq!(rows, usize::from(LIMIT) + 1, "{}", connection.last_answer());
    report("the page of it over HTTP", times);
}

async fn ask(seeded: &Seeded, name: &str, narrow: impl Fn(&mut Question)) -> List {
    let (mut times, mut answer) = (Vec::new(), None);
    for _ in 0..TIMES {
        let issuer_id = seeded.context.issuer.id.clone();
        let mut question = Question {
            agent: None,
            pseudonym: None,
            state: None,
            page: Page::First,
            limit: LIMIT,
            now: Clock::System.now(),
        };
        narrow(&mut question);
        let began = Instant::now();
        let list: Result<List, StorageError> =
            seeded.db.read(move |connection| sessions::list(connection, &issuer_id, &question)).await;
        times.push(began.elapsed());
        answer = Some(list.unwrap());
    }
    report(name, times);
    answer.unwrap()
}

fn report(name: &str, mut times: Vec<Duration>) {
    let first = times[0];
    let p99 = percentile(&mut times, 0.99);
    let verdict = verdict(p99 < MOST);
    println!(
        "{name:<28} first time {first:>9.2?}, p50 {:>9.2?}, p99 {p99:>9.2?}: {verdict} (50 ms)",
        percentile(&mut times, 0.5)
    );
}
