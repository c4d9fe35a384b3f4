//! Finds the paths that a file names: `crate::a::b`, `crate::{a, b::c}`, `super::…` out of its own module, and those of
//! an outside crate.

use crate::source::File;

/// What follows `root::` wherever `file` names it, groups taken apart: `std::{env, fs::File}` gives `env` and `fs::File`.
pub fn after(file: &File, root: &str) -> Vec<String> {
    words(&file.code, root).into_iter().flat_map(|rest| expand(&rest)).collect()
}

/// What `file` names of its own crate, from the root.
pub fn inside(file: &File) -> Vec<String> {
    let mut found = [after(file, "crate"), after(file, "tillgate")].concat();
    let depth = file.modules().len();
    if depth > 0 {
        // As many `super` as there are modules lead to the root.
        let escape = vec!["super"; depth].join("::");
        found.extend(after(file, &escape).into_iter().filter(|path| !path.starts_with("super")));
    }
    found
}

/// The code behind every `word::`, up to the end of its statement.
fn words(code: &str, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(word) {
        let whole = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        if let (true, Some(rest)) = (whole, code[at + word.len()..].strip_prefix("::")) {
            let end = rest.find(';').unwrap_or(rest.len());
            found.push(rest[..end].to_owned());
        }
    }
    found
}

/// Takes one path or a group of them apart.
fn expand(text: &str) -> Vec<String> {
    let text = text.trim_start();
    let Some(group) = text.strip_prefix('{') else {
        let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        return match text[name.len()..].trim_start().strip_prefix("::") {
            Some(rest) => expand(rest).into_iter().map(|path| format!("{name}::{path}")).collect(),
            None => vec![name],
        };
    };
    split(group).iter().flat_map(|part| expand(part)).filter(|path| !path.is_empty()).collect()
}

/// The parts of a group between its commas, up to its closing brace.
fn split(group: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut begin) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                parts.push(&group[begin..at]);
                begin = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    parts
}
