//! What commands say: results on standard output, everything else on standard error. A closed pipe is no failure.

use std::fmt::Display;
use std::io::Write;

use super::failure::Failure;

/// One line of a command's result.
pub(super) fn line(text: impl Display) {
    let _closed_pipe = writeln!(std::io::stdout().lock(), "{text}");
}

/// One line beside the result.
pub(super) fn notice(text: impl Display) {
    let _closed_pipe = writeln!(std::io::stderr().lock(), "{text}");
}

pub(super) fn failure(failure: &Failure) {
    notice(format_args!("tillgate: {failure}"));
}
