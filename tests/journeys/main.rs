//! Journeys through a running authorization server, on whichever database the suite runs on.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a journey that panics fails, and says where"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the conformance table uses more of it")]
mod support;

mod agents;
mod attacks;
mod buying;
mod buying_clients;
mod clicks;
mod client_documents;
mod client_keys;
mod clients_by_hand;
mod codes;
mod commands;
mod consents;
mod crashes;
mod deleting;
mod demo;
mod disconnecting;
mod doctor;
mod encrypted_database;
mod forms;
mod isolation;
mod keys;
mod languages;
mod limits;
mod model;
mod notices;
mod outbound;
mod own_data;
mod passkeys;
mod passwords;
mod providers;
mod purchases;
mod races;
mod registrations;
mod secret_versions;
mod sessions;
mod step_up;
mod strangers;
mod transport;
mod two_processes;
mod why;
mod wordings;
