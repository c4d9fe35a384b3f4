//! How easily the shoppers' texts read: like a twelve-year-old's books (spec/pages.md 5.4; SC 3.1.5 of WCAG 2.2 asks for less).
//!
//! English by the Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom 1975): 0.39 words a sentence + 11.8 syllables a
//! word - 15.59, a year of an American school; children of twelve are in the sixth or seventh. German by the first Wiener
//! Sachtextformel (Bamberger and Vanecek 1984), a year of an Austrian school, likewise. Both say little about a few words, so a
//! text counts by itself from [`ENOUGH`] words on, and the texts of a file count together. Headings and labels, which are no
//! sentences, are left out. Names that stand for values count as one short word.

use super::super::{ENGLISH, GERMAN, Sources};
use super::tree::{Text, texts};

/// The last school year that a twelve-year-old goes to, and all of it: below the eighth.
const TWELVE_YEARS: f64 = 7.9;

/// A file as a whole is easier: single sentences may be hard, not the run of them.
const RUN_OF_TEXT: f64 = 6.0;

const ENOUGH: usize = 8;

/// The files that shoppers read.
const FILES: [&str; 10] =
    ["common", "account", "sign_in", "consent", "scopes", "purchases", "limits", "mail", "errors", "data"];

/// The files that nobody reads but staff.
const FILES_FOR_STAFF: [&str; 5] = ["agents", "console", "doctor", "registration", "why"];

/// What staff read, in those files.
const FOR_STAFF: [&str; 4] = ["audit-", "why-", "approvals-", "home-console"];

/// The shoppers' sentences of a file.
fn sentences(sources: Sources, file: &str) -> Vec<Text> {
    let (_, source) = sources.iter().find(|(name, _)| *name == file).unwrap();
    let is_read = |text: &Text| {
        text.words.trim_end().ends_with(['.', '?', '!']) && !FOR_STAFF.iter().any(|key| text.key.starts_with(key))
    };
    texts(source).into_iter().filter(is_read).collect()
}

/// What the measures count.
struct Counted {
    words: Vec<String>,
    sentences: usize,
}

