//! Source files as the checks see them: without comments, texts and test modules.

use std::path::Path;

/// A file of the tree, by its path from the root of the repository.
#[derive(Clone)]
pub struct File {
    pub path: String,
    pub text: String,
    /// `text` without comments, texts and test modules; line breaks stay.
    pub code: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        let code = if Path::new(path).extension().is_some_and(|found| found == "rs") {
            without_tests(&bare(text))
        } else {
            String::new()
        };
        let code = if path.ends_with("/tests.rs") || path.contains("/tests/") { String::new() } else { code };
        Self { path: path.to_owned(), text: text.to_owned(), code }
    }

    /// The modules from the crate's root to this file: `src/oauth/token/mod.rs` is `oauth`, `token`.
    pub fn modules(&self) -> Vec<&str> {
        let inside = self.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        if ["lib", "main"].contains(&inside) { Vec::new() } else { inside.split('/').collect() }
    }

    /// The module of the crate that it belongs to; `lib` and `main` stand for themselves.
    pub fn module(&self) -> &str {
        self.path.trim_start_matches("src/").split(['/', '.']).next().unwrap()
    }

    /// How many lines are not tests.
    pub fn lines(&self) -> usize {
        without_tests(&self.text).lines().count()
    }
}

/// All files below `folder` whose names end so; none if there is no such folder.
pub fn files(folder: &str, ending: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.push(File::new(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Blanks comments and texts.
fn bare(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = match next {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => text_length(rest),
            'r' if !code.ends_with(|c: char| c.is_alphanumeric() || c == '_') => raw_text_length(rest),
            '\'' => character_length(rest),
            _ => 0,
        };
        let kept = if skipped == 0 { next.len_utf8() } else { 0 };
        code.push_str(&rest[..kept]);
        code.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
        rest = &rest[kept + skipped..];
    }
    code
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

fn raw_text_length(rest: &str) -> usize {
    let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
    if !rest[1 + hashes..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = hashes + 2;
    rest[begin..].find(&end).map_or(rest.len(), |at| begin + at + end.len())
}

/// A character such as `'"'`, not a lifetime.
fn character_length(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(0, |at| at + 4),
        Some(_) => characters.next().filter(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

/// Leaves out every `#[cfg(test)] mod … { … }` that begins a line.
fn without_tests(text: &str) -> String {
    let mut kept = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line != "#[cfg(test)]" || !lines.peek().is_some_and(|next| next.starts_with("mod ")) {
            kept.push(line);
        } else if lines.next().is_some_and(|module| module.trim_end().ends_with('{')) {
            lines.by_ref().find(|line| *line == "}");
        }
    }
    kept.join("\n")
}
