//! OpenID providers that shoppers sign in with, from a file of their own: several a store, each with a secret that is never
//! shown. `tillgate config providers` prints how they are written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use url::Url;

use super::problem::Wrong;
use super::provider_presets::{ClientAuthentication, Preset, Written};
use super::secret::Secret;
use super::source::{Raw, line_at};

/// The documented example.
pub const EXAMPLE: &str = include_str!("identity_providers.toml");

const REMEDY: &str = "Write entries as `tillgate config providers` prints them.";
/// OpenID Connect Discovery 1.0 §4.
const DISCOVERY: &str = ".well-known/openid-configuration";
/// More buttons than anybody wants to choose from.
const MOST: usize = 12;

/// One provider, complete.
#[derive(Debug, Clone)]
pub struct IdentityProvider {
    /// In addresses, and beside each identity.
    pub id: String,
    pub preset: Preset,
    /// What its button calls it.
    pub name: String,
    /// The issuer, as its discovery document and its id tokens say it.
    pub issuer: String,
    pub client_id: String,
    /// `None`: a public client.
    pub client_secret: Option<Secret<String>>,
    pub scopes: Vec<String>,
    /// The issuers of ours that offer it; all of them if there is none.
    pub for_issuers: Vec<String>,
    /// Asks a person who is signed in there once more when told to (OpenID Connect Core §3.1.2.1, `prompt=login`).
    pub asks_again: bool,
    /// `None`: as its discovery document says.
    pub client_authentication: Option<ClientAuthentication>,
}

impl IdentityProvider {
    /// Whether this issuer of ours offers it.
    pub fn is_for(&self, issuer: &str) -> bool {
        self.for_issuers.is_empty() || self.for_issuers.iter().any(|known| known == issuer)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    provider: Vec<toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    preset: Preset,
    name: Option<String>,
    issuer: Option<String>,
    domain: Option<String>,
    shop_id: Option<String>,
    client_id: String,
    #[serde(default, deserialize_with = "secret")]
    client_secret: Option<Secret<String>>,
    client_secret_file: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    for_issuers: Vec<String>,
    asks_again: Option<bool>,
    client_authentication: Option<ClientAuthentication>,
}

/// What is no text is refused without being quoted.
fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret<String>>, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) if !text.trim().is_empty() => Ok(Some(Secret::new(text.trim().to_owned()))),
        _ => Err(serde::de::Error::custom("client_secret is no text, or empty")),
    }
}

/// The providers of the file that is named, none if none is.
pub(super) fn identity_providers(raw: &Raw) -> Result<Vec<IdentityProvider>, Wrong> {
    let path = raw.text();
    if path.trim().is_empty() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(Path::new(path.trim()))
        .map_err(|error| Wrong::new(format!("cannot be read: {error}."), "Name a file that can be read."))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Vec<IdentityProvider>, Wrong> {
    let at = |start: usize, reason: &str| Wrong::new(format!("line {}: {reason}.", line_at(text, start)), REMEDY);
    let file: File = toml::from_str(text)
        .map_err(|error| at(error.span().map_or(0, |span| span.start), error.message().trim_end_matches('.')))?;
    if file.provider.len() > MOST {
        return Err(Wrong::new(format!("names more than {MOST} providers."), REMEDY));
    }
    let (mut ids, mut providers) = (BTreeSet::new(), Vec::new());
    for entry in file.provider {
        let start = entry.span().start;
        let entry = entry.into_inner();
        let id = entry.id.clone();
        let provider = resolve(entry).map_err(|reason| at(start, &format!("provider `{id}`: {reason}")))?;
        if !ids.insert(id.clone()) {
            return Err(at(start, &format!("there are two entries `{id}`")));
        }
        providers.push(provider);
    }
    Ok(providers)
}

fn resolve(entry: Entry) -> Result<IdentityProvider, String> {
    let is_segment = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if entry.id.is_empty() || entry.id.len() > 32 || !entry.id.chars().all(is_segment) {
        return Err("its id is not made of up to 32 small letters, digits and hyphens".to_owned());
    }
    let preset = entry.preset;
    let name = entry.name.as_deref().or(preset.usual_name()).map(str::trim);
    let name = name.filter(|name| !name.is_empty() && name.len() <= 60).ok_or("it has no name of up to 60 bytes")?;
    let written = entry.issuer.as_deref().map(|text| issuer(text, preset)).transpose()?;
    let (domain, shop_id) = (entry.domain.as_deref(), entry.shop_id.as_deref());
    let issuer = preset.issuer(Written { issuer: written, domain, shop_id })?;
    let asks_again = entry.asks_again.unwrap_or(preset.usually_asks_again());
    preset.check_asks_again(asks_again)?;
    let scopes = entry.scopes.unwrap_or_else(|| preset.usual_scopes().iter().map(|&scope| scope.to_owned()).collect());
    // RFC 6749 §3.3.
    let is_scope =
        |scope: &String| !scope.is_empty() && scope.bytes().all(|b| b.is_ascii_graphic() && !b"\"\\".contains(&b));
    if !scopes.iter().all(is_scope) || !scopes.iter().any(|scope| scope == "openid") {
        return Err("its scopes do not contain openid, or are none".to_owned());
    }
    if entry.client_id.trim().is_empty() {
        return Err("its client_id is empty".to_owned());
    }
    let client_secret = match (entry.client_secret, entry.client_secret_file) {
        (Some(_), Some(_)) => return Err("it has both client_secret and client_secret_file".to_owned()),
        (secret, None) => secret,
        (None, Some(file)) => Some(read_secret(&file)?),
    };
    Ok(IdentityProvider {
        id: entry.id,
        preset,
        name: name.to_owned(),
        issuer,
        client_id: entry.client_id.trim().to_owned(),
        client_secret,
        scopes,
        for_issuers: entry.for_issuers,
        asks_again,
        client_authentication: entry.client_authentication.or(preset.usual_client_authentication()),
    })
}

/// Kept as it is written, since it is compared as it is (OpenID Connect Discovery 1.0 §4.3).
fn issuer(text: &str, preset: Preset) -> Result<&str, String> {
    let text = match text.strip_suffix(DISCOVERY) {
        Some(with_slash) if preset.ends_with_slash() == Some(true) => with_slash,
        Some(with_slash) => with_slash.strip_suffix('/').unwrap_or(with_slash),
        None => text,
    };
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "https" && url.query().is_none());
    let is_plain = url.is_some_and(|url| url.fragment().is_none() && url.username().is_empty());
    if is_plain { Ok(text) } else { Err(format!("issuer = \"{text}\" is no https address without a query")) }
}

