//! A value that must not be seen: no `Debug`, no `Display`, no serialisation shows it, and its memory is overwritten
//! when it is dropped. Whoever needs it says so with [`Secret::expose`], which is easy to search for.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// Holds a secret. Compare exposed secrets in constant time (`subtle`), never with `==`.
#[derive(Clone)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The secret itself. Never log it, never put it in an error or a URL that is shown.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".to_owned())), "[secret]");
        assert_eq!(format!("{:?}", Secret::new([7_u8; 32])), "[secret]");
    }
}
