//! What anonymous registrations leave behind (decision 2): as many identical ones, then as many distinct ones, at a server
//! with the default cap and one that lies far below; on SQLite, and on PostgreSQL where `TEST_DATABASE_URL` names one. Prints
//! the rows and the bytes of the table before and after, and that the client in use and nothing else outlives the sweep.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tillgate::domain::client::{AuthMethod, Client, ClientOrigin};
use tillgate::domain::client_metadata::ClientMetadata;
use tillgate::domain::network::Network;
use tillgate::domain::redirect_uri::RedirectUri;
use tillgate::domain::token::Lifetimes;
use tillgate::domain::{Clock, IssuerId, Timestamp};
use tillgate::merchant::sweeper::{Ages, Sweeper};
use tillgate::oauth::registration_room::{self, Room};
use tillgate::storage::{Database, DatabaseLimits, DatabaseUrl, DbConnection, StorageError, clients, testing};

use crate::machine::{runtime, verdict};

/// So few, that most of the distinct ones have to give way.
const CAP: i64 = 2_000;
/// Registrations in one transaction, as group commit makes them.
const BATCH: usize = 100;
const UNUSED: Duration = Duration::from_hours(30 * 24);
const START: Timestamp = Timestamp::from_secs(1_800_000_000);

pub fn run(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registrations.sqlite3").display().to_string();
    measure("SQLite", &DatabaseUrl::Sqlite(file), count);
    match testing::postgres_schema().unwrap() {
        Some(url) => measure("PostgreSQL", &DatabaseUrl::Postgres(url), count),
        None => println!("\nPostgreSQL: not measured, TEST_DATABASE_URL is not set"),
    }
}

fn measure(name: &str, url: &DatabaseUrl, count: usize) {
    let db = Database::open(url, DatabaseLimits { connections: 4, queue: 1024 }).unwrap();
    let clock = Clock::manual(START);
    runtime().block_on(async {
        let issuer = seed(&db).await;
        println!("\n{name}, at most {CAP} clients");
        report(&db, &issuer, "before").await;
        let took = register(&db, &issuer, count, |_| client("https://same.example/cb")).await;
        let same = report(&db, &issuer, &format!("{count} identical ({took:.1?})")).await;
        let took = register(&db, &issuer, count, |n| client(&format!("https://agent.example/{n}"))).await;
        let distinct = report(&db, &issuer, &format!("{count} distinct ({took:.1?})")).await;
        clock.advance(UNUSED + Duration::from_secs(1));
        let ages = Ages { networks: UNUSED, refusals: UNUSED, addresses: UNUSED, orders: UNUSED };
        let began = Instant::now();
        Sweeper::new(db.clone(), clock.clone(), Lifetimes::default(), ages)
            .remove_old(std::slice::from_ref(&issuer))
            .await
            .unwrap();
        let swept = report(&db, &issuer, &format!("after 30 days and a sweep ({:.1?})", began.elapsed())).await;
        // The cap is on those that nobody uses; the one that was in use from the start stays, and nothing else.
        let holds = same == 2 && distinct <= CAP + 1 && swept == 1;
        println!("bounded, and the client in use stays: {}", verdict(holds));
    });
    db.close();
}

/// A store, and one client that a shopper has granted something.
async fn seed(db: &Database) -> IssuerId {
    let issuer_id = IssuerId::new("ibench");
    let id = issuer_id.clone();
    let done: Result<(), StorageError> = db
        .write(move |tx| {
            crate::seed::bare_issuer(tx, &id, START)?;
            let kept = Client { expires_at: None, ..client("https://kept.example/cb") };
            clients::insert(tx, &id, &kept, &network(0))?;
            Ok(())
        })
        .await;
    done.unwrap();
    issuer_id
}

fn network(n: usize) -> Network {
    // A few sources, as from a botnet that is not large.
    Network::of([198, 51, (n % 50) as u8, 1].into())
}

fn client(uri: &str) -> Client {
    let metadata = ClientMetadata::new(vec![RedirectUri::parse(uri, &[]).unwrap()]);
    let id = metadata.clone().normalised().public_client_id("https://auth.example").unwrap();
    let expires_at = Some(START.plus(UNUSED));
    Client { expires_at, ..Client::new(id, ClientOrigin::Registered, AuthMethod::None, metadata, START) }
}

/// What `oauth::registration` does in its transaction, and at the cap.
async fn register(db: &Database, issuer: &IssuerId, count: usize, make: impl Fn(usize) -> Client) -> Duration {
    let (began, room) = (Instant::now(), Room::default());
    for first in (0..count).step_by(BATCH) {
        let batch: Vec<(usize, Client)> = (first..count.min(first + BATCH)).map(|n| (n, make(n))).collect();
        let (issuer, room) = (issuer.clone(), room.clone());
        let done: Result<(), StorageError> = db
            .write(move |tx| {
                for (n, client) in batch {
                    if clients::insert(tx, &issuer, &client, &network(n))? {
                        assert!(registration_room::make(tx, (&issuer, &client.id), &room, CAP)?);
                    }
                }
                Ok(())
            })
            .await;
        done.unwrap();
    }
    began.elapsed()
}

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Rows of the table, printed with its bytes, indexes included.
async fn report(db: &Database, issuer: &IssuerId, when: &str) -> i64 {
    let issuer = issuer.clone();
    let found: Result<(i64, i64), StorageError> = db
        .read(move |connection| {
            let rows = clients::count(connection, &issuer)?;
            Ok((rows, bytes(connection)?))
        })
        .await;
    let (rows, bytes) = found.unwrap();
    println!("{when:<45} {rows:>7} rows {:>9.1} KiB", bytes as f64 / 1024.0);
    rows
}

/// SQLite: pages in use of the whole file, which holds little else; PostgreSQL: the table with its indexes.
fn bytes(connection: &mut DbConnection) -> Result<i64, StorageError> {
    let sqlite = "SELECT (page_count - freelist_count) * page_size AS bytes \
                  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()";
    let postgres = "SELECT pg_total_relation_size('clients') AS bytes";
    let found: Bytes = match connection {
        DbConnection::Sqlite(connection) => diesel::sql_query(sqlite).get_result(connection)?,
        DbConnection::Postgres(connection) => diesel::sql_query(postgres).get_result(&mut **connection)?,
    };
    Ok(found.bytes)
}
