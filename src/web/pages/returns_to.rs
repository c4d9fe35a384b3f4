//! Where the browser goes after the answer: the one thing about an agent that cannot be made up.

/// The destination of a redirect, as pages show it (A38, D15: always shown).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnsTo<'a> {
    /// The host of an https address.
    Host(&'a str),
    /// A loopback address: an app on this computer, whoever made it.
    Loopback(&'a str),
    /// A private-use scheme (RFC 8252 §7.1), without the colon.
    App(&'a str),
}
