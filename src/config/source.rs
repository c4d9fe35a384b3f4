//! Where settings are written: `tillgate.toml` and `TILLGATE__SECTION__KEY` variables, flattened to `section.key` with
//! the place each came from. This is the only file that reads the process's environment.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::problem::{Origin, Problem, Wrong};

/// A value before it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    One(String),
    Many(Vec<String>),
}

impl Raw {
    /// As a person wrote it, for reports.
    pub fn text(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Many(items) => items.join(", "),
        }
    }

    /// The items of a list. One text is a list separated by commas: variables and defaults have no other way.
    pub fn items(&self) -> Vec<String> {
        match self {
            Self::One(text) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
            Self::Many(items) => items.clone(),
        }
    }
}

/// All that was written, by `section.key`; a later layer replaces an earlier one.
#[derive(Debug, Clone, Default)]
pub struct Written {
    values: BTreeMap<String, (Raw, Origin)>,
    problems: Vec<Problem>,
}

impl Written {
    pub fn set(&mut self, key: &str, raw: Raw, origin: Origin) {
        self.values.insert(key.to_owned(), (raw, origin));
    }

    /// Adds what a file says. A file that cannot be read or is not TOML is a problem like any other.
    pub fn add_file(&mut self, path: &Path) {
        match std::fs::read_to_string(path) {
            Ok(text) => self.add_toml(path, &text),
            Err(error) => {
                self.refuse_file(path, 1, format!("cannot be read: {error}."), "Name a file that can be read.");
            }
        }
    }

    fn add_toml(&mut self, path: &Path, text: &str) {
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let line = line_at(text, error.span().map_or(0, |span| span.start));
                // Only the parser's message: its picture of the line could show a secret.
                return self.refuse_file(
                    path,
                    line,
                    format!("is not TOML: {}.", error.message()),
                    "Correct this line.",
                );
            }
        };
        for (section, value) in table {
            let name = section.into_inner().into_owned();
            let line = line_at(text, value.span().start);
            let DeValue::Table(settings) = value.into_inner() else {
                self.set(&name, Raw::One(String::new()), Origin::File { path: path.to_owned(), line });
                continue;
            };
            for (key, value) in settings {
                let origin = Origin::File { path: path.to_owned(), line: line_at(text, value.span().start) };
                self.set(&format!("{name}.{}", key.into_inner()), raw(&value.into_inner()), origin);
            }
        }
    }

    fn refuse_file(&mut self, path: &Path, line: usize, reason: String, remedy: &str) {
        self.problems.push(Problem {
            key: "configuration file".to_owned(),
            value: path.display().to_string(),
            origin: Origin::File { path: path.to_owned(), line },
            wrong: Wrong::new(reason, remedy),
        });
    }

    /// Adds `PREFIX__SECTION__KEY` variables.
    pub fn add_variables(&mut self, prefix: &str, variables: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix("__")) else { continue };
            let key = rest.replacen("__", ".", 1).to_lowercase();
            self.set(&key, Raw::One(value), Origin::Variable(name));
        }
    }

    pub(super) fn take(&mut self, key: &str) -> Option<(Raw, Origin)> {
        self.values.remove(key)
    }

    /// What nobody asked for, and what could not be read at all.
    pub(super) fn into_rest(self) -> (BTreeMap<String, (Raw, Origin)>, Vec<Problem>) {
        (self.values, self.problems)
    }
}

/// The process's environment, without what is not text (no setting of ours can be).
pub fn variables() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::Array(items) => Raw::Many(items.iter().map(|item| scalar(item.get_ref())).collect()),
        other => Raw::One(scalar(other)),
    }
}

fn scalar(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) | DeValue::Table(_) => "(a nested value)".to_owned(),
    }
}

pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_flattened_with_the_line_of_each_setting() {
        let mut written = Written::default();
        written.add_toml(
            Path::new("t.toml"),
            "[server]\nlisten = [\"127.0.0.1:1\", \"[::1]:1\"]\n\n[tokens]\naccess_lifetime = \"1h\"\n",
        );
        let (raw, origin) = written.take("tokens.access_lifetime").unwrap();
        assert_eq!((raw, origin.to_string()), (Raw::One("1h".into()), "t.toml:5".to_owned()));
        assert_eq!(written.take("server.listen").unwrap().0, Raw::Many(vec!["127.0.0.1:1".into(), "[::1]:1".into()]));
    }

    #[test]
    fn variables_replace_the_file_and_others_are_ignored() {
        let mut written = Written::default();
        written.add_toml(Path::new("t.toml"), "[tokens]\naccess_lifetime = \"1h\"\n");
        let variables =
            [("TILLGATE__TOKENS__ACCESS_LIFETIME", "5m"), ("TILLGATE_STORE__SERVER__LISTEN", "x"), ("PATH", "/bin")];
        written.add_variables("TILLGATE", variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(written.take("tokens.access_lifetime").unwrap().0, Raw::One("5m".into()));
        assert!(written.into_rest().0.is_empty());
    }

    #[test]
    fn a_broken_file_is_one_problem_that_does_not_quote_the_line() {
        let mut written = Written::default();
        written.add_toml(Path::new("t.toml"), "[secrets]\nkeys = \"1:AAAA\n");
        let (_, problems) = written.into_rest();
        assert_eq!(problems.len(), 1);
        assert!(!problems[0].to_string().contains("AAAA"), "{}", problems[0]);
    }
}
