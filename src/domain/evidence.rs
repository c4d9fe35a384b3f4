//! Why something was refused: the one check that failed, what it expected and what it found. Kept with the reference id that
//! the caller was given, for `tillgate why` and the console; the caller sees none of it.
//!
//! A refusal cannot be made without it: `Check::RedirectUri.found(expected, presented)`. What is secret goes in as
//! [`Shown::hidden`]; everything else is cleaned of secrets, addresses and control characters on the way (S2-36, C-9).

mod check;
mod masking;

pub use check::Check;

use std::fmt;

use chrono::DateTime;

use super::Timestamp;

/// The failed check and both compared values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub check: Check,
    pub expected: Shown,
    pub presented: Shown,
}

impl Check {
    /// What this check expected, and what it found instead.
    pub fn found(self, expected: impl Into<Shown>, presented: impl Into<Shown>) -> Evidence {
        Evidence { check: self, expected: expected.into(), presented: presented.into() }
    }

    /// For what nothing was sent.
    pub fn missing(self, expected: impl Into<Shown>) -> Evidence {
        self.found(expected, Shown::NOTHING)
    }
}

/// A value that may be stored and shown: no secret, no e-mail or network address, no control character, at most
/// [`Shown::LONGEST`] characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(std::borrow::Cow<'static, str>);

impl Shown {
    /// In characters.
    pub const LONGEST: usize = 300;
    /// Where nothing was sent.
    pub const NOTHING: Self = Self(std::borrow::Cow::Borrowed("nothing"));

    /// A code, token, verifier, assertion or client secret: its length, and the prefix that all of its kind have. For what
    /// people type, not even that: say `"another"`.
    pub fn hidden(secret: &str) -> Self {
        Self(masking::hidden(secret).into())
    }

    /// Those of a list that are most like `presented` first, since the rest may be cut.
    pub fn nearest_of<'a>(list: impl IntoIterator<Item = &'a str>, presented: &str) -> Self {
        let alike = |text: &str| text.chars().zip(presented.chars()).take_while(|(one, other)| one == other).count();
        let mut list: Vec<&str> = list.into_iter().collect();
        list.sort_by_key(|text| std::cmp::Reverse(alike(text)));
        if list.is_empty() { Self::from("none") } else { Self::from(list.join(", ")) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::NOTHING } else { Self(masking::clean(text, Self::LONGEST).into()) }
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// What may have been left out.
impl From<Option<&str>> for Shown {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::NOTHING, Self::from)
    }
}

impl From<Timestamp> for Shown {
    fn from(at: Timestamp) -> Self {
        let utc = DateTime::from_timestamp_micros(at.as_micros()).unwrap_or_default();
        Self(utc.format("%Y-%m-%d %H:%M:%S UTC").to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cleaned_whichever_way_they_come_in() {
        let evidence =
            Check::RedirectUri.found("https://a.example/cb".to_owned(), "https://b.example/\ncb?code=tgc_abc");
        assert_eq!(evidence.expected.as_str(), "https://a.example/cb");
        assert_eq!(
            evidence.presented.as_str(),
            "https://b.example/\u{fffd}cb?code=[hidden, 7 characters, begins tgc_…]"
        );
        assert_eq!(Check::PkceChallenge.missing("a code_challenge").presented.as_str(), "nothing");
        assert_eq!(Shown::hidden(&"v".repeat(43)).as_str(), "[hidden, 43 characters]");
        assert_eq!(Shown::from("x".repeat(1000)).as_str().chars().count(), Shown::LONGEST);
    }

    #[test]
    fn what_is_most_like_the_presented_value_is_named_first() {
        let list = ["https://b.example/1", "https://a.example/cb", "https://a.example/callback"];
        let nearest = Shown::nearest_of(list, "https://a.example/call");
        assert_eq!(nearest.as_str(), "https://a.example/callback, https://a.example/cb, https://b.example/1");
        assert_eq!(Shown::nearest_of([], "x").as_str(), "none");
    }
}
