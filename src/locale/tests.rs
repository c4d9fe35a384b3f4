//! Tests of the texts.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::domain::evidence::Check;
use mcp_resource::wire::Timestamp;

mod languages;
mod reading;
mod tree;

/// Every file with the ending under the folder, read.
fn sources(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

/// Lower-case words joined by hyphens.
fn is_key(text: &str) -> bool {
    text.contains('-') && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The literals that look like a key.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').filter(|text| is_key(text))
}

/// The keys that are asked for by name: `.t("…")`, `.t1("…"`, `.t2("…"`.
fn asked(source: &str) -> impl Iterator<Item = &str> {
    let calls = [".t(\"", ".t1(\"", ".t2(\""].into_iter();
    calls.flat_map(move |call| {
        source.split(call).skip(1).filter_map(|rest| rest.split('"').next()).filter(|key| is_key(key))
    })
}

#[test]
fn every_key_that_is_asked_for_exists() {
    let keys: BTreeSet<&str> = Locale::english().keys.iter().map(String::as_str).collect();
    let sources: Vec<String> = [sources("templates", "html"), sources("src", "rs")].concat();
    let missing: BTreeSet<&str> =
        sources.iter().flat_map(|source| asked(source)).filter(|k| !keys.contains(k)).collect();
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn every_text_is_used_and_no_key_is_written_twice() {
    let sources: Vec<String> = [sources("templates", "html"), sources("src", "rs")].concat();
    let of_checks: Vec<String> = Check::ALL.iter().flat_map(|check| check.keys()).collect();
    let literals = sources.iter().flat_map(|source| literals(source));
    let used: BTreeSet<&str> = literals.chain(of_checks.iter().map(String::as_str)).collect();
    let keys: BTreeSet<&str> = Locale::english().keys.iter().map(String::as_str).collect();
    assert_eq!(keys.difference(&used).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(keys.len(), Locale::english().keys.len());
}

#[test]
fn every_check_says_what_it_demands_and_what_to_do() {
    let keys: BTreeSet<&str> = Locale::english().keys.iter().map(String::as_str).collect();
    let of_checks: Vec<String> = Check::ALL.iter().flat_map(|check| check.keys()).collect();
    let missing: Vec<&String> = of_checks.iter().filter(|key| !keys.contains(key.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn the_version_of_the_consent_text_is_a_hash_that_comments_do_not_change() {
    let version = Locale::english().consent_text_version();
    assert_eq!(version.len(), 43);
    let commented = meaningful_lines("# why\n\nkey = Text\n").collect::<Vec<_>>();
    assert_eq!(commented, ["key = Text"]);
}

#[test]
fn a_region_finds_its_language_and_an_unknown_language_finds_english() {
    assert_eq!(Locale::negotiate(["de-AT", "en"]).tag(), "de");
    assert_eq!(Locale::negotiate(["xx", "en-GB"]).tag(), "en");
    assert_eq!(Locale::negotiate(["xx-YY", ""]).tag(), "en");
    assert_eq!(Locale::english().direction().as_str(), "ltr");
}

#[test]
fn words_of_strangers_are_isolated_and_ours_are_not() {
    let text = Locale::english().t2("consent-asks", &("agent", Foreign("\u{202e}tob")), &("store", "Fern"));
    assert_eq!(text, "“\u{2068}\u{202e}tob\u{2069}” wants to shop for you at Fern");
}

#[test]
fn moments_are_read_in_words_and_exactly() {
    let now = Timestamp::from_secs(1_795_307_700);
    let at = |seconds: i64| Moment::new(Timestamp::from_secs(1_795_307_700 + seconds), now, Locale::english());
    assert_eq!(at(0).exact, "2026-11-22 00:35 UTC");
    assert_eq!(at(0).machine, "2026-11-22T00:35:00Z");
    let words = [-3, -50, -3_600, -7_200, -604_800, 60, 900, 90 * 86_400].map(|seconds| at(seconds).words);
    let expected = [
        "just now",
        "50 seconds ago",
        "60 minutes ago",
        "2 hours ago",
        "7 days ago",
        "in 60 seconds",
        "in 15 minutes",
        "in 90 days",
    ];
    assert_eq!(words, expected);
}

#[test]
fn the_mail_about_an_account_names_the_store_and_carries_the_link() {
    let mail = MailText::sign_up(Locale::english(), "Fern & Field", "https://fern.example/sign-up/finish?link=x");
    assert_eq!(mail.subject, "Your account at Fern & Field");
    assert!(mail.body.contains("\nhttps://fern.example/sign-up/finish?link=x\n"));
    assert_ne!(MailText::known(Locale::english(), "Fern & Field", "x").body, mail.body);
}
