//! `[outbound]`: what this server fetches by itself, from hosts that its clients name: metadata documents and keys. Two
//! settings are for development only; `serve` refuses both when an issuer can be reached from elsewhere.

use std::path::PathBuf;
use std::time::Duration;

use super::parse::{boolean, lifetime, list, number, optional, path, some};
use super::problem::Wrong;
use super::section::section;
use super::source::Raw;

section! {
    /// What the server fetches by itself from hosts that clients name: their metadata documents and keys.
    Outbound "outbound" {
        /// Lets documents come from this machine, at any port. For development: refused with an issuer that is not on
        /// this machine.
        allow_loopback: bool = "false", boolean;
        /// A PEM file with authorities to trust besides the public ones. For development: refused with an issuer that
        /// is not on this machine.
        extra_root_certificates: Option<PathBuf> = "", optional(path);
        /// The ports that may be asked.
        ports: Vec<u16> = "443", some(list(port));
        /// For one document, from looking up its host to its last byte.
        timeout: Duration = "5s", lifetime;
        /// Documents fetched at the same time.
        concurrency: usize = "64", number(1);
        /// Of these, from the same host.
        per_host: usize = "4", number(1);
    }
}

fn port(raw: &Raw) -> Result<u16, Wrong> {
    number(1)(raw)
}
