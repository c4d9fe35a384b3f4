//! "Why was I refused?": the reference id in every error leads to the check that failed and to both compared values, at the
//! console and at the command line, and nowhere to anything that was secret.

mod authorizing;
mod calling;
mod commands;
mod ring;
mod tokens;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use tillgate::config::{Format, Log};
use tillgate::domain::evidence::Check;
use tillgate::domain::staff::Role;
use tillgate::domain::{IssuerId, Timestamp};
use tillgate::merchant::why::reference_in;
use tillgate::storage::StorageError;
use tillgate::storage::refusals::{self, Filter, Page as ListPage, Refusal};

use crate::support::{Answer, App, Browser, Page, Shop};

/// How long a refusal may take to be written: the answer does not wait for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What this process logs, whoever logs it.
static LOGGED: LazyLock<Lines> = LazyLock::new(|| {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = Log { format: Format::Json, filter: "info,tillgate=debug".to_owned() };
    let subscriber = tillgate::telemetry::subscriber(&log, move || writer.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    lines
});

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One refusal, and what has to be known of it.
struct Row {
    what: &'static str,
    reference: String,
    check: Check,
    /// Parts of the values.
    expected: String,
    presented: String,
}

/// The refusals of a journey, and the secrets that were sent on it.
struct Ledger {
    rows: Vec<Row>,
    secrets: BTreeSet<String>,
}

impl Ledger {
    fn open() -> Self {
        LazyLock::force(&LOGGED);
        Self { rows: Vec::new(), secrets: BTreeSet::new() }
    }

    /// Never to be found again.
    fn secret(&mut self, secret: impl Into<String>) -> String {
        let secret = secret.into();
        self.secrets.insert(secret.clone());
        secret
    }

    fn told(&mut self, what: &'static str, reference: &str, (check, expected, presented): (Check, &str, &str)) {
        assert_eq!(reference.len(), 36, "{what}: {reference:?} is no reference id");
        let (expected, presented) = (expected.to_owned(), presented.to_owned());
        self.rows.push(Row { what, reference: reference.to_owned(), check, expected, presented });
    }

    /// An error of an endpoint: the id is a member, and at the end of the description.
    fn answered(&mut self, what: &'static str, answer: &Answer, found: (Check, &str, &str)) {
        let json = answer.json();
        let reference = json["reference_id"].as_str().unwrap_or_else(|| panic!("{what}: {json}"));
        assert_eq!(reference_in(json["error_description"].as_str().unwrap()), reference, "{what}");
        assert_eq!(answer.header("reference-id"), reference, "{what}");
        self.told(what, reference, found);
    }

    /// An error that goes back to the agent.
    fn sent_back(&mut self, what: &'static str, page: &Page, found: (Check, &str, &str)) {
        let description = page.sent_back("error_description").unwrap_or_else(|| panic!("{what}: {}", page.body));
        assert!(description.is_ascii() && !description.contains(['"', '\\']), "RFC 6749 §4.1.2.1: {description}");
        self.told(what, reference_in(&description), found);
    }

    /// A page that prints the id.
    fn shown(&mut self, what: &'static str, page: &Page, found: (Check, &str, &str)) {
        let facts = page.body.split("facts reference").nth(1).unwrap_or_else(|| panic!("{what}: {}", page.body));
        let reference = facts.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
        assert_eq!(page.headers["reference-id"], reference, "{what}");
        self.told(what, reference, found);
    }

    /// A page that shows its form again, and names the id in the header alone.
    fn repeated(&mut self, what: &'static str, page: &Page, found: (Check, &str, &str)) {
        self.told(what, page.headers["reference-id"].to_str().unwrap(), found);
    }

    /// Every id leads to its check and values on the console's page, as the staff with the least rights see it.
    async fn is_kept(&self, app: &App, shop: &Shop) {
        for row in &self.rows {
            arrived(app, shop, row).await;
        }
        let mut viewer = Browser::new();
        viewer.sign_in_as_staff(app.live(), Role::Viewer).await;
        let environment = if shop.issuer == app.live().issuer { "live" } else { "sandbox" };
        for row in &self.rows {
            let base = &app.live().issuer;
            let address = format!("{base}/console/why?environment={environment}&reference={}", row.reference);
            let page = viewer.open(&address.parse().unwrap()).await;
            assert_eq!(page.status, 200, "{}", row.what);
            let text = page.body.replace("&#39;", "'").replace("&quot;", "\"").replace("&#38;", "&");
            for part in [row.check.as_str(), &row.expected, &row.presented] {
                assert!(text.contains(part), "{}: no {part:?} in\n{text}", row.what);
            }
            self.tells_no_secret(row.what, &page.body);
        }
        for issuer in &app.shops {
            self.tells_no_secret("the table", &format!("{:?}", all_refusals(app, issuer).await));
        }
        let log = String::from_utf8_lossy(&LOGGED.0.lock().unwrap()).into_owned();
        for row in &self.rows {
            // What a store refused has a line there.
            let lines = log.lines().filter(|line| line.contains(&row.reference) && line.contains("\"answered\""));
            for line in lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
                assert_eq!(line["issuer"], shop.issuer, "{}: {line}", row.what);
            }
        }
        self.tells_no_secret("the log", &log);
    }

    fn tells_no_secret(&self, where_: &str, text: &str) {
        for secret in &self.secrets {
            assert!(secret.len() >= 6, "{secret} would be found anywhere");
            assert!(!text.contains(secret.as_str()), "{where_} has the secret {secret}");
        }
    }
}

async fn arrived(app: &App, shop: &Shop, row: &Row) {
    let began = Instant::now();
    loop {
        let (issuer, reference) = (IssuerId::new(&shop.issuer_id), row.reference.clone());
        let found: Result<Vec<Refusal>, StorageError> =
            app.db.read(move |c| refusals::list_by_reference(c, &issuer, &reference, Timestamp::from_secs(0))).await;
        if let [refusal] = found.unwrap().as_slice() {
            let evidence = refusal.evidence.as_ref().unwrap_or_else(|| panic!("{}: {refusal:?}", row.what));
            assert_eq!(evidence.check, row.check.as_str(), "{}: {refusal:?}", row.what);
            assert!(evidence.expected.contains(&row.expected), "{}: {refusal:?}", row.what);
            assert!(evidence.presented.contains(&row.presented), "{}: {refusal:?}", row.what);
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{} is not kept", row.what);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Everything in an issuer's ring, newest first.
async fn all_refusals(app: &App, shop: &Shop) -> Vec<Refusal> {
    let issuer = IssuerId::new(&shop.issuer_id);
    let everything = (Filter::default(), Timestamp::from_secs(0));
    let found: Result<_, StorageError> = app
        .db
        .read(move |c| refusals::list(c, &issuer, (&everything.0, everything.1), ListPage::First, u16::MAX))
        .await;
    found.unwrap().0.into_iter().map(|(_, refusal)| refusal).collect()
}
