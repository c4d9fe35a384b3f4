//! A small authorization server that does as a test says: keys, introspection, a feed that is written line by line.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use josekit::jwk::Jwk;
use josekit::jws::alg::ecdsa::EcdsaJwsSigner;
use josekit::jws::{ES256, JwsSigner};
use mcp_resource::wire::audit::{ToolCall, ToolCallBatch};
use mcp_resource::wire::feed::{Cursor, Event, Line};
use mcp_resource::wire::introspection::Introspection;
use serde_json::{Value, json};
use tokio::sync::broadcast;

#[path = "purchase_desk.rs"]
pub mod purchase_desk;

use purchase_desk::Desk;

/// A signing key and its public half.
#[derive(Clone)]
pub struct Key {
    pub signer: EcdsaJwsSigner,
    public: Value,
}

impl Key {
    pub fn new(kid: &str) -> Self {
        let mut pair = ES256.generate_key_pair().unwrap();
        pair.set_key_id(Some(kid));
        let mut public = pair.to_jwk_public_key();
        public.set_key_use("sig");
        public.set_algorithm("ES256");
        let signer = ES256.signer_from_jwk(&pair.to_jwk_private_key()).unwrap();
        Self { signer, public: serde_json::to_value(public).unwrap() }
    }

    pub fn public_jwk(&self) -> Jwk {
        Jwk::from_map(self.public.as_object().unwrap().clone()).unwrap()
    }
}

/// A JWS of these very texts.
pub fn sign(header: &str, payload: &str, signer: &dyn JwsSigner) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = signer.sign(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub struct AuthorizationServer {
    pub issuer: String,
    pub keys: Mutex<Vec<Key>>,
    pub feed_is_open: AtomicBool,
    pub heart_beats: AtomicBool,
    pub credentials_are_known: AtomicBool,
    /// `None` answers 503.
    pub introspection: Mutex<Option<Introspection>>,
    /// What a connection without a known cursor is told between the begin and the end of its snapshot.
    pub snapshot: Mutex<Vec<Event>>,
    /// Which cursors are known; `None` knows all.
    pub forgets_cursors: AtomicBool,
    pub records: Mutex<Vec<ToolCall>>,
    pub takes_records: AtomicBool,
    pub key_fetches: AtomicUsize,
    pub introspections: AtomicUsize,
    pub cursors_seen: Mutex<Vec<Option<String>>>,
    /// `None`: no metadata yet.
    pub acr_values_supported: Mutex<Option<Vec<String>>>,
    pub desk: Desk,
    position: AtomicI64,
    lines: broadcast::Sender<Option<String>>,
}

impl AuthorizationServer {
    pub fn start() -> Arc<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let this = Arc::new(Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            keys: Mutex::new(vec![Key::new("k1")]),
            feed_is_open: true.into(),
            heart_beats: true.into(),
            credentials_are_known: true.into(),
            introspection: Mutex::new(None),
            snapshot: Mutex::default(),
            forgets_cursors: false.into(),
            records: Mutex::default(),
            takes_records: true.into(),
            key_fetches: 0.into(),
            introspections: 0.into(),
            cursors_seen: Mutex::default(),
            acr_values_supported: Mutex::new(Some(Vec::new())),
            desk: Desk::default(),
            position: 1.into(),
            lines: broadcast::channel(1024).0,
        });
        let state = web::Data::from(Arc::clone(&this));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/jwks", web::get().to(jwks))
                .route("/.well-known/oauth-authorization-server", web::get().to(metadata))
                .route("/introspect", web::post().to(introspect))
                .route("/resource/feed", web::get().to(feed))
                .route("/resource/audit", web::post().to(audit))
                .configure(purchase_desk::configure)
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        actix_web::rt::spawn(server);
        actix_web::rt::spawn(Arc::clone(&this).beat());
        this
    }

    pub fn key(&self) -> Key {
        self.keys.lock().unwrap()[0].clone()
    }

    /// Tells all connected followers.
    pub fn tell(&self, event: Event) {
        self.position.fetch_add(1, SeqCst);
        self.send(&Line::Event { cursor: Some(self.cursor()), event });
    }

    pub fn send(&self, line: &Line) {
        self.send_text(&serde_json::to_string(line).unwrap());
    }

    pub fn send_text(&self, text: &str) {
        self.lines.send(Some(format!("{text}\n"))).ok();
    }

    /// Breaks all feed connections.
    pub fn hang_up(&self) {
        self.lines.send(None).ok();
    }

    pub fn cursor(&self) -> Cursor {
        let position = self.position.load(SeqCst);
        Cursor { position, event_id: format!("e{position}") }
    }

    async fn beat(self: Arc<Self>) {
        loop {
            tokio::time::sleep(Duration::from_millis(40)).await;
            if self.heart_beats.load(SeqCst) {
                self.send(&Line::Heartbeat { cursor: self.cursor() });
            }
        }
    }

    fn opening(&self, cursor: Option<&str>) -> Vec<Line> {
        if cursor.is_some() && !self.forgets_cursors.load(SeqCst) {
            return Vec::new();
        }
        let events = self.snapshot.lock().unwrap().clone();
        let events = events.into_iter().map(|event| Line::Event { cursor: None, event });
        let end = Line::SnapshotEnd { cursor: self.cursor() };
        [Line::SnapshotBegin].into_iter().chain(events).chain([end]).collect()
    }

    fn is_authorized(&self, request: &HttpRequest) -> bool {
        let sent = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        self.credentials_are_known.load(SeqCst) && sent == Some("Basic cnNfMTpzZWNyZXQ=")
    }
}

