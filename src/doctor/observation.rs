//! What an examination asks and what it saw, as plain values. `outbound::probe` sends the requests; nothing here does.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::body::Body;
use crate::domain::Timestamp;

/// A question, and the name of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Probe {
    /// `initialize` of 2025-11-25 without a token: what most clients send first.
    Initialize,
    /// The same of 2025-06-18.
    InitializeOld,
    /// `server/discover` of 2026-07-28.
    Discover,
    ListTools,
    /// A call without a token, where others are said to need none (C-7).
    GuardedTool,
    ForeignOrigin,
    QueryToken,
    McpPreflight,
    /// RFC 9728 §3.1: the well-known part between host and path.
    ResourceInserted,
    ResourceRoot,
    /// Where the challenge points.
    ResourceByHeader,
    ResourcePreflight,
    /// RFC 8414 §3 of the typed address itself: it may be an issuer.
    Typed,
    Oauth,
    OpenidInserted,
    OpenidAppended,
    ServerPreflight,
    Keys,
    KeysPreflight,
    TokenPreflight,
    RegisterPreflight,
    RevokePreflight,
    Register(Body),
    /// With a redirect URI that nobody may register.
    RegisterBad,
    AuthorizeUnknown,
    AuthorizeDocument,
    AuthorizeGood,
    /// Without `resource`.
    AuthorizePlain,
    AuthorizeTolerant,
    AuthorizeNoScope,
    AuthorizePort,
    AuthorizeNoChallenge,
    AuthorizeForeign,
    /// An error that goes back by redirect.
    AuthorizeError,
    TokenUnknown,
    TokenBadCode,
    Revoke,
    GivenToken,
    GivenTools,
    Tampered,
    Insufficient,
    /// The last of many calls in a row.
    Burst,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Options,
}

/// One request, complete.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    /// Content type and body.
    pub body: Option<(&'static str, String)>,
}

impl Request {
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: Method::Get, url: url.into(), headers: Vec::new(), body: None }
    }

    pub fn post(url: impl Into<String>, content_type: &'static str, body: impl Into<String>) -> Self {
        Self { method: Method::Post, url: url.into(), headers: Vec::new(), body: Some((content_type, body.into())) }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case; values that are no text have their odd bytes replaced.
    pub headers: Vec<(String, String)>,
    /// At most 64 KiB of it.
    pub body: String,
    /// When the answer had come, by the examiner's clock.
    pub at: Option<Timestamp>,
    /// End of validity of the server's certificate, where there was one.
    pub certificate_until: Option<Timestamp>,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("no connection: {0}")]
    Unreachable(String),
    #[error("the TLS certificate is not accepted: {0}")]
    Certificate(String),
    #[error("not asked: the address is on another server than this store's")]
    Elsewhere,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The media type, in lower case, without parameters.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// The JSON object of an answer with status 200.
    pub fn document(&self) -> Option<Value> {
        if self.status == 200 { self.json().filter(Value::is_object) } else { None }
    }

    pub fn is_html(&self) -> bool {
        self.media_type() == "text/html"
    }

    pub const fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }

    /// For people: `HTTP 200 text/html`.
    pub fn words(&self) -> String {
        let media_type = self.media_type();
        match self.header("location").filter(|_| self.is_redirect()) {
            Some(location) => format!("HTTP {} to {}", self.status, shown(location)),
            None if media_type.is_empty() => format!("HTTP {}", self.status),
            None => format!("HTTP {} {}", self.status, shown(&media_type)),
        }
    }
}

/// Everything that was asked and seen, of one deployment.
#[derive(Debug, Clone)]
pub struct Observations {
    /// As it was typed.
    pub target: String,
    pub seen: BTreeMap<Probe, Seen>,
    pub options: Options,
    /// How many calls of the burst were answered, and how many of them with 429.
    pub burst: Option<(u32, u32)>,
}

/// A question that was asked, and its answer.
#[derive(Debug, Clone)]
pub struct Seen {
    pub url: String,
    pub answer: Result<Answer, NoAnswer>,
}

/// What an examination may do.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Registers clients, which are deduplicated where the server does so, and expire unused.
    pub register: bool,
    /// An access token for the examined server.
    pub token: Option<String>,
    /// Calls in a row that should be too many.
    pub burst: bool,
    /// Only these origins are asked; `None`: all that the deployment names.
    pub only_origins: Option<Vec<String>>,
}

impl Observations {
    pub fn new(target: &str, options: Options) -> Self {
        Self { target: target.to_owned(), seen: BTreeMap::new(), options, burst: None }
    }

    pub fn answer(&self, probe: Probe) -> Option<&Answer> {
        self.seen.get(&probe)?.answer.as_ref().ok()
    }

    pub fn document(&self, probe: Probe) -> Option<Value> {
        self.answer(probe)?.document()
    }

    /// For people: what came back, or why nothing did.
    pub fn words(&self, probe: Probe) -> String {
        match self.seen.get(&probe).map(|seen| &seen.answer) {
            Some(Ok(answer)) => answer.words(),
            Some(Err(none)) => shown(&none.to_string()),
            None => "not asked".to_owned(),
        }
    }

    pub fn url(&self, probe: Probe) -> Option<&str> {
        self.seen.get(&probe).map(|seen| seen.url.as_str())
    }
}

/// A stranger's text on a terminal or a page: one line, no control characters, not endless.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
    };
    let mut shown: String = text.chars().take(LONGEST).map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// The texts of a list member of a JSON object; `None` when there is no such list.
pub fn list(document: &Value, member: &str) -> Option<Vec<String>> {
    let items = document.get(member)?.as_array()?;
    Some(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
}

pub fn text<'a>(document: &'a Value, member: &str) -> Option<&'a str> {
    document.get(member)?.as_str()
}
