//! The agent platforms that are known: which of them a client id is, and whether a client may use the name it gave itself.

use unicode_security::confusable_detection::skeleton;
use url::{Host, Url};

use super::client::Client;
use super::client_metadata::ClientMetadata;
use super::display_name::clean;
use crate::config::platforms::{Platform, built_in};

/// All of them, ready to be asked.
#[derive(Debug, Clone)]
pub struct Platforms {
    all: Vec<Platform>,
    /// What a look-alike of each name folds to, with the entry that it belongs to.
    names: Vec<(String, usize)>,
}

impl Default for Platforms {
    fn default() -> Self {
        Self::new(built_in())
    }
}

impl Platforms {
    pub fn new(all: Vec<Platform>) -> Self {
        let names = all.iter().enumerate();
        let names = names.flat_map(|(at, platform)| platform.names.iter().map(move |name| (fold(name), at))).collect();
        Self { all, names }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Platform> {
        self.all.iter()
    }

    /// D20: the platform whose document this is. Whoever holds the URL's host decides what is served there, so the id
    /// alone says who it is. A whole URL goes before a pattern.
    pub fn find_by_client_id(&self, client_id: &str) -> Option<&Platform> {
        let exactly = |platform: &&Platform| platform.client_ids.iter().any(|known| known == client_id);
        let by_pattern = |platform: &&Platform| platform.client_ids.iter().any(|known| matches(known, client_id));
        self.all.iter().find(exactly).or_else(|| self.all.iter().find(by_pattern))
    }

    /// The platform that a host belongs to.
    pub fn find_by_host(&self, host: &str) -> Option<&Platform> {
        self.all.iter().find(|platform| platform.hosts.iter().any(|own| is_within(host, own)))
    }

    /// The name to show, or `None` for an "unnamed program": it is the agent's own word, cut to what cannot mislead, and
    /// left out altogether when it could be taken for a known platform's that it does not come from. `host`: of the
    /// client's document, or of where the answer goes, if that is an https host.
    pub fn display_name(&self, name: Option<&str>, host: Option<&str>) -> Option<String> {
        let cleaned = clean(name?)?;
        let looks = looks_of(&cleaned);
        let is_borrowed = self.names.iter().any(|(name, at)| {
            let own = || self.all.get(*at).into_iter().flat_map(|platform| &platform.hosts);
            looks.iter().any(|look| look.contains(name))
                && !host.is_some_and(|host| own().any(|own| is_within(host, own)))
        });
        (!is_borrowed).then_some(cleaned)
    }

    /// The name of a client whose answer goes to `returns_to`, if that is an https host: that of a known platform by its
    /// document, else the client's own word.
    pub fn name_at(&self, client_id: &str, metadata: &ClientMetadata, returns_to: Option<&str>) -> Option<String> {
        if let Some(platform) = self.find_by_client_id(client_id) {
            return Some(platform.name.clone());
        }
        // A25: only the URL of a document begins with https, and its host decides what is in it.
        let own = https_host(client_id);
        self.display_name(metadata.client_name.as_deref(), own.as_deref().or(returns_to))
    }

    /// The name of a client, as lists may show it: only if it may use it wherever its answers go.
    pub fn shown_name(&self, client_id: &str, metadata: &ClientMetadata) -> Option<String> {
        let hosts: Vec<String> = metadata.redirect_uris.iter().filter_map(|uri| https_host(uri.as_str())).collect();
        let shown = self.name_at(client_id, metadata, hosts.first().map(String::as_str));
        shown.filter(|_| hosts.iter().all(|host| self.name_at(client_id, metadata, Some(host)).is_some()))
    }

    /// The name of a client, or of what it was merged into: for the console, where both are one agent.
    pub fn shown_name_of_client(&self, client: &Client) -> Option<String> {
        let client = client.successor.as_deref().unwrap_or(client);
        self.shown_name(client.id.as_str(), &client.metadata)
    }

    /// The same from the stored form.
    pub fn shown_name_of(&self, client_id: &str, metadata: Option<&str>) -> Option<String> {
        let metadata: ClientMetadata = serde_json::from_str(metadata?).ok()?;
        self.shown_name(client_id, &metadata)
    }
}

/// The host of an https URL, in lower case.
pub fn https_host(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "https")?;
    url.host().as_ref().map(Host::to_string)
}

