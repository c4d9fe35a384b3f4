//! The frame of every page: language, store, environment, who is signed in, and one notice.

use crate::domain::Money;
use crate::locale::{Argument, Direction, Locale};

use super::{CsrfToken, assets};

/// What the frame shows. A field of every view.
#[derive(Debug, Clone)]
pub struct Layout<'a> {
    pub locale: &'static Locale,
    /// The store's name.
    pub store: &'a str,
    /// The path of the issuer: empty for live, `/sandbox` for sandbox. Links and forms begin with it.
    pub base: &'a str,
    pub is_sandbox: bool,
    pub viewer: Option<Viewer<'a>>,
    pub notice: Option<Notice>,
    pub links: Links<'a>,
    /// The same page in the other languages.
    pub languages: Vec<Translation>,
}

/// The way to this page in another language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// BCP 47.
    pub tag: &'static str,
    /// The language's name for itself.
    pub name: String,
    /// Relative to this page.
    pub address: String,
}

/// Who is signed in, and how to sign out.
#[derive(Debug, Clone)]
pub struct Viewer<'a> {
    /// The e-mail address.
    pub name: &'a str,
    /// For the form that signs out, which is on every page.
    pub csrf: CsrfToken,
}

/// The store's own pages, where it has them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Links<'a> {
    pub privacy: Option<&'a str>,
    pub terms: Option<&'a str>,
}

/// One sentence about what just happened, announced by screen readers (WCAG 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    Done(String),
    Refused(String),
}

impl Layout<'_> {
    /// See [`Locale::t`].
    pub fn t(&self, key: &str) -> String {
        self.locale.t(key)
    }

    /// See [`Locale::t1`].
    pub fn t1(&self, key: &str, value: &(&str, impl Argument)) -> String {
        self.locale.t1(key, value)
    }

    /// See [`Locale::t2`].
    pub fn t2(&self, key: &str, first: &(&str, impl Argument), second: &(&str, impl Argument)) -> String {
        self.locale.t2(key, first, second)
    }

    /// See [`Locale::attribute`].
    pub fn attribute(&self, key: &str, name: &str) -> String {
        self.locale.attribute(key, name)
    }

    /// See [`Locale::money`].
    pub fn money(&self, money: &Money) -> String {
        self.locale.money(*money)
    }

    pub const fn language(&self) -> &'static str {
        self.locale.tag()
    }

    pub const fn direction(&self) -> &'static str {
        Direction::as_str(self.locale.direction())
    }

    pub fn stylesheet(&self) -> &'static str {
        assets::stylesheet().path()
    }

    /// For the pages that offer passkeys.
    pub fn passkey_script(&self) -> &'static str {
        assets::passkeys().path()
    }

    pub fn mark(&self) -> &'static str {
        assets::mark().path()
    }

    /// The value of the console's `environment` parameter.
    pub const fn environment(&self) -> &'static str {
        if self.is_sandbox { "sandbox" } else { "live" }
    }
}
