//! What can stand in a text: numbers, words of ours, and words that strangers wrote.

use std::fmt;

use fluent_bundle::FluentValue;

/// A value for a placeable of a Fluent text.
pub trait Argument {
    fn value(&self) -> FluentValue<'_>;
}

/// A text that somebody else chose (an agent's name, say). Inside a sentence it is isolated, so that a name in
/// another script, or with control characters in it, cannot reorder the words around it (UAX #9, FSI and PDI).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign<'a>(pub &'a str);

impl fmt::Display for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Argument for Foreign<'_> {
    fn value(&self) -> FluentValue<'_> {
        format!("\u{2068}{}\u{2069}", self.0).into()
    }
}

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        self.into()
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().into()
    }
}

impl Argument for u32 {
    fn value(&self) -> FluentValue<'_> {
        (*self).into()
    }
}

impl<A: Argument + ?Sized> Argument for &A {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}
