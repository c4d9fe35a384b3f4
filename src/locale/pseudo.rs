//! Languages that nobody speaks, for tests and for the gallery: English in full-width letters, and English from right to left. What
//! still stands in ASCII letters on a page of the former comes from no Fluent file; the latter shows what knows left from right.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::{Direction, ENGLISH, Locale, Signs};

const SIGNS: Signs = Signs { decimal: ',', group: '.' };

static WIDENED: LazyLock<Locale> = LazyLock::new(|| made(("en-XA", Direction::LeftToRight), widened));
static MIRRORED: LazyLock<Locale> = LazyLock::new(|| made(("ar-XB", Direction::RightToLeft), mirrored));

impl Locale {
    /// Full-width letters. Never negotiated.
    pub fn pseudo() -> &'static Self {
        &WIDENED
    }

    /// From right to left. Never negotiated.
    pub fn mirrored() -> &'static Self {
        &MIRRORED
    }
}

fn made(language: (&'static str, Direction), transform: fn(&str) -> Cow<'_, str>) -> Locale {
    let mut locale = Locale::read(language, SIGNS, ENGLISH);
    locale.bundle.set_transform(Some(transform));
    locale
}

/// ASCII letters become those of U+FF21 and U+FF41.
fn widened(text: &str) -> Cow<'_, str> {
    let wide = |letter: char| char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter);
    text.chars()
        .map(|letter| if letter.is_ascii_alphabetic() { wide(letter) } else { letter })
        .collect::<String>()
        .into()
}

/// Each word runs as one of a right-to-left script does (UAX 9: RLO to PDF, between marks); where it stands is left to the page.
fn mirrored(text: &str) -> Cow<'_, str> {
    let turned = |word: &str| format!("\u{200f}\u{202e}{word}\u{202c}\u{200f}");
    let words = text.split(' ').map(|word| if word.is_empty() { String::new() } else { turned(word) });
    words.collect::<Vec<_>>().join(" ").into()
}

#[test]
fn the_pseudo_languages_change_what_is_ours_and_leave_what_is_not() {
    let lead = |locale: &Locale| locale.t1("sign-in-lead", &("store", "Fern"));
    assert_eq!(lead(Locale::pseudo()), "Ｓｉｇｎ ｉｎ ｔｏ Fern.");
    let turned = |word| format!("\u{200f}\u{202e}{word}\u{202c}\u{200f}");
    let expected = format!("{} {} {} Fern{}", turned("Sign"), turned("in"), turned("to"), turned("."));
    assert_eq!(lead(Locale::mirrored()), expected);
}
