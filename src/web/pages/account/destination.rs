//! Where an answer goes, as pages show it (A38, D15).

use super::super::ReturnsTo;
use crate::domain::redirect_uri::{RedirectUri, VerifiedRedirectUri};

/// Where the answer goes, with text of its own for the view to borrow.
pub(super) enum Destination {
    Host(String),
    Loopback(String),
    App(String),
}

impl Destination {
    /// Of a redirect URI that was verified at its consent, and kept since.
    pub(super) fn of_kept(text: &str) -> Self {
        let kept = RedirectUri::parse(text, &[text.to_owned()]).ok();
        let verified = kept.and_then(|kept| VerifiedRedirectUri::verify(Some(text), &[kept]));
        verified.map_or_else(|| Self::App(text.to_owned()), |uri| Self::of(&uri))
    }

    pub(super) fn of(uri: &VerifiedRedirectUri) -> Self {
        let host = uri.display_host();
        match host.strip_suffix(':') {
            Some(scheme) => Self::App(scheme.to_owned()),
            None if uri.is_local() => Self::Loopback(host),
            None => Self::Host(host),
        }
    }

    pub(super) fn https_host(&self) -> Option<&str> {
        match self {
            Self::Host(host) => Some(host),
            Self::Loopback(_) | Self::App(_) => None,
        }
    }

    pub(super) fn shown(&self) -> ReturnsTo<'_> {
        match self {
            Self::Host(host) => ReturnsTo::Host(host),
            Self::Loopback(host) => ReturnsTo::Loopback(host),
            Self::App(scheme) => ReturnsTo::App(scheme),
        }
    }
}
