//! Where codes may go: redirect URIs as they are registered, and the one of a request, verified against them.

use serde::{Deserialize, Serialize};
use url::Url;

use super::network::is_loopback_host;

/// A redirect URI that a client may register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirectUri {
    #[error("it is no absolute URI")]
    NotAbsolute,
    #[error("it is longer than 2000 characters or has characters that no URI has")]
    Malformed,
    #[error("it has a fragment")]
    Fragment,
    #[error("it has a user name or password")]
    UserInfo,
    #[error("http is only for loopback addresses; use https")]
    PlainHttp,
    #[error("this private-use scheme is not on the store's list of known redirect URIs")]
    PrivateUse,
}

impl RedirectUri {
    /// A31: https or loopback; a private-use URI only if it is, as a whole, on the operator's list (H4).
    pub fn parse(text: &str, known_private_use: &[String]) -> Result<Self, InvalidRedirectUri> {
        // The raw text is what gets compared and sent to browsers, so nothing in it may be read in two ways.
        if text.len() > 2000 || !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte)) {
            return Err(InvalidRedirectUri::Malformed);
        }
        let url = Url::parse(text).map_err(|_no_url: url::ParseError| InvalidRedirectUri::NotAbsolute)?;
        // RFC 6749 §3.1.2: no fragment.
        if text.contains('#') {
            return Err(InvalidRedirectUri::Fragment);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidRedirectUri::UserInfo);
        }
        match url.scheme() {
            "https" | "http" if !text.contains("://") => Err(InvalidRedirectUri::Malformed),
            "https" => Ok(Self(text.to_owned())),
            "http" if is_loopback_host(&url) => Ok(Self(text.to_owned())),
            "http" => Err(InvalidRedirectUri::PlainHttp),
            _ if known_private_use.iter().any(|known| known == text) => Ok(Self(text.to_owned())),
            _ => Err(InvalidRedirectUri::PrivateUse),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// RFC 8252 §7.3: on an http loopback address any port will do, as the client picks it at run time. Everything else is
    /// compared character for character (A30): `localhost` never stands for `127.0.0.1` (H1).
    fn admits(&self, requested: &str) -> bool {
        self.0 == requested
            || without_loopback_port(&self.0)
                .zip(without_loopback_port(requested))
                .is_some_and(|(registered, requested)| registered == requested)
    }

    /// The same URI with a loopback port left out, which is how registrations are compared (decision 2).
    #[must_use]
    pub fn without_port(&self) -> Self {
        without_loopback_port(&self.0).map_or_else(|| self.clone(), Self)
    }
}

/// `http://localhost/callback` for `http://localhost:5000/callback`; `None` for anything but plain loopback URIs.
fn without_loopback_port(text: &str) -> Option<String> {
    let rest = text.strip_prefix("http://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]").then(|| format!("http://{host}{path}"))
}

/// The redirect URI of a request, found in the client's list. The only thing a redirect can be built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VerifiedRedirectUri(String);

impl VerifiedRedirectUri {
    /// A30: exact comparison with the client's list. RFC 6749 §3.1.2.3: it may be left out if there is just one, and that one
    /// needs no port.
    pub fn verify(requested: Option<&str>, registered: &[RedirectUri]) -> Option<Self> {
        match (requested, registered) {
            (Some(requested), registered) => {
                let is_plain = RedirectUri::parse(requested, &[requested.to_owned()]).is_ok();
                (is_plain && registered.iter().any(|uri| uri.admits(requested))).then(|| Self(requested.to_owned()))
            }
            (None, [only]) => Some(Self(only.0.clone())),
            (None, _) => None,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host to show to the shopper (A38, D15), or the scheme of a private-use URI.
    pub fn display_host(&self) -> String {
        let Ok(url) = Url::parse(&self.0) else { return self.0.clone() };
        match url.scheme() {
            "http" | "https" => url.host_str().unwrap_or_default().to_owned(),
            scheme => format!("{scheme}:"),
        }
    }

    /// See [`is_local`].
    pub fn is_local(&self) -> bool {
        is_local(&self.0)
    }

    /// The URI with `parameters` added to its query. RFC 6749 §4.1.2: an existing query stays.
    pub fn with_parameters(&self, parameters: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        let separator = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{separator}{}", self.0, query.finish())
    }
}

/// Whether the code goes to a program on the shopper's own computer, which nobody has vouched for (D19).
pub fn is_local(redirect_uri: &str) -> bool {
    Url::parse(redirect_uri).map_or(true, |url| is_loopback_host(&url) || !matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(uris: &[&str]) -> Vec<RedirectUri> {
        uris.iter().map(|uri| RedirectUri::parse(uri, &["cursor://known/cb".into()]).unwrap()).collect()
    }

    #[test]
    fn only_the_port_of_a_loopback_address_may_differ() {
        let list = registered(&["http://localhost/callback", "http://127.0.0.1:33418/", "https://a.example/cb?x=1"]);
        for right in
            ["http://localhost:5123/callback", "http://127.0.0.1:1/", "http://127.0.0.1/", "https://a.example/cb?x=1"]
        {
            assert!(VerifiedRedirectUri::verify(Some(right), &list).is_some(), "{right}");
        }
        for wrong in [
            "http://localhost:5123/callback/",
            "http://127.0.0.1:5123/callback",
            "http://localhost:5123@evil.example/callback",
            "http://localhost:5123.evil.example/callback",
            "http://localhost.evil.example/callback",
            "https://localhost/callback",
            "https://a.example/cb",
            "https://a.example/cb?x=1&y=2",
            "https://a.example:8443/cb?x=1",
            "https://A.example/cb?x=1",
            "https://a.example/x/../cb?x=1",
            "https://a.example/cb?x=1#f",
            "https://a.example\\@evil.example/cb?x=1",
            "javascript:alert(1)",
        ] {
            assert!(VerifiedRedirectUri::verify(Some(wrong), &list).is_none(), "{wrong}");
        }
    }

    #[test]
    fn dangerous_and_unknown_schemes_cannot_be_registered() {
        for wrong in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "http://evil.example/cb",
            "https://a.example/cb#x",
            "https://user:pw@a.example/cb",
            "https:a.example",
            "other://known/cb",
            "/relative",
            "https://a.example/\n",
            "https://a.example/ü",
        ] {
            assert!(RedirectUri::parse(wrong, &["cursor://known/cb".into()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_existing_query_stays_and_values_are_encoded() {
        let uri = VerifiedRedirectUri::verify(None, &registered(&["https://a.example/cb?x=1"])).unwrap();
        assert_eq!(uri.with_parameters(&[("state", "a b&c")]), "https://a.example/cb?x=1&state=a+b%26c");
    }

    #[test]
    fn a_private_use_uri_shows_its_scheme() {
        let uri = VerifiedRedirectUri::verify(Some("cursor://known/cb"), &registered(&["cursor://known/cb"])).unwrap();
        assert_eq!(uri.display_host(), "cursor:");
        assert!(uri.is_local());
    }
}
