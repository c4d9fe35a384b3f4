//! `[agents]`: the platforms that are known by name.

use super::platforms::{Platform, platforms};
use super::section::section;

section! {
    /// Agents and the platforms they come from.
    Agents "agents" {
        /// A file with platforms that are added to those built in, or that replace them by their id;
        /// `tillgate config platforms` prints what is built in.
        platforms_file: Vec<Platform> = "", platforms;
    }
}
