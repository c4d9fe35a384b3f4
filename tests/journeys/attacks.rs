//! The attack table: one test for each attack. `tests/attacks/removed/` holds for each a patch that takes the check away,
//! and `tests/attacks/check` shows that the test then fails. More of its rows are in `isolation`, and, for tokens at the
//! store's MCP server, in `mcp-resource/tests/protect`.

mod accounts;
mod browsers;
mod client_assertions;
mod forged_tokens;
mod inputs;
mod redirects;
mod replays;
mod sealed_values;
mod shopping;
mod staff;
