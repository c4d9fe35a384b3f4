//! Journeys through a running authorization server, on whichever database the suite runs on.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a journey that panics fails, and says where"
)]

mod support;

mod attacks;
mod commands;
mod conformance;
mod crashes;
mod encrypted_database;
mod isolation;
mod races;
mod secret_versions;
mod transport;
