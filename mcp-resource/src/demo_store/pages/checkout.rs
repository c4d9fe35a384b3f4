//! `/checkouts/<link>`: the frozen cart behind an unguessable address. Lines, sums and the time left; no name and no
//! address, because whoever has the link sees it.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::text::{self, Text};
use crate::demo_store::{DemoStore, checkouts};
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
        Ok(page) => render(HttpResponse::Ok(), &page),
        Err(BackendError::NotFound(_)) => render(HttpResponse::NotFound(), &nothing()),
        Err(error) => {
            tracing::error!(%error, "a checkout's page could not be shown");
            HttpResponse::ServiceUnavailable().finish()
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
        checkout: Some(Frozen { lines: document.lines, totals: document.totals }),
    })
}

fn nothing() -> Page<'static> {
    let (heading, explanation) = text::state(None);
    Page {
        text: &text::ENGLISH,
        heading,
        explanation,
        sandbox: false,
        shipping: "",
        time_left: String::new(),
        checkout: None,
    }
}

fn render(answer: HttpResponseBuilder, page: &Page<'_>) -> HttpResponse {
    let Ok(html) = page.render() else { return HttpResponse::InternalServerError().finish() };
    super::guarded(answer)
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html)
}
