//! What a page weighs for the network, without pictures: under 30 kB, in every language, with all that it loads.

use super::super::super::assets::{passkeys, stylesheet};
use super::super::samples_in;
use super::between;
use crate::locale::Locale;

/// Decimal, as networks count.
const MOST: usize = 30_000;

#[test]
fn every_page_with_its_stylesheet_and_script_is_under_thirty_kilobytes() {
    let mut heavy = Vec::new();
    for sample in Locale::all().iter().flat_map(samples_in) {
        let html = sample.html.unwrap();
        let script = if html.contains("<script") { passkeys().size() } else { 0 };
        let weight = html.len() + stylesheet().size() + script;
        if weight >= MOST {
            heavy.push(format!("{}: {weight} bytes, {} of them the page", sample.name, html.len()));
        }
    }
    assert!(heavy.is_empty(), "{} pages are too heavy:\n{}", heavy.len(), heavy.join("\n"));
}

#[test]
fn a_page_loads_one_stylesheet_at_most_one_script_and_the_mark() {
    for sample in samples_in(Locale::english()) {
        let html = sample.html.unwrap();
        assert_eq!(between(&html, "<link rel=\"stylesheet\" href=\"", "\""), [stylesheet().path()], "{}", sample.name);
        let scripts = between(&html, "<script src=\"", "\"");
        assert!(scripts.is_empty() || scripts == [passkeys().path()], "{}: {scripts:?}", sample.name);
        for picture in between(&html, "<img ", ">") {
            assert!(picture.contains("src=\"/static/mark-"), "{}: {picture}", sample.name);
        }
        // Before the page is painted: the stylesheet stands in the head, and the script waits.
        let head = between(&html, "<head>", "</head>").concat();
        assert!(head.contains("rel=\"stylesheet\"") && !head.contains("<script"), "{}", sample.name);
    }
}
