//! A language that nobody speaks, for tests: English in full-width letters. What still stands in ASCII letters on a page comes
//! from no Fluent file; and as its letters are twice as wide, it shows what a long language would break.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::{Direction, ENGLISH, Locale, Signs};

static PSEUDO: LazyLock<Locale> = LazyLock::new(|| {
    let mut locale = Locale::read(("en-XA", Direction::LeftToRight), Signs { decimal: ',', group: '.' }, ENGLISH);
    locale.bundle.set_transform(Some(widened));
    locale
});

impl Locale {
    /// Never negotiated.
    pub fn pseudo() -> &'static Self {
        &PSEUDO
    }
}

/// ASCII letters become those of U+FF21 and U+FF41.
fn widened(text: &str) -> Cow<'_, str> {
    let wide = |letter: char| char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter);
    text.chars()
        .map(|letter| if letter.is_ascii_alphabetic() { wide(letter) } else { letter })
        .collect::<String>()
        .into()
}

#[test]
fn the_pseudo_language_widens_what_is_ours_and_leaves_what_is_not() {
    assert_eq!(Locale::pseudo().t1("sign-in-lead", &("store", "Fern")), "Ｓｉｇｎ ｉｎ ｔｏ Fern.");
}
