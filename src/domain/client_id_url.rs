//! A client id that is the address of the client's own description (D1): checked as it was written, before any library
//! makes another spelling of it, since everybody compares it character for character.

use std::fmt;

use url::Url;

/// The address of a Client ID Metadata Document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientIdUrl {
    text: String,
    host: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClientIdUrl {
    #[error("the client_id is longer than 500 characters or has characters that no URL has")]
    Malformed,
    #[error("the client_id has no path")]
    NoPath,
    #[error("the client_id has a dot segment in its path")]
    DotSegment,
    #[error("the client_id has a fragment")]
    Fragment,
    #[error("the client_id has a user name or password")]
    UserInfo,
    #[error("the client_id is not in its one normal spelling")]
    OtherSpelling,
}

/// It is a key of rows: a longer one serves nobody.
const LONGEST: usize = 500;

impl ClientIdUrl {
    /// Whether `client_id` claims to be an address: then it is one or nothing. Ids that we make never begin so (A25).
    pub fn is_meant(client_id: &str) -> bool {
        client_id.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
    }

    /// draft-ietf-oauth-client-id-metadata-document-00 §3.
    pub fn parse(text: &str) -> Result<Self, InvalidClientIdUrl> {
        if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte))
        {
            return Err(InvalidClientIdUrl::Malformed);
        }
        if text.contains('#') {
            return Err(InvalidClientIdUrl::Fragment);
        }
        let rest = text.strip_prefix("https://").ok_or(InvalidClientIdUrl::OtherSpelling)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path_and_query) = rest.split_at_checked(end).ok_or(InvalidClientIdUrl::Malformed)?;
        if authority.contains('@') {
            return Err(InvalidClientIdUrl::UserInfo);
        }
        let path = path_and_query.split('?').next().unwrap_or_default();
        // A path of its own: the root of a host is a site, not a description.
        if path.len() < 2 {
            return Err(InvalidClientIdUrl::NoPath);
        }
        if path.split('/').any(is_dot_segment) {
            return Err(InvalidClientIdUrl::DotSegment);
        }
        let url = Url::parse(text).map_err(|_no_url: url::ParseError| InvalidClientIdUrl::Malformed)?;
        // What is fetched is what was written: no default port, no capital in the host, nothing that a parser mends.
        match url.host_str() {
            Some(host) if url.as_str() == text && !host.is_empty() => {
                Ok(Self { text: text.to_owned(), host: host.to_owned() })
            }
            _ => Err(InvalidClientIdUrl::OtherSpelling),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What a shopper is shown as the agent's identity (D15).
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for ClientIdUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `.` and `..`, also as parsers decode them (WHATWG URL: single-dot and double-dot path segments).
fn is_dot_segment(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_real_agents_are_client_ids() {
        for id in [
            "https://chatgpt.com/oauth/client.json",
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://vscode.dev/oauth/client-metadata.json",
            "https://localhost:8443/agent/client.json",
            "https://agent.example/a?v=1",
        ] {
            assert_eq!(ClientIdUrl::parse(id).map(|url| url.as_str().to_owned()), Ok(id.to_owned()));
        }
    }

    #[test]
    fn an_id_is_judged_as_it_was_written() {
        use InvalidClientIdUrl::{DotSegment, Fragment, Malformed, NoPath, OtherSpelling, UserInfo};
        for (id, why) in [
            ("https://agent.example", NoPath),
            ("https://agent.example/", NoPath),
            ("https://agent.example?x=/y", NoPath),
            ("https://agent.example/a/../b", DotSegment),
            ("https://agent.example/./b", DotSegment),
            ("https://agent.example/a/%2e%2E/b", DotSegment),
            ("https://agent.example/a/.%2e", DotSegment),
            ("https://agent.example/a#b", Fragment),
            ("https://user@agent.example/a", UserInfo),
            ("https://user:pass@agent.example/a", UserInfo),
            ("https://agent.example\\@evil.example/a", Malformed),
            ("https://agent.example/a b", Malformed),
            ("https://agent.example/\u{fc}", Malformed),
            ("https://Agent.example/a", OtherSpelling),
            ("https://agent.example:443/a", OtherSpelling),
            ("HTTPS://agent.example/a", OtherSpelling),
            ("https:///agent.example/a", NoPath),
            ("https://2130706433/a", OtherSpelling),
            ("https://0x7f.1/a", OtherSpelling),
        ] {
            assert!(ClientIdUrl::is_meant(id), "{id}");
            let parsed = ClientIdUrl::parse(id);
            assert!(parsed.is_err(), "{id}");
            if id != "https:///agent.example/a" {
                assert_eq!(parsed, Err(why), "{id}");
            }
        }
        assert!(ClientIdUrl::parse(&format!("https://agent.example/{}", "a".repeat(500))).is_err());
        assert!(!ClientIdUrl::is_meant("c1_abc") && !ClientIdUrl::is_meant("http://agent.example/a"));
    }
}
