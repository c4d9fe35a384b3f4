//! The bare floor: the same actix-web, tracing and header middleware, and handlers that do nothing but the unavoidable. No
//! parsing, no checks, no audit entry. A request's body is the primary key, or the key and a token with a space between.

#[path = "../../src/storage/cached.rs"]
#[expect(unused_imports, unused_macros, reason = "its macro names a place in the library")]
mod cached;

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use josekit::jwk::Jwk;
use josekit::jws::alg::ecdsa::{EcdsaJwsSigner, EcdsaJwsVerifier};
use josekit::jws::{ES256, JwsHeader, serialize_compact};
use sha2::{Digest as _, Sha256};
use tillgate::config::{Format, Log};
use tillgate::web::middleware::headers;
use tillgate::web::middleware::root_span::RootSpan;
use tokio::sync::oneshot;
use tracing_actix_web::TracingLogger;

use cached::{Cached, Verbatim};

diesel::table! {
    rows (id) { id -> Text, generation -> BigInt, used_at -> BigInt, ended_at -> BigInt, }
}
diesel::table! {
    entries (id) { id -> BigInt, row_id -> Text, at -> BigInt, }
}
diesel::table! {
    registrations (id) { id -> Text, metadata -> Text, at -> BigInt, }
}

const TABLES: &str = "\
    CREATE TABLE rows (id TEXT NOT NULL PRIMARY KEY, generation BIGINT NOT NULL, used_at BIGINT NOT NULL, \
        ended_at BIGINT NOT NULL);\
    CREATE TABLE entries (id INTEGER PRIMARY KEY, row_id TEXT NOT NULL, at BIGINT NOT NULL);\
    CREATE TABLE registrations (id TEXT NOT NULL PRIMARY KEY, metadata TEXT NOT NULL, at BIGINT NOT NULL);";
/// As our own (`storage/connection.rs`).
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA cache_size = -4096; PRAGMA mmap_size = 268435456; PRAGMA wal_autocheckpoint = 4000;";
const LARGEST_BATCH: usize = 256;
/// What a signature of ours is over, in bytes.
const PAYLOAD: [u8; 420] = [b'x'; 420];

fn open(folder: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(&folder.join("floor.sqlite3").display().to_string()).unwrap();
    connection.batch_execute(PRAGMAS).unwrap();
    connection
}

/// Makes the folder that [`serve`] serves. `metadata` is what `/metadata` answers with.
pub fn prepare(folder: &Path, ids: &[String], metadata: &[u8]) -> EcdsaJwsSigner {
    let pair = ES256.generate_key_pair().unwrap();
    std::fs::write(folder.join("floor.jwk"), serde_json::to_vec(&pair.to_jwk_key_pair()).unwrap()).unwrap();
    std::fs::write(folder.join("metadata.json"), metadata).unwrap();
    let mut connection = open(folder);
    connection.batch_execute(TABLES).unwrap();
    let insert = |connection: &mut SqliteConnection| {
        for id in ids {
            let row = (rows::id.eq(id), rows::generation.eq(1), rows::used_at.eq(0), rows::ended_at.eq(0));
            diesel::insert_into(rows::table).values(row).execute(connection)?;
        }
        QueryResult::Ok(())
    };
    connection.transaction(insert).unwrap();
    ES256.signer_from_jwk(&pair.to_jwk_key_pair()).unwrap()
}

pub fn sign(signer: &EcdsaJwsSigner) -> String {
    let mut header = JwsHeader::new();
    header.set_token_type("at+jwt");
    header.set_key_id("floor");
    serialize_compact(&PAYLOAD, &header, signer).unwrap()
}

enum Work {
    Rotate(String),
    Revoke(String),
    Register { id: String, metadata: String },
}

/// Every statement is prepared once, as ours are ([`cached`]); each of these names one.
struct Begin;
struct Commit;
struct Rotate;
struct Revoke;
struct Record;
struct Register;

type Job = (Work, oneshot::Sender<()>);

/// Whatever waits is one transaction.
fn write_all(connection: &mut SqliteConnection, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let mut done = Vec::new();
        Cached::<_, Begin>::new(Verbatim("BEGIN IMMEDIATE")).run(connection).unwrap();
        let mut next = Some(first);
        while let Some((work, reply)) = next {
            write(connection, &work);
            done.push(reply);
            next = if done.len() < LARGEST_BATCH { jobs.try_recv().ok() } else { None };
        }
        Cached::<_, Commit>::new(Verbatim("COMMIT")).run(connection).unwrap();
        for reply in done {
            // The caller may have hung up.
            let _ = reply.send(());
        }
    }
}

