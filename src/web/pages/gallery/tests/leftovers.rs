//! Every page in a language that nobody speaks: whatever can still be read on it comes from no Fluent file.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::samples_in;
use super::between;
use crate::locale::Locale;

/// What pages write in every language: codes of currencies, times, units, names of protocols and their parts. One a line in
/// what fails: is it data of a sample, it stands in a literal of the gallery; is it a code, here; else it is a text that is
/// missing in `locales/`.
const CODES: [&str; 2] = ["UTC", "EUR"];

/// Names of platforms and where they were read.
const PLATFORMS: &str = "src/config/platforms/known.toml";

/// The literals of the gallery, and of the platforms and clauses that it shows: the data of its samples, longest first.
fn data() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src/web/pages/gallery", "src/doctor"].map(|folder| root.join(folder));
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let files = files.chain([root.join(PLATFORMS)]);
    let sources = files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap());
    let literals = sources.flat_map(|source| {
        let source = source.replace("\\\"", "”").replace("\\n", "\n");
        source.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
    });
    let lines: BTreeSet<String> =
        literals.flat_map(|text| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()).collect();
    let mut data: Vec<String> = lines.into_iter().filter(|text| text.chars().any(char::is_alphabetic)).collect();
    data.sort_by_key(|text| std::cmp::Reverse(text.len()));
    data
}

/// Without every element of this name: what strangers wrote, and codes.
fn without(html: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}"), format!("</{element}>"));
    let mut kept = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(&open) {
        kept.push_str(before);
        rest = after.split_once(&close).map_or("", |(_, after)| after);
    }
    kept + rest
}

/// What is read, or read out.
fn read(html: &str) -> Vec<String> {
    let html = ["code", "bdi"].into_iter().fold(html.to_owned(), |html, element| without(&html, element));
    // The languages name themselves.
    let html = without(&html, "a href=\"?language=");
    let spoken = ["aria-label=\"", "alt=\"", "title=\"", "placeholder=\""].map(|name| between(&html, name, "\""));
    let written = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    spoken.concat().into_iter().chain(written).map(unescaped).filter(|text| !text.trim().is_empty()).collect()
}

fn unescaped(text: &str) -> String {
    [("&#38;", "&"), ("&#39;", "'"), ("&#34;", "\""), ("&#60;", "<"), ("&#62;", ">"), ("&nbsp;", " ")]
        .into_iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The ASCII words of a text that are no data.
fn left_over<'t>(text: &'t str, data: &[String]) -> Option<&'t str> {
    // What strangers wrote stands in isolation (`Foreign`), and addresses are no words.
    let isolated = text.split('\u{2068}').map(|part| part.split_once('\u{2069}').map_or(part, |(_, ours)| ours));
    let ours: String = isolated.collect();
    let ours: Vec<&str> = ours.split_whitespace().filter(|word| !word.starts_with("https://")).collect();
    let rest = data.iter().fold(ours.join(" "), |text, known| text.replace(known.as_str(), ""));
    let mut words =
        rest.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.chars().any(|c| c.is_ascii_alphabetic()));
    words.any(|word| !CODES.contains(&word)).then_some(text)
}

#[test]
fn no_text_on_any_page_stands_outside_the_fluent_files() {
    let data = data();
    let mut found = BTreeSet::new();
    for sample in samples_in(Locale::pseudo()) {
        let html = sample.html.unwrap();
        for text in read(&html) {
            if let Some(text) = left_over(&text, &data) {
                found.insert(format!("{}: {}", sample.name, text.trim()));
            }
        }
    }
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "{} texts from no Fluent file:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_text_from_no_fluent_file_is_found_beside_data_and_beside_one_that_is() {
    let data = ["Fern & Field".to_owned()];
    assert_eq!(left_over("Ａｔ Fern & Field", &data), None);
    assert!(left_over("At Fern & Field", &data).is_some());
    assert_eq!(read("<p title=\"a\">b <code>c</code><bdi>d</bdi> &#38; e</p>"), ["a", "b  & e"]);
    assert_eq!(left_over("“\u{2068}Helpful Agent\u{2069}” ｗａｎｔｓ", &data), None);
}

#[test]
fn every_page_runs_from_right_to_left_where_its_language_does() {
    for sample in samples_in(Locale::mirrored()) {
        assert!(sample.html.unwrap().contains("<html lang=\"ar-XB\" dir=\"rtl\">"), "{}", sample.name);
    }
}

#[test]
fn every_page_exists_in_every_language() {
    for locale in Locale::all() {
        for sample in samples_in(locale) {
            let html = sample.html.unwrap();
            assert!(html.contains(&format!("<html lang=\"{}\" dir=\"ltr\">", locale.tag())), "{}", sample.name);
            let others = Locale::all().iter().filter(|other| other.tag() != locale.tag());
            for other in others {
                assert!(html.contains(&format!("hreflang=\"{}\">{}</a>", other.tag(), other.t("language-name"))));
            }
        }
    }
}
