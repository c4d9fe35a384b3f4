//! The conformance table: a row for each MUST, and for what else we promise, of sections A (the authorization server), B
//! (the store's MCP server) and D (client metadata documents) of the checklist that the project keeps of the MCP
//! authorization and transport specifications, 2025-06-18, 2025-11-25 and 2026-07-28, with the RFCs they stand on. The
//! store's rows run against the demo store in front of the real authorization server. A row that fails prints its clause.
//!
//! No row here, and why:
//!
//! | clause | why |
//! |---|---|
//! | A1, A3 | OAuth 2.1 as a whole, and its section 7: the sum of these rows and of the attack table |
//! | A22 | clients by hand: `tests/journeys/clients_by_hand.rs` |
//! | A27, C14 | duties of clients; the issuer's address is the key of its row and no command changes it |
//! | A39 | signing in at other providers: `tests/journeys/providers/hostile.rs`; the state is sealed instead of stored, and consent is asked for after it, as shoppers sign in before they consent |
//! | B12 | nothing is sent upstream; `mcp-resource/tests/protect` holds that a handler never sees the token |
//! | B13 | no scope that an agent can hold includes another |
//! | B32 | a duty of clients; who sends no `Accept` is served all the same |
//! | B38 | no tool needs a capability of the client: whoever cannot open a link is given it in words (F24; `mcp-resource/tests/shop/buys.rs`) |
//! | B42 | answers are whole JSON, never a stream, so that nothing is left to cancel; a call is one transaction (`mcp-resource/tests/shop/repeats_safely.rs`) |

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a row that panics fails, and its clause is printed"
)]

#[path = "support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the journeys use more of it")]
mod support;

#[path = "conformance/authorization.rs"]
mod authorization;
#[path = "conformance/client_authentication.rs"]
mod client_authentication;
#[path = "conformance/client_documents.rs"]
mod client_documents;
#[path = "conformance/legacy.rs"]
mod legacy;
#[path = "conformance/metadata.rs"]
mod metadata;
#[path = "conformance/protected_resource.rs"]
mod protected_resource;
#[path = "conformance/protection.rs"]
mod protection;
#[path = "conformance/public_tools.rs"]
mod public_tools;
#[path = "conformance/registration.rs"]
mod registration;
#[path = "conformance/stateless.rs"]
mod stateless;
#[path = "conformance/tokens.rs"]
mod tokens;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use support::{Agent, App, Browser, Documents};

/// A clause, and what must hold.
type Row<'a> = (&'static str, std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>);

/// Runs every row, so that one report names all clauses that do not hold.
async fn check(rows: Vec<Row<'_>>) {
    let mut failed = Vec::new();
    for (clause, row) in rows {
        match AssertUnwindSafe(row).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(seen)) => failed.push(format!("{clause}\n    seen: {seen}")),
            Err(_) => failed.push(format!("{clause}\n    it panicked; see above")),
        }
    }
    assert!(failed.is_empty(), "{} of the clauses do not hold:\n{}", failed.len(), failed.join("\n"));
}

/// Says what was seen where it is not what must be.
fn must(holds: bool, seen: &impl std::fmt::Debug) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{seen:?}")) }
}

/// An access token for the live store with these scopes.
async fn token(app: &App, scopes: &str) -> String {
    Agent::register(app.live()).await.connect(&mut Browser::new(), app.live(), scopes).await.access
}

fn row<'a>(clause: &'static str, holds: impl Future<Output = Result<(), String>> + 'a) -> Row<'a> {
    (clause, Box::pin(holds))
}

/// `"clause" => async { ... }` for each row.
macro_rules! rows {
    ($($clause:literal => $row:expr),+ $(,)?) => {
        vec![$(super::row($clause, $row)),+]
    };
}
use rows;

#[tokio::test]
async fn every_clause_about_metadata_holds() {
    let app = App::start().await;
    check(metadata::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_registration_holds() {
    let app = App::start().await;
    check(registration::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_client_documents_holds() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[("TILLGATE__OUTBOUND__TIMEOUT", "2s")]).await;
    check(client_documents::rows(&app, &documents)).await;
}

#[tokio::test]
async fn every_clause_about_authorization_holds() {
    let app = App::start().await;
    check(authorization::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_client_authentication_holds() {
    let app = App::start().await;
    check(client_authentication::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_tokens_holds() {
    let app = App::start().await;
    check(tokens::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_the_metadata_of_a_protected_resource_holds() {
    let app = App::start_with_store().await;
    check(protected_resource::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_public_tools_holds() {
    let app = App::start_with_store_at(support::store::Door::open().with_public(public_tools::PUBLIC)).await;
    app.store().open_to_strangers().await;
    check(public_tools::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_the_protection_of_a_resource_holds() {
    let app = App::start_with_store().await;
    check(protection::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_the_stateless_transport_holds() {
    let app = App::start_with_store().await;
    check(stateless::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_older_clients_holds() {
    let app = App::start_with_store().await;
    check(legacy::rows(&app)).await;
}
