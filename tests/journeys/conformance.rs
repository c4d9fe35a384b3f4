//! One row for each MUST that the authorization server answers for. A row that fails prints its clause.

mod authorization;
mod metadata;
mod registration;
mod tokens;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use crate::support::App;

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
async fn every_clause_about_authorization_holds() {
    let app = App::start().await;
    check(authorization::rows(&app)).await;
}

#[tokio::test]
async fn every_clause_about_tokens_holds() {
    let app = App::start().await;
    check(tokens::rows(&app)).await;
}