/// What a reader in a hurry sees, read in lower case and as written: a capital I is an l only as written.
fn looks_of(name: &str) -> [String; 2] {
    [fold(&name.to_lowercase()), fold(&skeleton(name).collect::<String>().to_lowercase())]
}

/// Look-alikes of Unicode TR 39 made equal, gaps left out.
fn fold(text: &str) -> String {
    skeleton(text).filter(|c| c.is_alphanumeric()).collect()
}

fn is_within(host: &str, own: &str) -> bool {
    host == own || host.strip_suffix(own).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether `text` is `pattern` with one segment of letters, digits, `-` and `_` for its `{id}`.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once("{id}") else { return pattern == text };
    let segment = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    segment.is_some_and(|segment| (1..=100).contains(&segment.len()) && segment.bytes().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn display_name(name: &str, host: Option<&str>) -> Option<String> {
        Platforms::default().display_name(Some(name), host)
    }

    #[test]
    fn a_borrowed_name_is_no_name() {
        for borrowed in ["ChatGPT", "Сlaude", "C1aude", "CIaude", "c l a u d e", "The real ChatGPT app", "ＯpenAI"] {
            assert_eq!(display_name(borrowed, Some("evil.example")), None, "{borrowed}");
            assert_eq!(display_name(borrowed, None), None, "{borrowed}");
        }
        assert_eq!(display_name("ChatGPT", Some("notchatgpt.com")), None);
    }

    #[test]
    fn a_platform_keeps_its_own_name() {
        assert_eq!(display_name("ChatGPT", Some("chatgpt.com")).as_deref(), Some("ChatGPT"));
        assert_eq!(display_name("Claude", Some("api.claude.ai")).as_deref(), Some("Claude"));
        assert_eq!(display_name("Claude Code", Some("claude.ai")).as_deref(), Some("Claude Code"));
        assert_eq!(display_name("Visual Studio Code", Some("vscode.dev")).as_deref(), Some("Visual Studio Code"));
        assert_eq!(display_name("Tea Finder", None).as_deref(), Some("Tea Finder"));
    }

    #[test]
    fn every_built_in_platform_may_use_its_own_name_at_its_own_hosts() {
        for platform in Platforms::default().iter() {
            for host in &platform.hosts {
                assert_eq!(display_name(&platform.name, Some(host)).as_deref(), Some(&*platform.name), "{host}");
            }
        }
    }

    #[test]
    fn a_document_of_a_known_platform_is_recognised_by_its_whole_url() {
        let platforms = Platforms::default();
        let name = |id: &str| platforms.find_by_client_id(id).map(|platform| platform.id.as_str());
        assert_eq!(name("https://chatgpt.com/oauth/client.json"), Some("chatgpt"));
        assert_eq!(name("https://chatgpt.com/oauth/abc123_-X/client.json"), Some("chatgpt"));
        assert_eq!(name("https://chatgpt.com/oauth/codex/client.json"), Some("codex"), "a whole URL goes first");
        assert_eq!(name("https://claude.ai/oauth/claude-code-client-metadata"), Some("claude-code"));
        for other in [
            "https://chatgpt.com/oauth//client.json",
            "https://chatgpt.com/oauth/a/b/client.json",
            "https://chatgpt.com/oauth/a%2fb/client.json",
            "https://chatgpt.com/oauth/../client.json",
            "https://chatgpt.com.evil.example/oauth/client.json",
            "https://chatgpt.com/oauth/client.json?x",
            "http://chatgpt.com/oauth/client.json",
            "c1_chatgpt",
        ] {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
