//! `[log]`: the form and the amount of what is logged.

use tracing_subscriber::EnvFilter;

use super::parse::{choice, text};
use super::problem::Wrong;
use super::section::section;
use super::source::Raw;

section! {
    /// Structured logs on standard error.
    Log "log" {
        /// json or text.
        format: Format = "json", choice(&[("json", Format::Json), ("text", Format::Text)]);
        /// Levels by target, such as info or info,tillgate=debug.
        filter: String = "info", filter;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Text,
}

fn filter(raw: &Raw) -> Result<String, Wrong> {
    // A filter has commas of its own: a list is put together again.
    let text = text(&Raw::One(raw.items().join(",")))?;
    let wrong = |_| Wrong::new("is not a filter.", "Write levels by target, such as info or info,tillgate=debug.");
    EnvFilter::try_new(&text).map(|_| text).map_err(wrong)
}