fn write(connection: &mut SqliteConnection, work: &Work) {
    let written = match work {
        Work::Rotate(id) => {
            let update = diesel::update(rows::table.find(id))
                .set((rows::generation.eq(rows::generation + 1), rows::used_at.eq(1)))
                .returning(rows::used_at);
            Cached::<_, Rotate>::new(update).get_result(connection)
        }
        Work::Revoke(id) => {
            let update = diesel::update(rows::table.find(id)).set(rows::ended_at.eq(1)).returning(rows::ended_at);
            Cached::<_, Revoke>::new(update).get_result(connection).and_then(|ended_at: i64| {
                let entry = (entries::row_id.eq(id), entries::at.eq(1));
                Cached::<_, Record>::new(diesel::insert_into(entries::table).values(entry)).run(connection)?;
                Ok(ended_at)
            })
        }
        Work::Register { id, metadata } => {
            let row = (registrations::id.eq(id), registrations::metadata.eq(metadata), registrations::at.eq(1));
            let insert = diesel::insert_into(registrations::table).values(row).returning(registrations::at);
            Cached::<_, Register>::new(insert).get_result(connection)
        }
    };
    assert_eq!(written, Ok(1));
}

struct Shared {
    signer: EcdsaJwsSigner,
    verifier: EcdsaJwsVerifier,
    jobs: Sender<Job>,
    metadata: Bytes,
}

impl Shared {
    fn send(&self, work: Work) -> oneshot::Receiver<()> {
        let (reply, done) = oneshot::channel();
        self.jobs.send((work, reply)).unwrap();
        done
    }
}

type Reader = RefCell<SqliteConnection>;

fn text(body: &Bytes) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

async fn token(shared: Data<Shared>, body: Bytes) -> HttpResponse {
    let done = shared.send(Work::Rotate(text(&body)));
    let token = sign(&shared.signer);
    done.await.unwrap();
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).content_type(ContentType::json()).body(token)
}

async fn introspect(shared: Data<Shared>, reader: Data<Reader>, body: Bytes) -> HttpResponse {
    let text = text(&body);
    let (id, token) = text.split_once(' ').unwrap();
    josekit::jws::deserialize_compact(token, &shared.verifier).unwrap();
    let found: i64 = rows::table.find(id).select(rows::generation).first(&mut *reader.borrow_mut()).unwrap();
    HttpResponse::Ok().content_type(ContentType::json()).body(found.to_string())
}

async fn revoke(shared: Data<Shared>, body: Bytes) -> HttpResponse {
    shared.send(Work::Revoke(text(&body))).await.unwrap();
    HttpResponse::Ok().finish()
}

async fn register(shared: Data<Shared>, body: Bytes) -> HttpResponse {
    // Who registers the same is the same client, and has to be found again.
    let id = format!("c1_{}", URL_SAFE_NO_PAD.encode(Sha256::digest(&body)));
    shared.send(Work::Register { id, metadata: text(&body) }).await.unwrap();
    HttpResponse::Created().content_type(ContentType::json()).body(body)
}

async fn metadata(shared: Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(shared.metadata.clone())
}

/// Serves until it is killed.
pub fn serve(folder: &str, port: u16) {
    tillgate::telemetry::init(&Log { format: Format::Json, filter: "info".to_owned() });
    let folder = Arc::new(Path::new(folder).to_owned());
    let jwk = Jwk::from_bytes(std::fs::read(folder.join("floor.jwk")).unwrap()).unwrap();
    let (jobs, queue) = channel();
    let mut writer = open(&folder);
    std::thread::spawn(move || write_all(&mut writer, &queue));
    let shared = Data::new(Shared {
        signer: ES256.signer_from_jwk(&jwk).unwrap(),
        verifier: ES256.verifier_from_jwk(&jwk.to_public_key().unwrap()).unwrap(),
        jobs,
        metadata: std::fs::read(folder.join("metadata.json")).unwrap().into(),
    });
    let app = move || {
        App::new()
            .app_data(shared.clone())
            .app_data(Data::new(RefCell::new(open(&folder))))
            .route("/token", web::post().to(token))
            .route("/introspect", web::post().to(introspect))
            .route("/revoke", web::post().to(revoke))
            .route("/register", web::post().to(register))
            .route("/metadata", web::get().to(metadata))
            .wrap(headers::security())
            .wrap(TracingLogger::<RootSpan>::new())
    };
    let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", port)).unwrap();
    actix_web::rt::System::new().block_on(server.run()).unwrap();
}
