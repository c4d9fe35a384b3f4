//! The client for what others name, against a host of documents on loopback: which hosts it asks, where, and which answers
//! it takes (CIMD-00 §6.5 and D7, D10 to D12, D14 of the specification's notes). Nothing here leaves this machine.

mod canary;
mod proxies;

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tillgate::config::Outbound;
use tillgate::outbound::{FetchError, Fetched, Fetcher, Resolver};

use crate::support::program::{Program, free_port};
use crate::support::{App, Document, Documents};

const URL: &str = "https://agent.example/client.json";
const MOST: usize = 16 * 1024;

/// As in production, but for the documents' authority.
fn strict(documents: &Documents) -> Outbound {
    Outbound {
        allow_loopback: false,
        extra_root_certificates: Some(documents.authority()),
        ports: vec![443],
        timeout: Duration::from_secs(5),
        concurrency: 64,
        per_host: 4,
    }
}

fn settings(documents: &Documents) -> Outbound {
    Outbound { allow_loopback: true, ..strict(documents) }
}

fn fetcher(documents: &Documents) -> Fetcher {
    Fetcher::new(&settings(documents), documents.resolver()).unwrap()
}

/// A network of its own, of which this user is root.
pub const NAMESPACE: [&str; 4] = ["unshare", "--map-root-user", "--net", "--"];

/// Whether this user may make one; said where not.
pub fn has_namespaces() -> bool {
    let made = Command::new(NAMESPACE[0]).args(&NAMESPACE[1..]).arg("true").output();
    let may = made.is_ok_and(|output| output.status.success());
    if !may {
        eprintln!("SKIPPED: this user may not make a network namespace (`unshare --map-root-user --net true`)");
    }
    may
}

/// This test program again, with one test of it that is ignored otherwise.
pub fn again(test: &str) -> Vec<String> {
    let program = std::env::current_exe().unwrap().display().to_string();
    let arguments = ["--exact", test, "--ignored", "--nocapture"].map(str::to_owned);
    [vec![program], arguments.to_vec()].concat()
}

/// Runs to a good end.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn a_document_is_fetched_with_its_type_and_freshness_and_by_our_name() {
    let documents = Documents::start();
    let body = json!({ "client_id": URL });
    documents.serve(URL, Document::json(&body).with("cache-control", "max-age=600"));
    let fetched = fetcher(&documents).get(URL, MOST).await.unwrap();
    let expected = Fetched {
        body: serde_json::to_vec(&body).unwrap().into(),
        content_type: Some("application/json".to_owned()),
        fresh_for: Some(Duration::from_mins(10)),
    };
    assert_eq!(fetched, expected);

    let head = documents.heads()[0].to_ascii_lowercase();
    assert!(head.starts_with("get /client.json http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nhost: agent.example\r\n"), "{head}");
    assert!(head.contains(concat!("\r\nuser-agent: tillgate/", env!("CARGO_PKG_VERSION"), "\r\n")), "{head}");
    for nothing in ["cookie", "referer", "authorization", "accept-encoding"] {
        assert!(!head.contains(&format!("\r\n{nothing}:")), "{head}");
    }
}

#[tokio::test]
async fn the_application_fetches_from_the_documents_of_its_test() {
    let documents = Documents::start();
    documents.serve(URL, Document::json(&json!({})));
    let app = App::start_with_documents(&documents, &[]).await;
    app.application.state().fetcher.get(URL, MOST).await.unwrap();
    assert_eq!(documents.requests(URL), 1);
}

#[tokio::test]
async fn only_https_is_fetched_and_nobody_is_named_in_the_address() {
    let documents = Documents::start();
    for url in [
        "http://agent.example/",
        "ftp://agent.example/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "agent.example",
        "https://",
        "https://user@agent.example/",
        "https://user:secret@agent.example/",
        "https://:secret@agent.example/",
    ] {
        assert_eq!(fetcher(&documents).get(url, MOST).await, Err(FetchError::NotHttps), "{url}");
    }
    assert_eq!(documents.connections(), 0);
}

#[tokio::test]
async fn a_port_that_is_not_allowed_is_asked_on_this_machine_alone() {
    let documents = Documents::start();
    documents.serve(URL, Document::json(&json!({})));
    let url = format!("https://agent.example:{}/client.json", documents.address.port());
    assert!(fetcher(&documents).get(&url, MOST).await.is_ok());

    // Judged, and never dialled.
    documents.is_at("agent.example", &[&["8.8.8.8:0".parse().unwrap()]]);
    let fetcher = Fetcher::new(&strict(&documents), documents.resolver()).unwrap();
    assert_eq!(fetcher.get("https://agent.example:22/", MOST).await, Err(FetchError::Port(22)));
}

