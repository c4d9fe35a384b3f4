//! The rules: each takes files and returns the sentences of those that break it.

use crate::paths;
use crate::source::File;

/// How far to the right a module stands, or `None` for one the design does not know. A module uses those further left.
fn place(module: &str) -> Option<u8> {
    Some(match module {
        // Leaves: anyone may use them, they use each other and the domain at most.
        "config" | "telemetry" | "locale" => 0,
        "domain" => 1,
        "storage" | "keys" | "outbound" | "doctor" => 2,
        "oauth" | "accounts" | "merchant" | "purchases" => 3,
        "web" => 4,
        "application" => 5,
        "cli" => 6,
        "main" | "lib" => 7,
        _ => return None,
    })
}

fn may_use(from: &str, to: &str) -> bool {
    match (from, to) {
        _ if from == to => true,
        ("config", _) => false,
        ("telemetry", _) => to == "config",
        ("locale" | "doctor", _) => to == "domain",
        // The examination says what to ask; `outbound` asks.
        ("outbound", "doctor") => true,
        _ => place(to) < place(from),
    }
}

pub fn layers(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("src/")) {
        let from = file.module();
        if place(from).is_none() {
            violations.push(format!("{}: the design has no module {from}", file.path));
        }
        let mut used: Vec<String> = paths::inside(file).iter().filter_map(|path| top(path)).collect();
        used.sort();
        used.dedup();
        let forbidden = used.into_iter().filter(|to| place(to).is_some() && !may_use(from, to));
        violations.extend(forbidden.map(|to| format!("{}: {from} may not use {to}", file.path)));
    }
    violations
}

fn top(path: &str) -> Option<String> {
    path.split("::").next().map(str::to_owned)
}

/// Any module may name the type of its own section; the whole is for those who take it apart.
pub fn configuration(files: &[File]) -> Vec<String> {
    let whole = ["config::Config", "config::Loader", "config::Mode"];
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| !["config", "application", "cli", "main"].contains(&file.module())) {
        // Also by the module's own name, when that was imported.
        let by_module = paths::after(file, "config").into_iter().map(|path| format!("config::{path}"));
        let named = paths::inside(file).into_iter().chain(by_module).filter(|path| {
            whole
                .iter()
                .any(|whole| path == whole || path.strip_prefix(whole).is_some_and(|rest| rest.starts_with("::")))
        });
        violations.extend(named.map(|path| format!("{}: only application and cli name {path}", file.path)));
    }
    violations
}

/// Outside crates, and where they may be named.
const HOMES: [(&str, &[&str]); 10] = [
    ("actix_web", &["src/web/", "src/application.rs", "src/application/"]),
    ("actix_http", &["src/web/", "src/application.rs", "src/application/"]),
    ("tracing_actix_web", &["src/web/", "src/application.rs", "src/application/"]),
    ("diesel", &["src/storage/"]),
    ("diesel_async", &["src/storage/"]),
    ("diesel_migrations", &["src/storage/"]),
    ("askama", &["src/web/pages/"]),
    ("reqwest", &["src/outbound/", "src/outbound.rs"]),
    ("lettre", &["src/outbound/", "src/outbound.rs"]),
    ("std::env", &["src/config/"]),
];

pub fn homes(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files {
        for (name, homes) in HOMES {
            let named = match name.split_once("::") {
                Some((root, inner)) => paths::after(file, root).iter().any(|path| top(path).as_deref() == Some(inner)),
                None => names(&file.code, name),
            };
            if named && !homes.iter().any(|home| file.path.starts_with(home)) {
                violations.push(format!("{}: {name} belongs to {}", file.path, homes.join(" and ")));
            }
        }
        if !["application", "cli", "main"].contains(&file.module()) {
            let beyond = paths::after(file, "mcp_resource").into_iter().filter_map(|path| top(&path));
            let beyond = beyond.filter(|name| name != "wire");
            violations.extend(beyond.map(|name| format!("{}: mcp_resource::{name} is not wire", file.path)));
        }
    }
    violations
}

/// Names it as a whole word.
fn names(code: &str, word: &str) -> bool {
    let part_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(part_of_a_word) && !code[at + word.len()..].starts_with(part_of_a_word))
}

pub fn pure_domain(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.module() == "domain") {
        let outside = ["fs", "env", "process", "thread"];
        let io = paths::after(file, "std").iter().any(|path| outside.contains(&top(path).unwrap().as_str()));
        // Passing on the vocabulary's names is not using them.
        let code: String =
            file.code.lines().filter(|line| !line.starts_with("pub use ")).flat_map(|line| [line, "\n"]).collect();
        let ambient = ["tokio", "Clock", "Instant", "SystemTime", "Utc", "rand"];
        let ambient = ambient.into_iter().find(|word| names(&code, word));
        if io || ambient.is_some() {
            violations.push(format!(
                "{}: the domain does no I/O and asks nobody: {}",
                file.path,
                ambient.unwrap_or("std")
            ));
        }
    }
    violations
}

pub fn openings(files: &[File]) -> Vec<String> {
    let silent = files.iter().filter(|file| !file.text.starts_with("//!"));
    silent.map(|file| format!("{}: begin with `//!`: what it is, which document, what it refuses", file.path)).collect()
}

pub fn sizes(files: &[File], longer_for_now: &[(&str, usize)]) -> Vec<String> {
    const BUDGET: usize = 400;
    let mut violations = Vec::new();
    for file in files {
        let allowed = longer_for_now.iter().find(|(path, _)| *path == file.path).map(|(_, lines)| *lines);
        let lines = file.lines();
        if lines > allowed.unwrap_or(BUDGET) {
            violations.push(format!("{}: {lines} lines without tests", file.path));
        } else if allowed.is_some() && lines <= BUDGET {
            violations.push(format!("{}: within the budget again, take it off the list", file.path));
        }
    }
    violations
}
