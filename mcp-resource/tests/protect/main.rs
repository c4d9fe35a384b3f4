//! A protected endpoint against an authorization server, both on real ports: what agents, shoppers and merchants are promised.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails where it stands")]

#[expect(dead_code, reason = "the tests of the shop use more of it")]
mod authorization_server;
mod shop;

mod audits_calls;
mod challenges_agents;
mod follows_the_feed;
mod limits_traffic;
mod measures_verification;
mod publishes_metadata;
mod verifies_tokens;
