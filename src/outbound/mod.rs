//! What leaves this server by itself. It knows only `domain`.

pub mod mail;
