//! Every language says all that English says, with the same values.

use std::collections::BTreeMap;

use super::super::{ENGLISH, GERMAN, Sources};
use super::tree::{Text, texts};

/// A name with a `.ftl` in it, for the reader of a failure.
fn of(sources: Sources) -> BTreeMap<String, Text> {
    let files = sources.iter().flat_map(|(file, source)| {
        texts(source).into_iter().map(move |text| (format!("{file}.ftl: {}", text.key), text))
    });
    files.collect()
}

/// What a translator has to do.
fn differences(tag: &str, english: &BTreeMap<String, Text>, other: &BTreeMap<String, Text>) -> Vec<String> {
    let missing = english.keys().filter(|place| !other.contains_key(*place));
    let missing = missing.map(|place| format!("missing: locales/{tag}/{place}"));
    let stale = other.keys().filter(|place| !english.contains_key(*place));
    let stale = stale.map(|place| format!("not in English: locales/{tag}/{place}"));
    let unlike = other.iter().filter_map(|(place, text)| {
        let wanted = &english.get(place)?.variables;
        let differ = *wanted != text.variables;
        differ.then(|| {
            format!("other values than in English: locales/{tag}/{place}: {:?}, not {wanted:?}", text.variables)
        })
    });
    missing.chain(stale).chain(unlike).collect()
}

#[test]
fn every_language_has_the_same_texts_with_the_same_values() {
    let found = differences("de", &of(ENGLISH), &of(GERMAN));
    assert!(found.is_empty(), "{} texts to translate:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_text_that_is_missing_stale_or_given_other_values_is_named() {
    let [english, german] = ["a = One { $count }\nb = Two\n    .of = { $count }\n", "a = Eins\nc = Drei\n"]
        .map(|source| texts(source).into_iter().map(|text| (text.key.clone(), text)).collect());
    let found = differences("de", &english, &german);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found.contains(&"missing: locales/de/b.of".to_owned()), "{found:#?}");
}

#[test]
fn no_text_of_a_language_was_left_in_english() {
    // Names, and words that both languages have.
    let alike = |text: &Text| text.words.split_whitespace().count() < 4;
    let (english, german) = (of(ENGLISH), of(GERMAN));
    let same = english
        .iter()
        .filter(|(place, text)| !alike(text) && german.get(*place).is_some_and(|de| de.words == text.words));
    assert_eq!(same.map(|(place, _)| place).collect::<Vec<_>>(), Vec::<&String>::new());
}
