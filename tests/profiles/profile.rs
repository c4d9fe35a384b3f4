//! What is recorded of a platform: how it introduces itself, what it sends, and how it takes what goes wrong. Every part says
//! where it is known from, and how surely.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

/// One file of `tests/clients/profiles`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    #[serde(skip)]
    pub file: String,
    pub name: String,
    pub covers: String,
    /// In the order in which the platform tries them.
    pub introductions: Vec<Introduction>,
    pub discovery: Discovery,
    pub authorization: Authorization,
    pub token: TokenRequest,
    pub refresh: Refresh,
    pub step_up: StepUp,
    pub disconnect: Disconnect,
    pub mcp: Mcp,
    /// By situation.
    pub on_error: BTreeMap<String, Reaction>,
    pub sources: BTreeMap<String, Source>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Confidence {
    #[serde(rename = "documented")]
    Documented,
    #[serde(rename = "observed by others")]
    Observed,
    #[serde(rename = "assumed")]
    Assumed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub what: String,
    /// When it was written or recorded.
    pub date: Option<String>,
    /// Where that is not known: when it was read.
    pub read: Option<String>,
}

/// A part of a profile, with where it is known from.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
            #[serde(default)]
            pub notes: Option<String>,
            pub confidence: Confidence,
            pub sources: Vec<String>,
        }

        impl $name {
            fn known<'a>(&'a self, part: &'a str) -> Part<'a> {
                Part { name: part, notes: self.notes.as_deref(), confidence: self.confidence, sources: &self.sources }
            }
        }
    };
}

/// How a part of a profile is known.
pub struct Part<'a> {
    pub name: &'a str,
    pub notes: Option<&'a str>,
    pub confidence: Confidence,
    pub sources: &'a [String],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Cimd,
    Dcr,
    Static,
}

part! {
    Introduction {
        name: String,
        kind: Kind,
        /// What the metadata has to have for the platform to go this way: a value, a member of a list, or `present`.
        needs: Map<String, Value>,
        /// The document that the client id is the address of.
        #[serde(default)]
        document: Option<Value>,
        /// The body of the registration.
        #[serde(default)]
        registration: Option<Value>,
        /// What a merchant enters for a client that is registered by hand.
        #[serde(default)]
        redirect_uris: Vec<String>,
        /// The one that is used.
        redirect_uri: String,
        authentication: String,
        #[serde(default)]
        algorithm: Option<String>,
        /// Of its assertions: `issuer` or `token_endpoint`.
        #[serde(default)]
        audience: Option<String>,
    }
}

part! {
    Discovery {
        /// Where it looks for the metadata of the resource, in order.
        resource_metadata: Vec<String>,
        /// The well-known names under which it looks for the authorization server's, in order.
        server_metadata: Vec<String>,
        headers: BTreeMap<String, String>,
        /// What it refuses to go on without.
        checks: Vec<String>,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeHabit {
    /// The first of these that names any.
    pub from: Vec<String>,
    #[serde(default)]
    pub fixed: Option<String>,
    /// Added where the authorization server lists them.
    pub adds: Vec<String>,
    #[serde(default)]
    pub leading_space: bool,
}

part! {
    Authorization {
        scope: ScopeHabit,
        /// `server_url`, `resource_metadata` or `omitted`.
        resource: String,
        parameters: BTreeMap<String, String>,
        /// As recorded, where its form is unusual.
        #[serde(default)]
        state: Option<String>,
    }
}

part! { TokenRequest { resource: bool, headers: BTreeMap<String, String> } }

part! {
    Refresh {
        resource: bool,
        /// `omitted` or `granted_and_offline_access`.
        scope: String,
        when: String,
    }
}

part! {
    StepUp {
        /// What it asks for after a refusal: `challenge`, `union` with what it had, or `fixed`.
        scope: String,
    }
}

part! {
    Disconnect {
        /// `nothing` or `refresh_token`.
        revokes: String,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Initialize {
    pub protocol_version: String,
    pub client_info: Value,
}

part! {
    Mcp {
        /// The revisions that it is known to speak; it is replayed in all.
        speaks: Vec<String>,
        initialize: Initialize,
        /// Whether its calls after the handshake name the revision in a header.
        protocol_header: bool,
        /// Whether it sends `server/discover` whatever the revision.
        discovers: bool,
        headers: BTreeMap<String, String>,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sees {
    pub status: u16,
    #[serde(default)]
    pub error: Option<String>,
}

part! {
    Reaction {
        sees: Sees,
        does: String,
    }
}

impl Profile {
    /// All of them, by file name.
    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/profiles");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = |path: &std::path::PathBuf| {
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            let profile = serde_json::from_slice(&std::fs::read(path).unwrap());
            Self { file: file.clone(), ..profile.unwrap_or_else(|error| panic!("{file}: {error}")) }
        };
        files.iter().map(read).collect()
    }

    /// Every part, with how it is known.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let ways = self.introductions.iter().map(|way| way.known(&way.name));
        let errors = self.on_error.iter().map(|(situation, reaction)| reaction.known(situation));
        let parts = [
            self.discovery.known("discovery"),
            self.authorization.known("authorization"),
            self.token.known("token"),
            self.refresh.known("refresh"),
            self.step_up.known("step_up"),
            self.disconnect.known("disconnect"),
            self.mcp.known("mcp"),
        ];
        ways.chain(parts).chain(errors).collect()
    }
}

impl Introduction {
    /// What of `needs` the metadata does not have.
    pub fn missing(&self, metadata: &Value) -> Vec<&str> {
        let has = |name: &str, wanted: &Value| match (&metadata[name], wanted) {
            (found, Value::String(word)) if word == "present" => !found.is_null(),
            (Value::Array(found), wanted) => found.contains(wanted),
            (found, wanted) => found == wanted,
        };
        self.needs.iter().filter(|(name, wanted)| !has(name, wanted)).map(|(name, _)| name.as_str()).collect()
    }
}

#[test]
fn every_fact_of_a_profile_names_a_dated_source() {
    let situations = ["bad_access_token", "dead_refresh_token", "missing_scope", "server_error", "unknown_client"];
    for profile in Profile::all() {
        let parts = profile.parts();
        for Part { name: part, notes, sources, .. } in &parts {
            assert!(!sources.is_empty() && notes.is_none_or(|notes| !notes.is_empty()), "{}: {part}", profile.file);
            let unknown = sources.iter().find(|source| !profile.sources.contains_key(*source));
            assert_eq!(unknown, None, "{}: {part} names what is not among the sources", profile.file);
        }
        for (name, source) in &profile.sources {
            let is_cited = parts.iter().any(|part| part.sources.contains(name));
            assert!(is_cited && !source.what.is_empty(), "{}: {name} is used by nothing", profile.file);
            assert!(source.date.is_some() != source.read.is_some(), "{}: {name} has one date", profile.file);
        }
        assert!(profile.on_error.keys().map(String::as_str).eq(situations), "{}", profile.file);
        assert!(profile.on_error.values().all(|reaction| !reaction.does.is_empty()), "{}", profile.file);
        assert!(!profile.covers.is_empty() && !profile.refresh.when.is_empty(), "{}", profile.file);
        assert!(profile.introductions.iter().all(|way| way.confidence != Confidence::Assumed), "{}", profile.file);
        let checks = &profile.discovery.checks;
        assert!(checks.iter().all(|check| ["issuer", "resource", "S256"].contains(&check.as_str())), "{checks:?}");
    }
}
