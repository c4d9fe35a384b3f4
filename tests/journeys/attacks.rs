//! The attack table: one test for each attack. `tests/attacks/removed/` holds for each a patch that takes the check away,
//! and `tests/attacks/check` shows that the test then fails.

mod browsers;
mod forged_tokens;
mod inputs;
mod redirects;
mod replays;
mod sealed_values;
