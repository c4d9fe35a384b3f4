//! What a client would have learned from the answers so far: the challenge, the two metadata documents, the issuer.

use http_auth::parser::ChallengeParser;
use serde_json::Value;
use url::Url;

use super::body::Body;
use super::observation::{Observations, Probe, list, text};
use super::public::challenged;

/// The parameters of the first Bearer challenge.
#[derive(Debug, Clone, Default)]
pub struct Challenge {
    pub is_first: bool,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    fn read(value: &str) -> Option<Self> {
        for (number, challenge) in ChallengeParser::new(value).enumerate() {
            let challenge = challenge.ok()?;
            if challenge.scheme.eq_ignore_ascii_case("bearer") {
                let parameters = challenge.params.iter();
                let parameters =
                    parameters.map(|(name, value)| (name.to_ascii_lowercase(), value.to_unescaped())).collect();
                return Some(Self { is_first: number == 0, parameters });
            }
        }
        None
    }

    pub fn of(seen: &Observations, probe: Probe) -> Option<Self> {
        Self::read(seen.answer(probe)?.header("www-authenticate")?)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn scopes(&self) -> Vec<String> {
        self.get("scope").map(|scopes| scopes.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
    }
}

/// What follows from the answers so far.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub challenge: Option<Challenge>,
    /// The protected resource metadata, from the first of the three places that has it.
    pub resource: Option<Value>,
    /// As the resource names it, or as it was typed.
    pub issuer: Option<String>,
    /// The authorization server's metadata, from the first place that has it.
    pub server: Option<Value>,
    pub server_place: Option<Probe>,
    /// The typed address is an issuer and no MCP server.
    pub is_issuer: bool,
}

/// Where clients look for the authorization server's metadata, in their order (C4).
pub const SERVER_PLACES: [Probe; 3] = [Probe::Oauth, Probe::OpenidInserted, Probe::OpenidAppended];

impl Facts {
    pub fn of(seen: &Observations) -> Self {
        let challenge = challenged(seen).and_then(|probe| Challenge::of(seen, probe));
        let resource = [Probe::ResourceByHeader, Probe::ResourceInserted, Probe::ResourceRoot]
            .into_iter()
            .find_map(|place| seen.document(place).filter(|document| document.get("resource").is_some()));
        let typed = seen.document(Probe::Typed).filter(|document| document.get("issuer").is_some());
        let is_issuer = resource.is_none() && challenge.is_none() && typed.is_some();
        let named = resource.as_ref().and_then(|document| list(document, "authorization_servers")?.into_iter().next());
        let issuer = named.or_else(|| is_issuer.then(|| seen.target.clone()));
        let is_there = |place: &Probe| seen.document(*place).is_some_and(|document| document.get("issuer").is_some());
        let server_place = SERVER_PLACES.into_iter().find(is_there);
        let server = server_place.and_then(|place| seen.document(place));
        Self { challenge, resource, issuer, server, server_place, is_issuer }
    }

    /// An address of the authorization server's metadata.
    pub fn endpoint(&self, member: &str) -> Option<&str> {
        text(self.server.as_ref()?, member)
    }

    pub fn server_list(&self, member: &str) -> Option<Vec<String>> {
        list(self.server.as_ref()?, member)
    }

    pub fn resource_list(&self, member: &str) -> Option<Vec<String>> {
        list(self.resource.as_ref()?, member)
    }

    /// C6: the challenge's scopes, else all of the resource's, else none.
    pub fn scopes(&self) -> Vec<String> {
        let challenged = self.challenge.as_ref().map(Challenge::scopes).unwrap_or_default();
        if challenged.is_empty() { self.resource_list("scopes_supported").unwrap_or_default() } else { challenged }
    }

    pub fn offers_offline_access(&self) -> bool {
        self.server_list("scopes_supported").unwrap_or_default().iter().any(|scope| scope == "offline_access")
    }
}

/// The client id that a registration gave.
pub fn client_id(seen: &Observations, body: Body) -> Option<String> {
    let answer = seen.answer(Probe::Register(body)).filter(|answer| matches!(answer.status, 200 | 201))?;
    text(&answer.json()?, "client_id").map(str::to_owned)
}

/// A registered client to examine the other endpoints with, and its redirect URI.
pub fn some_client(seen: &Observations) -> Option<(String, &'static str)> {
    let preferred = [Body::ClaudeCode, Body::Goose, Body::Claude].into_iter().chain(Body::ALL);
    preferred
        .filter_map(|body| Some((client_id(seen, body)?, *body.redirect_uris().first()?)))
        .find(|(_, redirect)| redirect.starts_with("http"))
}

/// The well-known address of `name`: between host and path (RFC 8414 §3, RFC 9728 §3.1).
pub fn inserted(url: &str, name: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    let path = parsed.path().trim_end_matches('/');
    Some(format!("{}/.well-known/{name}{path}", parsed.origin().ascii_serialization()))
}

/// Behind the whole path (OpenID Connect Discovery 1.0 §4).
pub fn appended(url: &str, name: &str) -> String {
    format!("{}/.well-known/{name}", url.trim_end_matches('/'))
}

pub fn origin(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| url.origin().ascii_serialization())
}
