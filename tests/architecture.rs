//! Executes the design's third section: the dependency rule, the homes of outside crates, the size budget, and the
//! pairs of files that belong together. Each check is first shown a made-up violation, so that it cannot pass by
//! seeing nothing.

#![expect(clippy::unwrap_used, clippy::string_slice, clippy::indexing_slicing, reason = "a check that panics fails")]

#[path = "architecture/pairs.rs"]
mod pairs;
#[path = "architecture/paths.rs"]
mod paths;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use source::{File, files};

/// Files that are longer than the budget for now. Lines may only be taken away here.
const LONGER_FOR_NOW: [(&str, usize); 0] = [];

fn none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

fn one(violations: &[String], part: &str) {
    assert!(violations.len() == 1 && violations[0].contains(part), "expected one with {part:?}: {violations:#?}");
}

fn file(path: &str, text: &str) -> File {
    File::new(path, text)
}

#[test]
fn modules_use_only_what_stands_to_the_left_of_them() {
    none(&rules::layers(&files("src", "rs")));
}

#[test]
fn an_upward_path_is_found_however_it_is_written() {
    for text in [
        "use crate::oauth::token;",
        "use crate::{domain::Scope, oauth};",
        "use crate::{\n    domain,\n    oauth::{self, token},\n};",
        "fn f() { crate::oauth::token::f() }",
        "use super::oauth;",
    ] {
        one(&rules::layers(&[file("src/storage/mod.rs", text)]), "oauth");
    }
    one(&rules::layers(&[file("src/oauth/token/code.rs", "use super::super::super::accounts::Shopper;")]), "accounts");
    one(&rules::layers(&[file("src/oauth/mod.rs", "use crate::accounts::Shopper;")]), "accounts");
    one(&rules::layers(&[file("src/keys/mod.rs", "use crate::storage::Database;")]), "storage");
    one(&rules::layers(&[file("src/nobody/mod.rs", "")]), "nobody");
}

#[test]
fn comments_texts_and_tests_are_no_dependencies() {
    let text = "//! See [`crate::web`].\nconst A: &str = \"crate::web\"; /* crate::web */ const B: char = '\"'; // crate::web\n\
                const C: &str = r#\"crate::web \"quoted\"\"#;\n\
                #[cfg(test)]\nmod tests {\n    use crate::web;\n}\n";
    none(&rules::layers(&[file("src/domain/x.rs", text)]));
    none(&rules::layers(&[file("src/domain/x/tests.rs", "use crate::web;")]));
    one(&rules::layers(&[file("src/domain/x.rs", &format!("{text}use crate::web;\n"))]), "web");
}

#[test]
fn only_application_and_cli_load_the_configuration() {
    none(&rules::configuration(&files("src", "rs")));
    one(&rules::configuration(&[file("src/web/state.rs", "use crate::config::{Config, Tokens};")]), "Config");
    one(&rules::configuration(&[file("src/web/state.rs", "use crate::config;\nfn f(c: config::Config) {}")]), "Config");
    none(&rules::configuration(&[file("src/oauth/token/mod.rs", "use crate::config::Tokens;")]));
}

#[test]
fn outside_crates_stay_in_their_homes() {
    none(&rules::homes(&files("src", "rs")));
    for (path, text, part) in [
        ("src/oauth/token/mod.rs", "use actix_web::HttpRequest;", "actix_web"),
        ("src/domain/grant.rs", "use diesel::prelude::*;", "diesel"),
        ("src/web/endpoints/token.rs", "#[derive(askama::Template)] struct X;", "askama"),
        ("src/accounts/mail.rs", "use lettre::Message;", "lettre"),
        ("src/oauth/cimd.rs", "use reqwest::Client;", "reqwest"),
        ("src/cli/serve.rs", "fn f() { std::env::var_os(\"X\"); }", "std::env"),
        ("src/cli/serve.rs", "use std::{env, fs};", "std::env"),
        ("src/oauth/mod.rs", "use mcp_resource::protect::Verifier;", "mcp_resource::protect"),
    ] {
        one(&rules::homes(&[file(path, text)]), part);
    }
    none(&rules::homes(&[file("src/oauth/mod.rs", "use mcp_resource::wire::Scope;")]));
    none(&rules::homes(&[file("src/web/pages/account/consent.rs", "use askama::Template;")]));
}

#[test]
fn the_domain_does_no_input_or_output_and_never_asks_the_time() {
    none(&rules::pure_domain(&files("src", "rs")));
    for text in ["use std::fs;", "use tokio::net::TcpStream;", "fn f(clock: &Clock) {}", "fn f() { Instant::now(); }"] {
        assert_eq!(rules::pure_domain(&[file("src/domain/grant.rs", text)]).len(), 1, "{text}");
    }
}

#[test]
fn every_file_says_what_it_is_and_keeps_to_the_size_budget() {
    let both = [files("src", "rs"), files("mcp-resource/src", "rs")].concat();
    none(&rules::openings(&both));
    none(&rules::sizes(&both, &LONGER_FOR_NOW));
}

#[test]
fn a_silent_file_and_a_long_one_are_found() {
    one(&rules::openings(&[file("src/x.rs", "use std::fmt;\n//! late")]), "src/x.rs");
    let long = file("src/x.rs", &"fn f() {}\n".repeat(401));
    one(&rules::sizes(std::slice::from_ref(&long), &[]), "401");
    none(&rules::sizes(std::slice::from_ref(&long), &[("src/x.rs", 401)]));
    one(&rules::sizes(std::slice::from_ref(&long), &[("src/x.rs", 400)]), "401");
    one(&rules::sizes(&[file("src/x.rs", "")], &[("src/x.rs", 500)]), "take it off");
    let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{}}}\n", "    fn t() {}\n".repeat(500));
    none(&rules::sizes(&[file("src/x.rs", &tested)], &[]));
}

#[test]
fn every_page_has_its_template_and_every_template_its_page() {
    none(&pairs::pages(&files("src/web/pages", "rs"), &files("templates", "html")));
    let page = file("src/web/pages/a.rs", "#[template(path = \"pages/b.html\")] struct A;");
    let lone = file("templates/pages/c.html", "");
    assert_eq!(pairs::pages(&[page], &[lone]).len(), 2);
    let page = file("src/web/pages/a.rs", "#[template(path = \"pages/a.html\")] struct A;");
    let templates =
        [file("templates/pages/a.html", "{% include \"pages/part.html\" %}"), file("templates/pages/part.html", "")];
    none(&pairs::pages(&[page], &templates));
}

#[test]
fn every_migration_is_written_for_both_databases() {
    none(&pairs::migrations(&files("migrations", "sql")));
    let lone = [file("migrations/sqlite/1_a/up.sql", ""), file("migrations/postgres/1_b/up.sql", "")];
    assert_eq!(pairs::migrations(&lone).len(), 2);
}
