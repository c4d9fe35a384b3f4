//! The agent platforms that are known, as data: what is built in (`known.toml`) and what the operator's own file adds or
//! replaces. Read and checked once, at the start; `domain::platforms` decides by it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::value::Datetime;

use super::problem::Wrong;
use super::source::{Raw, line_at};

mod check;

const KNOWN: &str = include_str!("known.toml");
const REMEDY: &str = "Write entries as `tillgate config platforms` prints them.";

/// How a platform makes itself known to an authorization server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Introduction {
    /// By a Client ID Metadata Document.
    MetadataDocument,
    /// By dynamic registration (RFC 7591).
    Registration,
    /// By an id that the store gave it.
    PreRegistered,
}

/// One platform. In a text with `{id}`, that stands for one segment of a path.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    pub id: String,
    /// How pages call it.
    pub name: String,
    /// Words that only `hosts` may use in a client's name, in lower case.
    #[serde(default)]
    pub names: Vec<String>,
    /// Its hosts, each with its subdomains.
    #[serde(default)]
    pub hosts: Vec<String>,
    #[serde(default)]
    pub introduces: Vec<Introduction>,
    /// URLs of its Client ID Metadata Documents (D20).
    #[serde(default)]
    pub client_ids: Vec<String>,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where a shopper reads what it does with what it learns.
    #[serde(default)]
    pub help: Option<String>,
    /// Who says so.
    pub source: String,
    /// When it was so, as `YYYY-MM-DD`.
    #[serde(deserialize_with = "day")]
    pub date: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    platform: Vec<toml::Spanned<Platform>>,
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let at = Datetime::deserialize(deserializer)?;
    match (at.date, at.time) {
        (Some(date), None) => Ok(date.to_string()),
        _ => Err(serde::de::Error::custom("expected a day such as 2026-11-22")),
    }
}

impl Platform {
    /// Its redirect URIs with a private-use scheme, complete and exact (H4).
    pub fn private_use_uris(&self) -> impl Iterator<Item = &str> {
        let is_private_use = |uri: &&str| !uri.starts_with("https://") && !uri.starts_with("http://");
        self.redirect_uris.iter().map(String::as_str).filter(is_private_use)
    }
}

/// The built-in list as it is written: what an operator's own file looks like.
pub fn known() -> &'static str {
    KNOWN
}

/// What is built in.
pub fn built_in() -> Vec<Platform> {
    // The tests read it: it is never wrong in a program that was built.
    parse(KNOWN).unwrap_or_default()
}

/// What is built in, and the operator's file where there is one: an entry with an `id` that is known replaces that one.
pub(super) fn platforms(raw: &Raw) -> Result<Vec<Platform>, Wrong> {
    let path = raw.text();
    if path.trim().is_empty() {
        return Ok(built_in());
    }
    let text = std::fs::read_to_string(Path::new(path.trim()))
        .map_err(|error| Wrong::new(format!("cannot be read: {error}."), "Name a file that can be read."))?;
    Ok(merge(built_in(), parse(&text)?))
}

fn merge(mut known: Vec<Platform>, own: Vec<Platform>) -> Vec<Platform> {
    for platform in own {
        match known.iter_mut().find(|known| known.id == platform.id) {
            Some(known) => *known = platform,
            None => known.push(platform),
        }
    }
    known
}

fn parse(text: &str) -> Result<Vec<Platform>, Wrong> {
    let at = |start: usize, reason: &str| Wrong::new(format!("line {}: {reason}.", line_at(text, start)), REMEDY);
    let file: File = toml::from_str(text)
        .map_err(|error| at(error.span().map_or(0, |span| span.start), error.message().trim_end_matches('.')))?;
    let mut ids = BTreeSet::new();
    for platform in &file.platform {
        let start = platform.span().start;
        let platform = platform.get_ref();
        check::platform(platform).map_err(|reason| at(start, &format!("platform `{}`: {reason}", platform.id)))?;
        if !ids.insert(platform.id.clone()) {
            return Err(at(start, &format!("there are two entries `{}`", platform.id)));
        }
    }
    Ok(file.platform.into_iter().map(toml::Spanned::into_inner).collect())
}

#[cfg(test)]
mod tests;
