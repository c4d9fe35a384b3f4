//! Every text that people see, by key, from the Fluent files under `locales/`. A leaf: any layer may use it.
//!
//! A page or a mail takes a [`Locale`] and asks it for texts; nobody writes a sentence in Rust or HTML. A key
//! that does not exist fails in debug builds and shows itself in release builds.
//!
//! To add a language: a folder of the same files beside `locales/en`, a line in [`LOCALES`], and the tests say what is missing.

mod argument;
mod mail;
mod moment;
mod money;
#[cfg(any(test, debug_assertions))]
mod pseudo;

use std::fmt;
use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use sha2::{Digest, Sha256};

pub use argument::{Argument, Foreign};
pub use mail::MailText;
pub use moment::{Moment, lately};

/// The sources of one locale: file name and text. `consent` and `scopes` are what a shopper agrees to.
type Sources = &'static [(&'static str, &'static str)];

/// Every language has these files.
macro_rules! sources {
    ($tag:literal: $($file:literal)*) => {
        &[$(($file, include_str!(concat!("../../locales/", $tag, "/", $file, ".ftl")))),*]
    };
    ($tag:literal) => {
        sources!($tag: "common" "account" "sign_in" "consent" "scopes" "console" "registration" "agents" "data" "purchases"
            "limits" "doctor" "errors" "mail" "why")
    };
}

const ENGLISH: Sources = sources!("en");
const GERMAN: Sources = sources!("de");

static LOCALES: LazyLock<[Locale; 2]> = LazyLock::new(|| {
    let left_to_right = |tag, sources, signs| Locale::read((tag, Direction::LeftToRight), signs, sources);
    [left_to_right("en", ENGLISH, Signs::ENGLISH), left_to_right("de", GERMAN, Signs { decimal: ',', group: '.' })]
});

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Signs {
    decimal: char,
    group: char,
}

impl Signs {
    const ENGLISH: Self = Self { decimal: '.', group: ',' };
}

/// Which way the script runs: the `dir` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// One language's texts.
pub struct Locale {
    tag: &'static str,
    direction: Direction,
    signs: Signs,
    bundle: FluentBundle<FluentResource>,
    consent_text_version: String,
    #[cfg(test)]
    keys: Vec<String>,
}

impl Locale {
    /// The first locale that we have of those wanted, in the order given; English if there is none. Tags are
    /// BCP 47, as in `ui_locales` (OpenID Connect Core §3.1.2.1) and `Accept-Language`.
    pub fn negotiate<'t>(wanted: impl IntoIterator<Item = &'t str>) -> &'static Self {
        wanted.into_iter().find_map(Self::find).unwrap_or_else(Self::english)
    }

    pub fn english() -> &'static Self {
        let [english, ..] = &*LOCALES;
        english
    }

    /// The languages that pages are written in.
    pub fn all() -> &'static [Self] {
        &*LOCALES
    }

    /// By exact tag, else by language alone: `en-GB` finds `en` (RFC 4647 §3.4).
    pub fn find(tag: &str) -> Option<&'static Self> {
        let language = tag.split('-').next().unwrap_or(tag);
        let by = |wanted: &str| LOCALES.iter().find(|locale| locale.tag.eq_ignore_ascii_case(wanted));
        by(tag).or_else(|| by(language))
    }

    fn read((tag, direction): (&'static str, Direction), signs: Signs, sources: Sources) -> Self {
        let languages = tag.parse().map(|language| vec![language]).unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(languages);
        // Fluent would isolate every placeable; here only what strangers wrote is, by `Foreign`.
        bundle.set_use_isolating(false);
        let mut version = Sha256::new();
        #[cfg(test)]
        let mut keys = Vec::new();
        for (name, source) in sources {
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, errors)| {
                debug_assert!(errors.is_empty(), "locales/{tag}/{name}.ftl: {errors:?}");
                resource
            });
            let added = bundle.add_resource(resource);
            debug_assert!(added.is_ok(), "locales/{tag}/{name}.ftl: {added:?}");
            if matches!(*name, "consent" | "scopes") {
                for line in meaningful_lines(source) {
                    version.update(line);
                    version.update("\n");
                }
            }
            #[cfg(test)]
            keys.extend(keys_of(source));
        }
        let consent_text_version = URL_SAFE_NO_PAD.encode(version.finalize());
        Self {
            tag,
            direction,
            signs,
            bundle,
            consent_text_version,
            #[cfg(test)]
            keys,
        }
    }

    /// English with one text that reads otherwise.
    #[cfg(test)]
    pub(crate) fn english_with(key: &str, text: &str) -> Self {
        let mut locale = Self::read(("en", Direction::LeftToRight), Signs::ENGLISH, ENGLISH);
        let source = FluentResource::try_new(format!("{key} = {text}\n"));
        locale.bundle.add_resource_overriding(source.unwrap_or_else(|(source, _errors)| source));
        locale
    }

    /// The BCP 47 tag: the `lang` attribute.
    pub const fn tag(&self) -> &'static str {
        self.tag
    }

    pub const fn direction(&self) -> Direction {
        self.direction
    }

    /// SHA-256, in base64url, of the messages that a shopper agrees to: part of the consent receipt.
    pub fn consent_text_version(&self) -> &str {
        &self.consent_text_version
    }

    /// The text of `key`.
    pub fn t(&self, key: &str) -> String {
        self.text(key, None)
    }

    /// The text of an attribute of `key`, for texts that belong together.
    pub fn attribute(&self, key: &str, name: &str) -> String {
        let message = self.bundle.get_message(key);
        let pattern = message.and_then(|message| message.get_attribute(name)).map(|attribute| attribute.value());
        debug_assert!(pattern.is_some(), "no text {key}.{name} in locale {}", self.tag);
        let Some(pattern) = pattern else { return key.to_owned() };
        self.bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned()
    }

    /// The text of `key` with one named value.
    pub fn t1(&self, key: &str, (name, value): &(&str, impl Argument)) -> String {
        let mut args = FluentArgs::with_capacity(1);
        args.set(*name, value.value());
        self.text(key, Some(&args))
    }

    /// The text of `key` with two named values.
    pub fn t2(&self, key: &str, first: &(&str, impl Argument), second: &(&str, impl Argument)) -> String {
        let mut args = FluentArgs::with_capacity(2);
        args.set(first.0, first.1.value());
        args.set(second.0, second.1.value());
        self.text(key, Some(&args))
    }

    fn text(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        debug_assert!(pattern.is_some(), "no text {key} in locale {}", self.tag);
        let Some(pattern) = pattern else { return key.to_owned() };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "text {key} in locale {}: {errors:?}", self.tag);
        text
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locale({})", self.tag)
    }
}

/// The lines whose change changes the version: not comments, not blank lines.
fn meaningful_lines(source: &str) -> impl Iterator<Item = &str> {
    source.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
fn keys_of(source: &str) -> Vec<String> {
    let messages = meaningful_lines(source).filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    messages.filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests;
