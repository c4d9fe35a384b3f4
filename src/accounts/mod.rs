//! Shoppers' accounts: sign-up, sign-in, sessions, passwords, and what guessing costs. Staff sign in by the same means.

pub mod agents;
pub mod approval_rules;
pub mod asked;
pub mod consent;
pub mod deletion;
pub mod export;
pub mod identities;
pub mod narrowing;
pub mod passkeys;
pub mod password;
pub mod sessions;
pub mod sign_in;
pub mod sign_in_code;
pub mod sign_up;
#[cfg(test)]
pub(crate) mod tests;
pub mod throttle;
pub mod trail;
pub mod upstream;
