//! Tillgate: an OAuth 2.1 authorization server for AI shopping agents that speak the Model Context Protocol.
//!
//! An agent meets a store's MCP server, introduces itself, sends the shopper to a consent page, and gets short-lived,
//! audience-bound, scoped tokens. The shopper sees and ends what agents may do; the merchant sees every agent session and
//! ends it with one click. The other half, `mcp-resource`, protects the store's MCP server with these tokens.
//!
//! # The rule
//!
//! A module uses only what stands to its left, and `tests/architecture.rs` fails when one does not:
//!
//! `mcp_resource::wire` ← [`domain`] ← [`storage`] ← {[`oauth`], [`accounts`], [`merchant`], [`purchases`]} ← [`web`] ←
//! [`application`] ← [`cli`]
//!
//! The use-case folders meet only in `domain`. [`doctor`] judges deployments and knows only `domain`; [`outbound`] asks what it
//! wants to know. [`config`], [`telemetry`] and [`locale`] are leaves; [`keys`] and [`outbound`]
//! sit beside `storage`. `domain` does no I/O and never asks for the time. A use case is one synchronous function in one
//! transaction on SQLite or PostgreSQL: see [`storage`]. A refusal that changes state is a value, never an `Err`.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | Store, Issuer | a shop; one isolated authorization server of it, live or sandbox, with its own keys, clients and shoppers |
//! | Client | an agent's software; one client id can stand for a million installations |
//! | Shopper, Staff | who consents; who works for the store |
//! | Grant | the standing permission one shopper gave one client for one resource |
//! | Connection | one approved authorization of a grant, made by one installation; its code is generation 0, its refresh tokens are the generations after it. Merchants see it as a session |
//! | Purchase | one frozen checkout that awaits, has, or was refused the shopper's approval |
//! | Session | a signed-in browser, never anything else |
//!
//! # Where is …
//!
//! | | |
//! |---|---|
//! | refresh token rotation | [`domain::connection`] decides, [`storage::connections`] moves the row, `oauth::token::refresh_token` answers |
//! | what makes a redirect safe | [`domain::redirect_uri`], [`oauth::authorization`] |
//! | consent | [`domain::consent`] asks, [`accounts::consent`] records, `web::pages::account::consent` shows |
//! | approval of purchases | [`domain::purchase`] judges, [`storage::purchases`] moves the row, [`purchases`] records, `web::pages::account::purchase` asks, [`web::resource_api::purchases`] answers the store |
//! | spending limits | [`domain::spending_limit`], [`domain::authorization_details`] for agents, [`purchases::ledger`] keeps them |
//! | how shoppers sign in | `accounts`: [`accounts::sign_in`] by password, `sign_in_code`, `passkeys`, [`accounts::upstream`] elsewhere; pages in `web::pages::account` |
//! | revocation | [`merchant::revocation`], the feed in [`web::resource_api::feed`], and `mcp_resource::protect` that follows it |
//! | which request is for which issuer | [`domain::issuer::find`], [`web::middleware::issuer`] |
//! | every secret | [`keys`]; another version of the installation's, [`merchant::secret_versions`] |
//! | what an agent platform needs to link | [`doctor::platforms`] |
//! | every setting | [`config`] |

pub mod accounts;
pub mod application;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod domain;
pub mod keys;
pub mod locale;
pub mod merchant;
pub mod oauth;
pub mod outbound;
pub mod purchases;
pub mod storage;
pub mod telemetry;
pub mod web;
