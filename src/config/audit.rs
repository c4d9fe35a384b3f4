//! `[audit]`: how much is kept of what was refused, and of where callers came from.

use std::time::Duration;

use super::parse::{lifetime, number};
use super::section::section;

section! {
    /// The audit trail.
    Audit "audit" {
        /// Refusals kept, in a ring of fixed size beside the trail.
        refusals_kept: usize = "100000", number(1);
        /// When a refusal is forgotten, whatever the size.
        refusal_age: Duration = "30d", lifetime;
        /// When the truncated network of a caller is forgotten.
        network_age: Duration = "30d", lifetime;
    }
}
