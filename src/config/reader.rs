//! Takes settings one by one from what was written, or from their defaults, and collects every problem on the way.
//! What is left at the end is unknown and refused, with the nearest known key as a hint.

use super::problem::{Origin, Problem, Problems, Wrong};
use super::section::Setting;
use super::source::{Raw, Written};

/// A setting as it was understood: for `config check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    pub key: &'static str,
    /// Secrets masked.
    pub value: String,
    pub origin: Origin,
}

#[derive(Debug)]
pub struct Reader {
    written: Written,
    known: Vec<&'static str>,
    resolved: Vec<Resolved>,
    problems: Vec<Problem>,
}

impl Reader {
    pub fn new(written: Written) -> Self {
        Self { written, known: Vec::new(), resolved: Vec::new(), problems: Vec::new() }
    }

    /// Reads one setting. `None` means that a problem was recorded.
    pub fn read<T>(&mut self, setting: &Setting, parse: impl Fn(&Raw) -> Result<T, Wrong>) -> Option<T> {
        self.known.push(setting.key);
        let (raw, origin) =
            self.written.take(setting.key).unwrap_or_else(|| (Raw::One(setting.default.to_owned()), Origin::Default));
        let value = shown(&raw, setting.masked);
        self.resolved.push(Resolved { key: setting.key, value: value.clone(), origin: origin.clone() });
        match parse(&raw) {
            Ok(parsed) => Some(parsed),
            Err(wrong) => {
                self.problems.push(Problem { key: setting.key.to_owned(), value, origin, wrong });
                None
            }
        }
    }

    /// Refuses a setting that was read, for a reason that only shows beside others.
    pub fn refuse(&mut self, key: &str, wrong: Wrong) {
        let problem = refused(&self.resolved, key, wrong);
        self.problems.push(problem);
    }

    /// Says where `key` came from, if it was read.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.resolved.iter().find(|resolved| resolved.key == key).map(|resolved| &resolved.origin)
    }

    /// Ends the reading: the resolved settings, or all problems.
    pub fn finish<T>(self, config: Option<T>) -> Result<(T, Vec<Resolved>), Problems> {
        let (unknown, mut problems) = self.written.into_rest();
        problems.extend(self.problems);
        problems.extend(unknown.into_iter().map(|(key, (_, origin))| Problem {
            wrong: Wrong::new("is not a setting.", suggestion(&key, &self.known)),
            // It may be a misspelt secret.
            value: "…".to_owned(),
            key,
            origin,
        }));
        match config {
            Some(config) if problems.is_empty() => Ok((config, self.resolved)),
            _ => Err(Problems(problems)),
        }
    }
}

/// A problem with a setting that was already resolved.
pub(super) fn refused(resolved: &[Resolved], key: &str, wrong: Wrong) -> Problem {
    let (value, origin) = resolved
        .iter()
        .find(|resolved| resolved.key == key)
        .map_or_else(|| (String::new(), Origin::Default), |resolved| (resolved.value.clone(), resolved.origin.clone()));
    Problem { key: key.to_owned(), value, origin, wrong }
}

/// Masks what is secret as a whole, and the password inside an address.
fn shown(raw: &Raw, masked: bool) -> String {
    let text = raw.text();
    if masked {
        return if text.is_empty() { text } else { "[secret]".to_owned() };
    }
    match url::Url::parse(&text) {
        Ok(mut url) if url.password().is_some() => match url.set_password(Some("secret")) {
            Ok(()) => url.to_string(),
            Err(()) => "[secret]".to_owned(),
        },
        // Something with a password that is no address after all: show nothing of it.
        Err(_) if text.contains("://") && text.contains('@') => "[secret]".to_owned(),
        _ => text,
    }
}

fn suggestion(key: &str, known: &[&'static str]) -> String {
    let nearest = known.iter().map(|candidate| (distance(key, candidate), candidate)).min();
    match nearest {
        Some((distance, candidate)) if distance <= 3 => format!("Did you mean {candidate}?"),
        _ => "Remove it; `tillgate config example` lists all settings.".to_owned(),
    }
}

/// The number of single-character edits between two keys.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(&b) {
            let cost = diagonal + usize::from(left != *right);
            diagonal = *cell;
            *cell = cost.min(previous + 1).min(diagonal + 1);
            previous = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_between_keys_counts_edits() {
        assert_eq!(distance("tokens.acess_lifetime", "tokens.access_lifetime"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn passwords_inside_addresses_are_masked() {
        let show = |text: &str| shown(&Raw::One(text.to_owned()), false);
        assert_eq!(show("postgres://till:hunter2@db/till"), "postgres://till:secret@db/till");
        assert_eq!(show("sqlite://data/x.sqlite3"), "sqlite://data/x.sqlite3");
        assert_eq!(show("smtp://a:b@[bad"), "[secret]");
    }
}