type Server = web::Data<AuthorizationServer>;

async fn jwks(server: Server) -> HttpResponse {
    server.key_fetches.fetch_add(1, SeqCst);
    let keys: Vec<Value> = server.keys.lock().unwrap().iter().map(|key| key.public.clone()).collect();
    HttpResponse::Ok().json(json!({ "keys": keys }))
}

async fn metadata(server: Server) -> HttpResponse {
    let supported = server.acr_values_supported.lock().unwrap().clone();
    let Some(supported) = supported else { return HttpResponse::ServiceUnavailable().finish() };
    HttpResponse::Ok().json(json!({ "issuer": server.issuer, "acr_values_supported": supported }))
}

async fn introspect(server: Server, request: HttpRequest) -> HttpResponse {
    server.introspections.fetch_add(1, SeqCst);
    if !server.is_authorized(&request) {
        return HttpResponse::Unauthorized().finish();
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    match &*server.introspection.lock().unwrap() {
        Some(answer) => HttpResponse::Ok().json(answer),
        None => HttpResponse::ServiceUnavailable().finish(),
    }
}

async fn feed(server: Server, request: HttpRequest) -> HttpResponse {
    let query = request.query_string().strip_prefix("cursor=").map(str::to_owned);
    server.cursors_seen.lock().unwrap().push(query.clone());
    if !server.is_authorized(&request) {
        return HttpResponse::Unauthorized().finish();
    }
    if !server.feed_is_open.load(SeqCst) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let lines = server.lines.subscribe();
    let opening: String =
        server.opening(query.as_deref()).iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
    let live = stream::unfold(lines, |mut lines| async { Some((lines.recv().await.ok()??, lines)) });
    let body = stream::iter([opening]).chain(live).map(|text| Ok::<_, actix_web::Error>(Bytes::from(text)));
    HttpResponse::Ok().content_type("application/x-ndjson").streaming(Box::pin(body))
}

async fn audit(server: Server, request: HttpRequest, batch: web::Json<ToolCallBatch>) -> HttpResponse {
    if !server.is_authorized(&request) || !server.takes_records.load(SeqCst) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    server.records.lock().unwrap().extend(batch.into_inner().calls);
    HttpResponse::Accepted().finish()
}
