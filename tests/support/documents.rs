//! A host of documents: every `https` host of a test, whatever its name, is this one server on loopback with a certificate
//! for that name by an authority of its own. What it serves, and how, is set by URL; it counts what it is asked.
//!
//! ```ignore
//! let documents = Documents::start();
//! documents.serve("https://chatgpt.com/oauth/client.json", Document::json(&json!({ "client_id": "…" })));
//! let app = App::start_with_documents(&documents, &[]).await;
//! // … whatever makes the application fetch it …
//! assert_eq!(documents.requests("https://chatgpt.com/oauth/client.json"), 1);
//! ```

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tempfile::TempDir;
use tillgate::outbound::Resolver;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::authority::Authority;

/// One answer.
#[derive(Debug, Clone)]
pub struct Document {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Before the first byte of the answer.
    pub delay: Duration,
    /// Sends only so many bytes of the body, and then nothing for a minute.
    pub stalls_after: Option<usize>,
}

impl Document {
    pub fn json(value: &serde_json::Value) -> Self {
        let body = serde_json::to_vec(value).unwrap();
        Self::of(200, body).with("content-type", "application/json")
    }

    pub fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), delay: Duration::ZERO, stalls_after: None }
    }

    pub fn with(mut self, header: &str, value: &str) -> Self {
        self.headers.push((header.to_owned(), value.to_owned()));
        self
    }

    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

#[derive(Default)]
struct Shelf {
    /// By host, path and query; a URL that is missing here is a 404.
    documents: HashMap<String, Document>,
    requests: HashMap<String, usize>,
    /// The heads of all requests.
    heads: Vec<String>,
    /// The bodies of those that had one.
    bodies: Vec<String>,
    connections: usize,
    /// Hosts that are elsewhere: each look-up takes the next answer, and the last one stays.
    elsewhere: HashMap<String, Vec<Vec<SocketAddr>>>,
    lookups: HashMap<String, usize>,
    /// Who asks waits.
    is_held: bool,
}

/// Cheap to clone. The server ends with the test's process.
#[derive(Clone)]
pub struct Documents {
    shelf: Arc<Mutex<Shelf>>,
    pub address: SocketAddr,
    folder: Arc<TempDir>,
}

impl Documents {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        std::fs::write(folder.path().join("authority.pem"), authority.pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let documents = Self { shelf: Arc::default(), address, folder: Arc::new(folder) };
        let shelf = documents.shelf.clone();
        std::thread::spawn(move || serve(listener, authority, &shelf));
        documents
    }

    /// From now on, `url` is this. The URL's port does not matter.
    pub fn serve(&self, url: &str, document: Document) {
        self.shelf.lock().unwrap().documents.insert(key(url), document);
    }

    /// From now on, `url` is a 404.
    pub fn remove(&self, url: &str) {
        self.shelf.lock().unwrap().documents.remove(&key(url));
    }

    /// From now on whoever asks waits, until this says otherwise.
    pub fn hold(&self, is_held: bool) {
        self.shelf.lock().unwrap().is_held = is_held;
    }

    /// How often this URL was asked for.
    pub fn requests(&self, url: &str) -> usize {
        self.shelf.lock().unwrap().requests.get(&key(url)).copied().unwrap_or_default()
    }

    /// The request line and the headers of every request, as they were sent.
    pub fn heads(&self) -> Vec<String> {
        self.shelf.lock().unwrap().heads.clone()
    }

    /// What was posted, in order.
    pub fn bodies(&self) -> Vec<String> {
        self.shelf.lock().unwrap().bodies.clone()
    }

    /// Connections accepted, whatever came of them.
    pub fn connections(&self) -> usize {
        self.shelf.lock().unwrap().connections
    }

    /// Lets `host` be elsewhere: each look-up is given the next of these answers, and then the last one again.
    pub fn is_at(&self, host: &str, answers: &[&[SocketAddr]]) {
        let answers = answers.iter().map(|answer| answer.to_vec()).collect();
        self.shelf.lock().unwrap().elsewhere.insert(host.to_owned(), answers);
    }

    /// How often somebody asked where `host` is.
    pub fn lookups(&self, host: &str) -> usize {
        self.shelf.lock().unwrap().lookups.get(host).copied().unwrap_or_default()
    }

    /// Knows every host: it is here, unless [`Documents::is_at`] says otherwise.
    pub fn resolver(&self) -> Resolver {
        let (documents, here) = (self.shelf.clone(), self.address);
        Resolver::Fixed(Arc::new(move |host: &str| {
            let mut known = documents.lock().unwrap();
            *known.lookups.entry(host.to_owned()).or_default() += 1;
            match known.elsewhere.get_mut(host) {
                None => Ok(vec![here]),
                Some(answers) if answers.len() > 1 => Ok(answers.remove(0)),
                Some(answers) => answers.first().cloned().ok_or_else(|| io::Error::other("nobody knows it")),
            }
        }))
    }

    /// The authority's certificate, as PEM.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// What an application must be told to fetch from here.
    pub fn settings(&self) -> [(&'static str, String); 2] {
        [
            ("TILLGATE__OUTBOUND__ALLOW_LOOPBACK", "true".to_owned()),
            ("TILLGATE__OUTBOUND__EXTRA_ROOT_CERTIFICATES", self.authority().display().to_string()),
        ]
    }
}

fn key(url: &str) -> String {
    let url = Url::parse(url).unwrap();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{}{query}", url.host_str().unwrap(), url.path())
}

#[derive(Debug)]
struct Certificates(Authority);

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.certify(hello.server_name().unwrap_or("no-name.invalid")))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn serve(listener: TcpListener, authority: Authority, shelf: &Arc<Mutex<Shelf>>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_no_client_auth().with_cert_resolver(Arc::new(Certificates(authority)));
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        shelf.lock().unwrap().connections += 1;
        let (acceptor, shelf) = (acceptor.clone(), Arc::clone(shelf));
        tokio::spawn(async move {
            // A caller that trusts nobody here hangs up.
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            drop(answer(&mut stream, &shelf).await);
            drop(stream.shutdown().await);
        });
    }
}

async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), shelf: &Mutex<Shelf>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    if let Some(length) = length {
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        shelf.lock().unwrap().bodies.push(String::from_utf8_lossy(&body).into_owned());
    }
    let document = document(head, &mut shelf.lock().unwrap());
    while shelf.lock().unwrap().is_held {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(document.delay).await;
    let mut answer = format!("HTTP/1.1 {} Answer\r\nconnection: close\r\n", document.status);
    for (name, value) in &document.headers {
        answer.extend([name, ": ", value, "\r\n"]);
    }
    answer.extend(["content-length: ", &document.body.len().to_string(), "\r\n\r\n"]);
    stream.write_all(answer.as_bytes()).await?;
    let sent = document.stalls_after.unwrap_or(document.body.len());
    stream.write_all(&document.body[..sent]).await?;
    stream.flush().await?;
    if document.stalls_after.is_some() {
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    Ok(())
}

fn document(head: String, shelf: &mut Shelf) -> Document {
    let path = head.split(' ').nth(1).unwrap_or("/");
    let host = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned));
    let host = host.unwrap_or_default();
    let key = format!("{}{path}", host.split(':').next().unwrap_or_default());
    *shelf.requests.entry(key.clone()).or_default() += 1;
    shelf.heads.push(head);
    shelf.documents.get(&key).cloned().unwrap_or_else(|| Document::of(404, "nothing here"))
}