fn read_secret(file: &Path) -> Result<Secret<String>, String> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| format!("client_secret_file {} cannot be read: {error}", file.display()))?;
    match text.trim() {
        "" => Err(format!("client_secret_file {} is empty", file.display())),
        secret => Ok(Secret::new(secret.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "[[provider]]\nid = \"g\"\npreset = \"google\"\nclient_id = \"c\"\n";

    #[test]
    fn the_example_can_be_read_but_for_its_files() {
        let inline = EXAMPLE.replace("client_secret_file", "client_secret");
        let providers = parse(&inline).unwrap();
        assert_eq!(providers.len(), 6);
        assert_eq!(
            (providers[0].name.as_str(), providers[0].issuer.as_str()),
            ("Google", "https://accounts.google.com")
        );
        assert_eq!(providers[5].issuer, "https://id.fernandfield.example/realms/shop");
        let issuers: Vec<&str> = providers[1..5].iter().map(|provider| provider.issuer.as_str()).collect();
        let expected = [
            "https://shopify.com/authentication/12345678",
            "https://fernandfield.example/",
            "https://fernandfield.eu.auth0.com/",
            "https://clerk.fernandfield.example",
        ];
        assert_eq!(issuers, expected, "as each of them writes it");
        let scopes: Vec<String> = providers.iter().map(|provider| provider.scopes.join(" ")).collect();
        let usual = "openid email";
        assert_eq!(scopes, [usual, usual, "openid profile", usual, usual, "openid email profile"]);
        let body = Some(ClientAuthentication::Body);
        let ways: Vec<_> = providers.iter().map(|provider| provider.client_authentication).collect();
        assert_eq!(ways, [None, None, body, body, None, None]);
        let asks: Vec<bool> = providers.iter().map(|provider| provider.asks_again).collect();
        assert_eq!(asks, [false, false, false, true, true, true]);
        assert!(
            providers[1].is_for("https://auth.fernandfield.example") && !providers[1].is_for("https://other.example")
        );
        assert!(providers[0].is_for("https://other.example"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_no_secret_is_quoted() {
        let wrong = |text: &str| parse(text).unwrap_err().reason;
        for (more, expected) in [
            ("issuer = \"http://accounts.example\"", "issuer = \"http://accounts.example\" is no https"),
            ("issuer = \"https://accounts.google.com/\"", "write \"https://accounts.google.com\""),
            ("domain = \"accounts.google.com\"", "domain = \"accounts.google.com\" is not for preset"),
            ("client_authentication = \"query\"", "unknown variant"),
            ("scopes = [\"email\"]", "openid"),
            ("client_secret = 4711", "no text"),
            ("client_secret = \"a\"\nclient_secret_file = \"b\"", "both"),
            ("client_secret_file = \"/nowhere/at/all\"", "cannot be read"),
            ("colour = \"red\"", "unknown field"),
            ("name = \"\"", "no name"),
        ] {
            let reason = wrong(&format!("{LEAST}{more}\n"));
            assert!(reason.contains(expected) && reason.contains("line ") && !reason.contains("4711"), "{reason}");
        }
        assert!(wrong(&format!("{LEAST}{LEAST}")).contains("two entries"));
        let wordpress = LEAST.replace("google", "wordpress").replace("client_id", "name = \"Shop\"\nclient_id");
        let asks = format!("{wordpress}domain = \"shop.example\"\nasks_again = true\n");
        assert!(wrong(&asks).contains("leave asks_again out"), "{}", wrong(&asks));
        assert!(wrong(&wordpress).contains("has no issuer: write domain"));
        assert!(wrong(&LEAST.replace("\"g\"", "\"../g\"")).contains("its id"));
        assert!(wrong(&LEAST.replace("google", "custom")).contains("no name"));
    }

    #[test]
    fn the_address_of_the_document_will_do_for_an_issuer_with_a_slash_too() {
        let auth0 = LEAST.replace("google", "auth0").replace("client_id", "name = \"Shop\"\nclient_id");
        let document = "issuer = \"https://x.auth0.com/.well-known/openid-configuration\"";
        assert_eq!(parse(&format!("{auth0}{document}\n")).unwrap()[0].issuer, "https://x.auth0.com/");
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let providers = parse(&format!("{LEAST}client_secret = \"hunter2\"\n")).unwrap();
        assert!(!format!("{providers:?}").contains("hunter2"));
    }
}
