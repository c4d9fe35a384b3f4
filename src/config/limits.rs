//! `[limits]`: how often agents may call (C-2). Both halves have this section, each for its own calls.

use std::time::Duration;

use super::parse::{lifetime, number};
use super::section::section;

section! {
    /// How often one connection may call.
    Limits "limits" {
        /// Calls in one window for connections that can only read.
        read_rate: u32 = "60", number(1);
        /// Calls in one window for connections that can write or check out.
        write_rate: u32 = "120", number(1);
        /// The sliding window.
        window: Duration = "60s", lifetime;
    }
}
