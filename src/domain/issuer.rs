//! One isolated authorization server: a store in one environment, with a URL of its own.
//!
//! [`find`] is the one function that says which issuer a request is for.

use std::fmt;
use std::str::FromStr;

use url::Url;

use super::{IssuerId, StoreId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    Live,
    Sandbox,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an environment is `live` or `sandbox`")]
pub struct UnknownEnvironment;

impl Environment {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Sandbox => "sandbox",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(text: &str) -> Result<Self, UnknownEnvironment> {
        match text {
            "live" => Ok(Self::Live),
            "sandbox" => Ok(Self::Sandbox),
            _ => Err(UnknownEnvironment),
        }
    }
}

/// The issuer string, as everybody compares it: character for character, without a trailing slash (A11, A12).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IssuerUrl {
    text: String,
    authority: String,
    /// Empty, or `/sandbox`.
    path: String,
    is_https: bool,
    is_loopback: bool,
    is_named: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIssuerUrl {
    #[error("it is no absolute http or https URL")]
    NotHttp,
    #[error("it has a query, a fragment, or user information")]
    HasExtras,
    #[error("it ends with a slash or is not in its normal form; write {0}")]
    NotNormal(String),
}

impl FromStr for IssuerUrl {
    type Err = InvalidIssuerUrl;

    /// RFC 8414 §2: no query and no fragment. A12: no trailing slash, one spelling.
    fn from_str(text: &str) -> Result<Self, InvalidIssuerUrl> {
        let url = Url::parse(text).map_err(|_no_url: url::ParseError| InvalidIssuerUrl::NotHttp)?;
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(InvalidIssuerUrl::NotHttp),
        };
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidIssuerUrl::HasExtras);
        }
        let normal = url.as_str().trim_end_matches('/');
        if normal != text {
            return Err(InvalidIssuerUrl::NotNormal(normal.to_owned()));
        }
        Ok(Self {
            text: text.to_owned(),
            authority: url.authority().to_owned(),
            path: url.path().trim_end_matches('/').to_owned(),
            is_https,
            is_loopback: super::network::is_loopback_host(&url),
            is_named: url.domain().is_some(),
        })
    }
}

impl IssuerUrl {
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// Host, with the port where it is not the scheme's own, as in a `Host` header.
    pub fn authority(&self) -> &str {
        &self.authority
    }
    /// Empty for an issuer at the root; else with a leading and no trailing slash.
    pub fn path(&self) -> &str {
        &self.path
    }
    pub fn is_https(&self) -> bool {
        self.is_https
    }
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
    /// Its host is a name and no address.
    pub fn is_named(&self) -> bool {
        self.is_named
    }
    /// An address of this issuer; `path` begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    pub id: IssuerId,
    pub store_id: StoreId,
    pub environment: Environment,
    pub url: IssuerUrl,
}

/// The issuer that `authority` and `path` address, with the rest of the path: the longest path prefix on whole segments
/// among those of that host (design §1).
pub fn find<'a, 'p, I>(
    issuers: impl Iterator<Item = (&'a I, &'a IssuerUrl)>,
    authority: &str,
    path: &'p str,
) -> Option<(&'a I, &'p str)> {
    issuers
        .filter(|(_, url)| url.authority.eq_ignore_ascii_case(authority))
        .filter_map(|(issuer, url)| Some((issuer, url, rest_of(path, &url.path)?)))
        .max_by_key(|(_, url, _)| url.path.len())
        .map(|(issuer, _, rest)| (issuer, rest))
}

/// What follows `prefix` in `path`, if it is a prefix on whole segments.
fn rest_of<'p>(path: &'p str, prefix: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Option<(String, String)> {
        let urls: Vec<IssuerUrl> =
            ["https://a.example", "https://a.example/sandbox"].iter().map(|u| u.parse().unwrap()).collect();
        find(urls.iter().map(|u| (u, u)), "A.example", path).map(|(i, rest)| (i.to_string(), rest.to_owned()))
    }

    #[test]
    fn the_longest_prefix_on_whole_segments_wins() {
        assert_eq!(found("/sandbox/token"), Some(("https://a.example/sandbox".into(), "/token".into())));
        assert_eq!(found("/sandbox"), Some(("https://a.example/sandbox".into(), String::new())));
        assert_eq!(found("/sandboxes"), Some(("https://a.example".into(), "/sandboxes".into())));
        assert_eq!(found("/token"), Some(("https://a.example".into(), "/token".into())));
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        let is_named = |url: &str| url.parse::<IssuerUrl>().unwrap().is_named();
        assert_eq!(["https://a.example/x", "http://localhost:8080"].map(is_named), [true; 2]);
        assert_eq!(["http://127.0.0.1:8080", "http://[::1]:8080"].map(is_named), [false; 2]);
    }

    #[test]
    fn an_issuer_has_one_spelling() {
        for wrong in [
            "https://a.example/",
            "https://A.example",
            "https://a.example:443",
            "https://a.example/x/",
            "ftp://a",
            "https://a.example?x",
        ] {
            assert!(wrong.parse::<IssuerUrl>().is_err(), "{wrong}");
        }
        assert!("http://localhost:8080/sandbox".parse::<IssuerUrl>().unwrap().is_loopback());
    }
}
