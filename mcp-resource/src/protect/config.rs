//! What one protected MCP endpoint must know: who issues its tokens, its own exact URL, its credentials.
//! Everything else has a default. Checked once, at [`Protection::start`](super::Protection::start).

use std::fmt;
use std::time::Duration;

use url::{Host, Url};

use super::step_up::StepUp;
use crate::wire::feed::STALE_AFTER;
use crate::wire::{Clock, ScopeSet};

/// A credential. Never shown by `Debug`, never compared, only sent to the authorization server.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Self {
        Self(secret.to_owned())
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

/// How a tool call without the needed scope is answered (C-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScopeError {
    /// 403 with a challenge, and a tool result with `isError` as its body.
    #[default]
    Both,
    /// 403 with a challenge and a JSON-RPC error.
    Http,
    /// 200 and a tool result with `isError`, for hosts that never show a 403 to the model.
    Tool,
}

/// One protected MCP endpoint. Start from [`Config::new`] and change what differs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Issuer of the tokens, character for character as in its metadata: `https://auth.shop.example`.
    pub issuer: String,
    /// The exact URL of the MCP endpoint as people type it, and the only `aud` accepted: `https://shop.example/mcp`.
    pub resource: String,
    /// Id of this resource server at the authorization server.
    pub resource_id: String,
    pub resource_secret: Secret,
    /// For people: `resource_name` in the metadata (RFC 9728 §2).
    pub name: String,
    /// `resource_documentation` in the metadata.
    pub documentation: Option<String>,
    /// Web origins other than the endpoint's own that may call it (B31), such as `https://inspector.example`.
    pub allowed_origins: Vec<String>,
    /// Calls per minute of a connection that may only read (C-2).
    pub read_rate: u32,
    /// Calls per minute of a connection that may write a cart or start a checkout (C-2).
    pub write_rate: u32,
    /// Calls of one connection that may run at the same time (S1-85).
    pub concurrent_calls: u32,
    /// Time to reach the authorization server.
    pub connect_timeout: Duration,
    /// Time for a whole answer, feed excepted.
    pub request_timeout: Duration,
    /// A feed that was silent for so long is stale, and every token is introspected.
    pub stale_after: Duration,
    /// How long after a fetch of the keys an unknown `kid` does not cause another.
    pub key_fetch_interval: Duration,
    /// No token may live longer; what was revoked longer ago than this is forgotten.
    pub longest_token_lifetime: Duration,
    /// What the first challenge asks for (C-6).
    pub first_scope: ScopeSet,
    pub scope_error: ScopeError,
    /// What checkout demands of the shopper's sign-in (RFC 9470).
    pub step_up: StepUp,
    pub clock: Clock,
}

/// Why a [`Config`] cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("`{setting}` is `{value}`: {remedy}")]
    Invalid { setting: &'static str, value: String, remedy: &'static str },
    #[error("no HTTP client could be built; are root certificates installed? {0}")]
    Client(#[from] reqwest::Error),
    #[error("protection must be started inside a tokio runtime")]
    NoRuntime,
}

impl Config {
    pub fn new(
        issuer: impl Into<String>,
        resource: impl Into<String>,
        resource_id: impl Into<String>,
        resource_secret: impl Into<Secret>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            resource: resource.into(),
            resource_id: resource_id.into(),
            resource_secret: resource_secret.into(),
            name: "MCP server".to_owned(),
            documentation: None,
            allowed_origins: Vec::new(),
            read_rate: 60,
            write_rate: 120,
            concurrent_calls: 16,
            connect_timeout: Duration::from_secs(1),
            request_timeout: Duration::from_secs(3),
            stale_after: STALE_AFTER,
            key_fetch_interval: Duration::from_secs(10),
            longest_token_lifetime: Duration::from_hours(1),
            first_scope: ScopeSet::BROWSE,
            scope_error: ScopeError::Both,
            step_up: StepUp::default(),
            clock: Clock::System,
        }
    }

    /// Refuses what could never work or would be unsafe, naming the remedy.
    pub(crate) fn check(&self) -> Result<Url, StartError> {
        check_url("issuer", &self.issuer)?;
        if self.issuer.ends_with('/') {
            // A12: the issuer is one string everywhere, and a slash at the end is where copies of it start to differ.
            return Err(invalid("issuer", &self.issuer, "leave out the slash at the end"));
        }
        let resource = check_url("resource", &self.resource)?;
        if resource.path() == "/" {
            // H6: clients add or drop a root slash; a path takes the whole class of mistakes away.
            return Err(invalid("resource", &self.resource, "give the endpoint a path, such as /mcp"));
        }
        for origin in &self.allowed_origins {
            let url =
                Url::parse(origin).map_err(|_why| invalid("allowed_origins", origin, "write scheme://host[:port]"))?;
            if url.origin().ascii_serialization() != *origin {
                return Err(invalid("allowed_origins", origin, "write scheme://host[:port], nothing behind it"));
            }
        }
        if let Some(name) = self.step_up.unfit() {
            return Err(invalid("step_up.acr_values", name, "use printable ASCII without spaces and quotes"));
        }
        if self.step_up.max_age.is_some_and(|age| age.is_zero()) {
            // RFC 9470 §3: no sign-in is younger than the call that comes after it.
            return Err(invalid(
                "step_up.max_age",
                "0",
                "write the time that a sign-in may be old, such as five minutes",
            ));
        }
        Ok(resource)
    }
}

fn check_url(setting: &'static str, value: &str) -> Result<Url, StartError> {
    let url = Url::parse(value).map_err(|_why| invalid(setting, value, "write a full URL"))?;
    // B26: these strings stand in quoted-strings of a header; what the URL parser would escape is refused instead.
    if value.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'"' || byte == b'\\') {
        return Err(invalid(setting, value, "use printable ASCII without quotes"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(setting, value, "leave out query, fragment and credentials"));
    }
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        // A2: https everywhere but on loopback.
        _ => Err(invalid(setting, value, "use https (http is for loopback only)")),
    }
}

fn invalid(setting: &'static str, value: &str, remedy: &'static str) -> StartError {
    StartError::Invalid { setting, value: value.to_owned(), remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(issuer: &str, resource: &str) -> Config {
        Config::new(issuer, resource, "rs", "hunter2".to_owned())
    }

    #[test]
    fn a_secret_is_not_shown() {
        let shown = format!("{:?}", config("http://localhost:1", "http://localhost:2/mcp"));
        assert!(!shown.contains("hunter2") && shown.contains("***"), "{shown}");
    }

    #[test]
    fn what_could_never_work_is_refused_with_a_remedy() {
        assert!(config("https://auth.shop.example", "https://shop.example/mcp").check().is_ok());
        assert!(config("http://localhost:1/sandbox", "http://127.0.0.1:2/mcp").check().is_ok());
        for (issuer, resource) in [
            ("https://auth.shop.example/", "https://shop.example/mcp"),
            ("http://auth.shop.example", "https://shop.example/mcp"),
            ("https://auth.shop.example", "https://shop.example"),
            ("https://auth.shop.example", "https://shop.example/mcp?x=1"),
            ("https://auth.shop.example", "https://shop.example/a\"b"),
            ("https://auth.shop.example", "mcp"),
        ] {
            assert!(config(issuer, resource).check().is_err(), "{issuer} {resource}");
        }
    }
}
