//! `[registration]`: what anonymous callers may write by RFC 7591, and how much of it (design, decision 2).

use std::time::Duration;

use url::Url;

use super::parse::{boolean, lifetime, list, number, size, text};
use super::platforms::Platform;
use super::problem::Wrong;
use super::section::section;
use super::source::Raw;

section! {
    /// How agents introduce themselves: by registering (RFC 7591), or by a description of their own.
    Registration "registration" {
        /// Whether agents may register themselves.
        enabled: bool = "true", boolean;
        /// Whether agents may come with the address of their own description as client id (Client ID Metadata Documents).
        client_documents: bool = "true", boolean;
        /// Registered clients of one issuer. At the cap the oldest unused one of the busiest source gives way.
        max_clients: usize = "100000", number(1);
        /// The largest registration request.
        max_body: usize = "16KiB", size;
        /// Redirect URIs of one client.
        max_redirect_uris: usize = "10", number(1);
        /// Registrations a minute from one source, and as many first looks at descriptions.
        rate_per_minute: u32 = "30", number(1);
        /// When a client that nobody ever consented to is forgotten.
        unused_lifetime: Duration = "30d", lifetime;
        /// Redirect URIs with a private-use scheme that clients may register, complete and exact; "known" stands for
        /// the list of known agents that is built in.
        private_use_uris: Vec<String> = "known", private_use_uris;
        /// Whose software statements count (RFC 7591 §2.3): the `iss` of each and the address of its keys, with a space
        /// between.
        software_statement_issuers: Vec<StatementIssuer> = "", list(statement_issuer);
    }
}

/// Somebody whose word about an agent's metadata is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementIssuer {
    pub issuer: String,
    pub jwks_uri: String,
}

fn statement_issuer(raw: &Raw) -> Result<StatementIssuer, Wrong> {
    let wrong = || {
        let remedy = "Write https://directory.example https://directory.example/jwks.";
        Wrong::new("holds something other than an issuer and the https address of its keys.", remedy)
    };
    let pair = text(raw)?;
    let (issuer, jwks_uri) = pair.split_once(' ').ok_or_else(wrong)?;
    let jwks_uri = Url::parse(jwks_uri.trim()).ok().filter(|url| url.scheme() == "https").ok_or_else(wrong)?;
    Ok(StatementIssuer { issuer: issuer.to_owned(), jwks_uri: jwks_uri.to_string() })
}

/// The word that stands for the private-use redirect URIs of all known platforms.
const KNOWN: &str = "known";

fn private_use_uris(raw: &Raw) -> Result<Vec<String>, Wrong> {
    raw.items().into_iter().map(|item| if item == KNOWN { Ok(item) } else { private_use_uri(&item) }).collect()
}

impl Registration {
    /// Puts what the known platforms register in the place of the word "known" (H4).
    pub(super) fn spell_out(&mut self, platforms: &[Platform]) {
        let of_platforms = || platforms.iter().flat_map(Platform::private_use_uris).map(str::to_owned);
        let written = std::mem::take(&mut self.private_use_uris);
        for uri in written {
            if uri == KNOWN { self.private_use_uris.extend(of_platforms()) } else { self.private_use_uris.push(uri) }
        }
    }
}

/// Schemes that a browser, or the device around it, acts on by itself.
const ACTED_ON: [&str; 19] = [
    "http",
    "https",
    "javascript",
    "data",
    "file",
    "filesystem",
    "blob",
    "about",
    "vbscript",
    "ws",
    "wss",
    "ftp",
    "view-source",
    "chrome",
    "intent",
    "mailto",
    "tel",
    "sms",
    "content",
];

/// A31: complete URIs only, and never of a scheme that a browser itself acts on.
///
/// # Errors
/// Says what is wrong and what would be accepted.
pub fn private_use_uri(item: &str) -> Result<String, Wrong> {
    let item = text(&Raw::One(item.to_owned()))?;
    let remedy = "Write a complete URI such as cursor://anysphere.cursor-mcp/oauth/callback.";
    let parsed = Url::parse(&item).map_err(|_not_a_uri| Wrong::new("holds something that is not a URI.", remedy))?;
    if ACTED_ON.contains(&parsed.scheme()) || parsed.fragment().is_some() || item.contains('*') {
        return Err(Wrong::new("holds a URI that is no private-use redirect.", remedy));
    }
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Loader;

    #[test]
    fn every_known_uri_would_be_accepted_from_an_operator() {
        let folder = tempfile::tempdir().unwrap();
        let config = Loader::isolated(&[])
            .development(folder.path(), std::array::from_fn(|i| u8::try_from(i).unwrap()))
            .unwrap()
            .load()
            .unwrap();
        let uris = config.registration.private_use_uris;
        assert!(uris.iter().any(|uri| uri == "cursor://anysphere.cursor-mcp/oauth/callback"), "H4");
        for uri in uris {
            assert_eq!(private_use_uri(&uri), Ok(uri.clone()));
        }
    }

    #[test]
    fn whose_statements_count_is_said_with_where_its_keys_are() {
        let read = |text: &str| statement_issuer(&Raw::One(text.to_owned()));
        let known = read("https://directory.example https://directory.example/jwks").unwrap();
        assert_eq!(
            (known.issuer.as_str(), known.jwks_uri.as_str()),
            ("https://directory.example", "https://directory.example/jwks")
        );
        for wrong in ["https://directory.example", "directory http://directory.example/jwks", "a b", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn schemes_that_a_browser_acts_on_are_refused() {
        for uri in [
            "javascript:alert(1)",
            "https://a.example/",
            "data:text/html,x",
            "app://*",
            "app://x#y",
            "nothing",
            "intent://x",
            "JavaScript:x",
        ] {
            assert!(private_use_uri(uri).is_err(), "{uri}");
        }
    }
}