#[tokio::test]
async fn an_address_that_is_written_as_a_host_is_judged_however_it_is_spelled() {
    let documents = Documents::start();
    let fetcher = Fetcher::new(&strict(&documents), documents.resolver()).unwrap();
    for (host, address) in [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("0x7f.0x0.0x0.0x1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("%31%32%37.0.0.1", "127.0.0.1"),
        ("\u{2460}\u{2461}\u{2466}.\u{24ea}.\u{24ea}.\u{2460}", "127.0.0.1"),
        ("127\u{3002}0\u{3002}0\u{3002}1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0xa9fea9fe", "169.254.169.254"),
        ("2852039166", "169.254.169.254"),
        ("[::1]", "::1"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("[::ffff:a9fe:a9fe]", "::ffff:169.254.169.254"),
        ("[::127.0.0.1]", "::127.0.0.1"),
        ("[64:ff9b::10.0.0.1]", "64:ff9b::a00:1"),
    ] {
        let refused = fetcher.get(&format!("https://{host}:{}/", documents.address.port()), MOST).await;
        let Err(FetchError::Refused { address: judged, .. }) = refused else { panic!("{host}: {refused:?}") };
        assert_eq!(judged, address.parse::<std::net::IpAddr>().unwrap(), "{host}");
    }
    assert_eq!(documents.connections(), 0);
}

#[tokio::test]
async fn one_special_address_among_several_refuses_them_all() {
    let documents = Documents::start();
    documents.serve(URL, Document::json(&json!({})));
    let private: SocketAddr = "10.0.0.1:443".parse().unwrap();
    for answer in [[documents.address, private], [private, documents.address]] {
        documents.is_at("agent.example", &[&answer]);
        let refused = Err(FetchError::Refused { host: "agent.example".to_owned(), address: private.ip() });
        assert_eq!(fetcher(&documents).get(URL, MOST).await, refused);
    }
    assert_eq!(documents.connections(), 0);
}

#[tokio::test]
async fn a_host_is_looked_up_once_and_a_second_answer_is_never_heard() {
    let (documents, elsewhere) = (Documents::start(), Documents::start());
    documents.serve(URL, Document::json(&json!({ "first": true })));
    documents.is_at("agent.example", &[&[documents.address], &[elsewhere.address]]);
    let fetcher = fetcher(&documents);
    assert!(fetcher.get(URL, MOST).await.is_ok());
    assert_eq!((documents.lookups("agent.example"), documents.connections(), elsewhere.connections()), (1, 1, 0));

    // The next fetch asks again, on a connection of its own: its certificate is by another authority.
    assert_eq!(fetcher.get(URL, MOST).await, Err(FetchError::Tls));
    assert_eq!((documents.lookups("agent.example"), documents.connections(), elsewhere.connections()), (2, 1, 1));
}

#[tokio::test]
async fn a_host_that_nobody_knows_or_that_nobody_answers_at_is_said_to_be_so() {
    let documents = Documents::start();
    documents.is_at("agent.example", &[&[]]);
    assert_eq!(fetcher(&documents).get(URL, MOST).await, Err(FetchError::Unresolvable));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    documents.is_at("agent.example", &[&[nobody]]);
    assert_eq!(fetcher(&documents).get(URL, MOST).await, Err(FetchError::Unreachable));
}

#[tokio::test]
async fn nothing_but_200_is_taken_and_no_redirect_is_followed() {
    let documents = Documents::start();
    documents.serve("https://elsewhere.example/", Document::json(&json!({})));
    for (status, error) in [
        (301, FetchError::Redirect),
        (302, FetchError::Redirect),
        (307, FetchError::Redirect),
        (308, FetchError::Redirect),
        (201, FetchError::Status(201)),
        (203, FetchError::Status(203)),
        (204, FetchError::Status(204)),
        (206, FetchError::Status(206)),
        (404, FetchError::Status(404)),
        (500, FetchError::Status(500)),
    ] {
        documents.serve(URL, Document::of(status, "").with("location", "https://elsewhere.example/"));
        assert_eq!(fetcher(&documents).get(URL, MOST).await, Err(error));
    }
    assert_eq!((documents.requests(URL), documents.requests("https://elsewhere.example/")), (10, 0));
}

#[tokio::test]
async fn a_body_is_read_until_it_is_too_large() {
    let documents = Documents::start();
    documents.serve(URL, Document::of(200, vec![b'x'; MOST]));
    assert_eq!(fetcher(&documents).get(URL, MOST).await.unwrap().body.len(), MOST);
    assert_eq!(fetcher(&documents).get(URL, MOST - 1).await, Err(FetchError::TooLarge));
    // It is not waited for when it is too large already.
    let stalls = Document { stalls_after: Some(2 * MOST), ..Document::of(200, vec![b'x'; 3 * MOST]) };
    documents.serve(URL, stalls);
    assert_eq!(fetcher(&documents).get(URL, MOST).await, Err(FetchError::TooLarge));
    // What is encoded is not decoded: nothing grows here.
    documents.serve(URL, Document::of(200, "not gzip").with("content-encoding", "gzip"));
    assert_eq!(fetcher(&documents).get(URL, MOST).await.unwrap().body, "not gzip");
}

#[tokio::test]
async fn a_host_without_a_trusted_certificate_for_its_name_is_not_asked() {
    let documents = Documents::start();
    documents.serve(URL, Document::json(&json!({})));
    let public_only = Outbound { extra_root_certificates: None, ..settings(&documents) };
    let public_only = Fetcher::new(&public_only, documents.resolver()).unwrap();
    assert_eq!(public_only.get(URL, MOST).await, Err(FetchError::Tls));
    // The server shows a certificate for another name.
    let url = format!("https://{}/client.json", documents.address);
    assert_eq!(fetcher(&documents).get(&url, MOST).await, Err(FetchError::Tls));
    assert_eq!(documents.requests(URL), 0);
}

#[tokio::test]
async fn a_slow_host_is_given_up_wherever_it_is_slow() {
    let documents = Documents::start();
    let quick = Outbound { timeout: Duration::from_secs(1), ..settings(&documents) };
    let mut slow_resolver = Fetcher::new(&quick, slow(&documents, "agent.example")).unwrap();
    for document in [
        Document::of(200, "x").after(Duration::from_secs(30)),
        Document { stalls_after: Some(1), ..Document::of(200, "xyz") },
    ] {
        documents.serve(URL, document);
        for fetcher in [Fetcher::new(&quick, documents.resolver()).unwrap(), slow_resolver] {
            let began = Instant::now();
            assert_eq!(fetcher.get(URL, MOST).await, Err(FetchError::TimedOut));
            assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
        }
        slow_resolver = Fetcher::new(&quick, slow(&documents, "agent.example")).unwrap();
    }
}

/// Finds every host at once, but for this one.
fn slow(documents: &Documents, host: &'static str) -> Resolver {
    let Resolver::Fixed(answers) = documents.resolver() else { unreachable!() };
    Resolver::Fixed(Arc::new(move |asked: &str| {
        if asked == host {
            std::thread::sleep(Duration::from_secs(3));
        }
        answers(asked)
    }))
}

#[tokio::test]
async fn a_slow_host_holds_up_nobody_but_those_who_ask_it() {
    let documents = Documents::start();
    documents.serve(URL, Document::json(&json!({})));
    documents.serve("https://slow.example/", Document::of(200, "x").after(Duration::from_secs(3)));
    let few = Outbound { concurrency: 3, per_host: 2, ..settings(&documents) };
    for resolver in [documents.resolver(), slow(&documents, "slow.example")] {
        let fetcher = Fetcher::new(&few, resolver).unwrap();
        let waiting: Vec<_> = (0..20)
            .map(|_| {
                let fetcher = fetcher.clone();
                tokio::spawn(async move { fetcher.get("https://slow.example/", MOST).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let began = Instant::now();
        assert!(fetcher.get(URL, MOST).await.is_ok());
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        let mut busy = 0;
        for one in waiting {
            busy += usize::from(one.await.unwrap() == Err(FetchError::Busy));
        }
        assert_eq!(busy, 18, "the others did not wait long either");
    }
}

#[tokio::test]
async fn extra_certificates_have_to_be_some() {
    let documents = Documents::start();
    let file = tempfile::NamedTempFile::new().unwrap();
    for path in [file.path().to_owned(), "/nowhere/ca.pem".into()] {
        let settings = Outbound { extra_root_certificates: Some(path), ..settings(&documents) };
        assert!(Fetcher::new(&settings, Resolver::System).is_err());
    }
}

#[test]
fn what_loosens_fetching_is_not_served_with_beside_an_issuer_on_the_internet() {
    let folder = tempfile::tempdir().unwrap();
    let key = format!("1:{}", STANDARD.encode(tillgate::keys::random::bytes::<32>()));
    let listen = format!("127.0.0.1:{}", free_port());
    let program = || {
        let url = format!("sqlite://{}", folder.path().join("data/t.sqlite3").display());
        let program = Program::in_folder(folder.path()).with("TILLGATE__DATABASE__URL", url);
        program.with("TILLGATE__SECRETS__KEYS", &key).with("TILLGATE__SERVER__LISTEN", &listen)
    };
    program().run(&["store", "add", "--name", "Tea", "--issuer", "https://auth.tea.example"]);
    for (variable, value) in [
        ("TILLGATE__OUTBOUND__ALLOW_LOOPBACK", "true"),
        ("TILLGATE__OUTBOUND__EXTRA_ROOT_CERTIFICATES", "authority.pem"),
    ] {
        let said = program().with(variable, value).attempt(&["serve"]).unwrap_err();
        assert!(said.contains(variable) && said.contains("https://auth.tea.example"), "{said}");
        let add = ["store", "add", "--name", "Coffee", "--issuer", "https://auth.coffee.example"];
        assert!(program().with(variable, value).attempt(&add).unwrap_err().contains(variable));
    }
}
