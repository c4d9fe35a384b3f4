//! The demo store's MCP server on real ports, against a small authorization server: what agents and shoppers are promised.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it stands")]

#[path = "../protect/authorization_server.rs"]
#[expect(dead_code, reason = "the tests of the protection use more of it")]
mod authorization_server;
mod schema;
mod store;

mod asks_its_authorization_server;
mod begins_anew;
mod buys;
mod hides_what_is_internal;
mod keeps_shoppers_apart;
mod repeats_safely;
mod seals_what_clients_bring_back;
mod sells;
mod serves_strangers;
mod shows_pages;
mod speaks_three_revisions;
mod stands_a_crowd;
mod survives_bad_arguments;
mod survives_crashes;
