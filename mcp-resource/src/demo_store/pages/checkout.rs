//! `/checkouts/<link>`: the frozen cart behind an unguessable address. Lines, sums and the time left; no name and no
//! address, because whoever has the link sees it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use askama::Template;

use super::text::{self, Text};
use crate::demo_store::{DemoStore, checkouts};
use crate::refused;
use crate::shop::BackendError;
use crate::shop::results::{CheckoutState, Line, Totals};
use crate::wire::{Clock, Timestamp};

#[derive(Template)]
#[template(path = "demo_store/checkout.html")]
struct Page<'a> {
    text: &'a Text,
    heading: &'static str,
    explanation: &'static str,
    sandbox: bool,
    shipping: &'static str,
    time_left: String,
    checkout: Option<Frozen>,
    /// Of what went wrong.
    reference: Option<String>,
}

struct Frozen {
    lines: Vec<Line>,
    totals: Totals,
}

pub(super) async fn get(store: Data<DemoStore>, clock: Data<Clock>, link_id: Path<String>) -> HttpResponse {
    let now = clock.now();
    let link_id = link_id.into_inner();
    let found = store.database.read(move |connection| checkouts::by_link(connection, &link_id)).await;
    match found.and_then(|row| page(&row, now)) {
        Ok(page) => render(StatusCode::OK, &page),
        Err(BackendError::NotFound(_)) => {
            render(StatusCode::NOT_FOUND, &without(text::state(None), StatusCode::NOT_FOUND, "no such checkout"))
        }
        Err(error) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            render(status, &without(text::UNAVAILABLE, status, &error.to_string()))
        }
    }
}

fn page(row: &checkouts::CheckoutRow, now: Timestamp) -> Result<Page<'static>, BackendError> {
    let document = row.document()?;
    let state = row.state(now);
    let (heading, explanation) = text::state(Some(state));
    let left = match state {
        CheckoutState::AwaitingApproval => Timestamp::from_micros(row.expires_at).since(now),
        _ => std::time::Duration::ZERO,
    };
    Ok(Page {
        text: &text::ENGLISH,
        heading,
        explanation,
        sandbox: document.environment == "sandbox",
        shipping: text::shipping(document.shipping_method),
        time_left: text::time_left(left),
        reference: None,
        checkout: Some(Frozen { lines: document.lines, totals: document.totals }),
    })
}

/// A page about no checkout, and where the reason stands.
fn without((heading, explanation): (&'static str, &'static str), status: StatusCode, reason: &str) -> Page<'static> {
    Page {
        reference: Some(refused::reference(status, reason)),
        text: &text::ENGLISH,
        heading,
        explanation,
        sandbox: false,
        shipping: "",
        time_left: String::new(),
        checkout: None,
    }
}

fn render(status: StatusCode, page: &Page<'_>) -> HttpResponse {
    let Ok(html) = page.render() else { return HttpResponse::InternalServerError().finish() };
    super::guarded(HttpResponse::build(status))
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html)
}
