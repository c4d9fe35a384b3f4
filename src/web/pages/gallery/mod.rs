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

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use askama::Template;

use mcp_resource::wire::Timestamp;

use crate::locale::{Locale, Moment};

use super::{CsrfToken, Layout, Links, Translation, Viewer};

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

thread_local! {
    /// The language of the samples that are being made.
    static SHOWN: Cell<Option<&'static Locale>> = const { Cell::new(None) };
}

fn shown() -> &'static Locale {
    SHOWN.get().unwrap_or_else(Locale::english)
}

/// All samples in a language.
pub fn samples_in(locale: &'static Locale) -> Vec<Sample> {
    SHOWN.set(Some(locale));
    let samples = samples();
    SHOWN.set(None);
    samples
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

/// Every sample by the tag of its language and its name, made once: none can be made without the others.
static MADE: LazyLock<BTreeMap<&'static str, BTreeMap<String, String>>> = LazyLock::new(|| {
    let made = |locale| samples_in(locale).into_iter().filter_map(|sample| Some((sample.name, sample.html.ok()?)));
    let languages = Locale::all().iter().chain([Locale::pseudo(), Locale::mirrored()]);
    languages.map(|locale| (locale.tag(), made(locale).collect())).collect()
});

/// `?language=de`, and here those too that nobody speaks.
#[derive(serde::Deserialize)]
struct Wanted {
    language: Option<String>,
}

impl Wanted {
    fn tag(&self) -> &'static str {
        let known = MADE.keys().find(|tag| self.language.as_deref() == Some(**tag));
        known.copied().unwrap_or_else(|| Locale::negotiate(self.language.as_deref()).tag())
    }
}

async fn list(wanted: web::Query<Wanted>) -> HttpResponse {
    let tag = wanted.tag();
    let item = |sample: Sample| format!("<li><a href=\"/_gallery/{0}?language={tag}\">{0}</a>", sample.name);
    let items: String = samples().into_iter().map(item).collect();
    HttpResponse::Ok().content_type(ContentType::html()).body(format!("<title>Gallery</title><ul>{items}</ul>"))
}

async fn show(name: web::Path<String>, wanted: web::Query<Wanted>) -> HttpResponse {
    match MADE.get(wanted.tag()).and_then(|samples| samples.get(&*name)) {
        Some(html) => HttpResponse::Ok().content_type(ContentType::html()).body(html.as_str()),
        None => HttpResponse::NotFound().finish(),
    }
}

fn layout() -> Layout<'static> {
    Layout {
        locale: shown(),
        store: "Fern & Field",
        base: "",
        is_sandbox: false,
        viewer: Some(Viewer { name: "maya@example.com", csrf: csrf() }),
        notice: None,
        links: Links { privacy: Some("https://fern.example/privacy"), terms: Some("https://fern.example/terms") },
        languages: translations(),
    }
}

fn translations() -> Vec<Translation> {
    let others = Locale::all().iter().filter(|other| other.tag() != shown().tag());
    let address = |tag: &str| format!("?language={tag}");
    others
        .map(|other| Translation { tag: other.tag(), name: other.t("language-name"), address: address(other.tag()) })
        .collect()
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
    Moment::new(Timestamp::from_secs(now + seconds), Timestamp::from_secs(now), shown())
}

#[cfg(test)]
mod tests;
