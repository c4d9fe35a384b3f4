//! Every page in every state, for tests and for looking at: `/_gallery`, in debug builds only.

mod account;
mod change;
mod consents;
mod console;
mod data;
mod general;
mod health;
mod purchases;
mod registration;
mod upstreams;

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use askama::Template;

use mcp_resource::wire::Timestamp;

use crate::locale::{Locale, Moment};

use super::{CsrfToken, Layout, Links, Viewer};

/// A page in one state.
#[derive(Debug)]
pub struct Sample {
    /// `account/consent-first`: page and state.
    pub name: String,
    pub html: Result<String, askama::Error>,
}

impl Sample {
    fn new(name: &str, view: &impl Template) -> Self {
        Self { name: name.to_owned(), html: view.render() }
    }
}

/// All samples.
pub fn samples() -> Vec<Sample> {
    [
        general::samples(),
        account::samples(),
        change::samples(),
        purchases::samples(),
        console::samples(),
        health::samples(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Serves the list and each sample.
pub fn configure(config: &mut web::ServiceConfig) {
    config.route("/_gallery", web::get().to(list)).route("/_gallery/{name:.+}", web::get().to(show));
}

async fn list() -> HttpResponse {
    let item = |sample: Sample| format!("<li><a href=\"/_gallery/{0}\">{0}</a>", sample.name);
    let items: String = samples().into_iter().map(item).collect();
    HttpResponse::Ok().content_type(ContentType::html()).body(format!("<title>Gallery</title><ul>{items}</ul>"))
}

async fn show(name: web::Path<String>) -> HttpResponse {
    let found = samples().into_iter().find(|sample| sample.name == *name);
    match found.and_then(|sample| sample.html.ok()) {
        Some(html) => HttpResponse::Ok().content_type(ContentType::html()).body(html),
        None => HttpResponse::NotFound().finish(),
    }
}

fn layout() -> Layout<'static> {
    Layout {
        locale: Locale::english(),
        store: "Fern & Field",
        base: "",
        is_sandbox: false,
        viewer: Some(Viewer { name: "maya@example.com", csrf: csrf() }),
        notice: None,
        links: Links { privacy: Some("https://fern.example/privacy"), terms: Some("https://fern.example/terms") },
    }
}

fn anonymous() -> Layout<'static> {
    Layout { viewer: None, ..layout() }
}

fn sandbox() -> Layout<'static> {
    Layout { base: "/sandbox", is_sandbox: true, ..layout() }
}

fn csrf() -> CsrfToken {
    CsrfToken::new("f1_c2FtcGxlLW9ubHk".to_owned())
}

/// So many seconds from a fixed now.
fn moment(seconds: i64) -> Moment {
    let now = 1_795_307_700;
    Moment::new(Timestamp::from_secs(now + seconds), Timestamp::from_secs(now), Locale::english())
}

#[cfg(test)]
mod tests;