impl Counted {
    fn of(text: &str) -> Self {
        // What follows a colon is a sentence of its own here.
        let ends = |text: &str| text.ends_with(['.', '!', '?', ':']);
        let closing: &[char] = &['”', '“', '"', ')'];
        let tokens: Vec<&str> = text.split_whitespace().map(|token| token.trim_end_matches(closing)).collect();
        let unfinished = usize::from(tokens.last().is_some_and(|last| !ends(last)));
        let sentences = tokens.iter().filter(|token| ends(token)).count() + unfinished;
        let parts = tokens.iter().flat_map(|token| token.split('-'));
        let words = parts.map(|part| part.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
        Self { words: words.filter(|word| !word.is_empty()).map(|word| word.to_lowercase()).collect(), sentences }
    }

    fn number(count: usize) -> f64 {
        f64::from(u32::try_from(count).unwrap())
    }

    fn words_a_sentence(&self) -> f64 {
        Self::number(self.words.len()) / Self::number(self.sentences)
    }

    /// Of the words, in percent.
    fn share(&self, is_counted: impl Fn(&str) -> bool) -> f64 {
        100.0 * Self::number(self.words.iter().filter(|word| is_counted(word)).count()) / Self::number(self.words.len())
    }

    fn flesch_kincaid(&self) -> f64 {
        let syllables: usize = self.words.iter().map(|word| english_syllables(word)).sum();
        0.39 * self.words_a_sentence() + 11.8 * Self::number(syllables) / Self::number(self.words.len()) - 15.59
    }

    fn wiener_sachtextformel(&self) -> f64 {
        let long = self.share(|word| german_syllables(word) >= 3);
        let wide = self.share(|word| word.chars().count() > 6);
        let short = self.share(|word| german_syllables(word) == 1);
        0.1935 * long + 0.1672 * self.words_a_sentence() + 0.1297 * wide - 0.0327 * short - 0.875
    }
}

/// Groups of vowels, without the mute e at the end.
fn english_syllables(word: &str) -> usize {
    let is_vowel = |c: char| "aeiouy".contains(c);
    let groups = word.split(|c| !is_vowel(c)).filter(|group| !group.is_empty()).count();
    let mute = (word.ends_with('e') && !word.ends_with("le"))
        || (word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded") && !word.ends_with("led"))
        || (word.ends_with("es")
            && !["s", "x", "z", "ch", "sh", "c", "g"].iter().any(|end| word.trim_end_matches("es").ends_with(end)));
    groups.saturating_sub(usize::from(mute)).max(1)
}

/// Vowels, where diphthongs and long vowels are one.
fn german_syllables(word: &str) -> usize {
    const ONE: [&str; 10] = ["ei", "ai", "au", "eu", "äu", "ie", "ee", "aa", "oo", "ui"];
    let single = ONE.iter().fold(word.to_owned(), |word, pair| word.replace(pair, "a"));
    single.chars().filter(|c| "aeiouyäöü".contains(*c)).count().max(1)
}

/// What is too hard, with how hard it is.
fn too_hard(sources: Sources, grade: impl Fn(&Counted) -> f64) -> Vec<String> {
    let mut found = Vec::new();
    for file in FILES {
        let sentences = sentences(sources, file);
        let run = sentences.iter().map(|text| text.words.as_str()).collect::<Vec<_>>().join(" ");
        let whole = grade(&Counted::of(&run));
        if whole > RUN_OF_TEXT {
            found.push(format!("{file}.ftl as a whole: {whole:.1}"));
        }
        for text in sentences {
            let counted = Counted::of(&text.words);
            if counted.words.len() >= ENOUGH && grade(&counted) > TWELVE_YEARS {
                found.push(format!("{file}.ftl {}: {:.1}: {}", text.key, grade(&counted), text.words));
            }
        }
    }
    found
}

#[test]
fn every_file_is_read_by_shoppers_or_by_nobody_but_staff() {
    let mut known = [&FILES[..], &FILES_FOR_STAFF].concat();
    known.sort_unstable();
    for sources in [ENGLISH, GERMAN] {
        let mut files: Vec<&str> = sources.iter().map(|(name, _)| *name).collect();
        files.sort_unstable();
        assert_eq!(files, known, "a new file of texts is measured, or stands among those for staff");
    }
}

#[test]
fn a_twelve_year_old_can_read_what_shoppers_read_in_english() {
    let found = too_hard(ENGLISH, Counted::flesch_kincaid);
    assert!(found.is_empty(), "say it in shorter words and sentences:\n{}", found.join("\n"));
}

#[test]
fn a_twelve_year_old_can_read_what_shoppers_read_in_german() {
    let found = too_hard(GERMAN, Counted::wiener_sachtextformel);
    assert!(found.is_empty(), "say it in shorter words and sentences:\n{}", found.join("\n"));
}

#[test]
fn the_measures_tell_a_primer_from_a_contract() {
    let primer = Counted::of("The cat sat on the mat. It saw a dog. The dog ran to the cat.");
    let contract = Counted::of(
        "Notwithstanding anything to the contrary contained herein, authorization granted hereunder may be terminated by \
         either party upon written notification delivered in accordance with the applicable provisions.",
    );
    assert!(primer.flesch_kincaid() < 2.0 && contract.flesch_kincaid() > 14.0);
    assert_eq!(["the", "remove", "account", "tickled", "changed", "wanted"].map(english_syllables), [1, 2, 2, 2, 1, 2]);
    assert_eq!(
        ["die", "Reise", "verbunden", "Häuser", "Agenten"].map(|word| german_syllables(&word.to_lowercase())),
        [1, 2, 3, 2, 3]
    );
    let amtlich =
        Counted::of("Die Inanspruchnahme der Berechtigungsverwaltung erfordert eine vorhergehende Authentifizierung.");
    assert!(amtlich.wiener_sachtextformel() > 14.0);
}
