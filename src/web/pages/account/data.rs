//! "Your data": a copy of it, and the way to delete the account. Both only after a fresh sign-in.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, ContentType};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::{CsrfToken, Layout, form, layout_of, page, refuse};
use super::data_file;
use super::onward::Onward;
use super::proved::{sender, sign_in_first};
use crate::accounts::export::{self, OwnData};
use crate::accounts::trail;
use crate::domain::audit::AuditKind;
use crate::storage::StorageError;
use crate::web::extract::{SentForm, SignedInShopper, Visit};
use crate::web::language;

#[derive(Debug, Template)]
#[template(path = "pages/account/data.html")]
pub struct Data<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    /// How long the address of a purchase is kept.
    pub addresses: Duration,
}

impl Data<'_> {
    fn addresses(&self) -> String {
        in_words(&self.layout, self.addresses)
    }
}

pub(super) const PATH: &str = "/account/data";

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
}

/// `GET /account/data`.
pub async fn show(visit: Visit) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return sign_in_first(&visit, PATH) };
    let csrf = form::token(&visit.context, &token_parts(signed_in));
    let addresses = visit.state.retention.addresses;
    page(StatusCode::OK, &Data { csrf, addresses, layout: layout_of(&visit) })
}

/// `POST /account/data`: the file.
pub async fn download(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    // Who finds a browser signed in does not walk off with everything.
    let signed_in = match sender(&visit, (&posted.csrf, token_parts), &Onward::to_page(PATH).sign_in()) {
        Ok(signed_in) => signed_in,
        Err(answer) => return *answer,
    };
    let (issuer_id, shopper) = (&visit.context.issuer.id, &signed_in.shopper);
    let who = (issuer_id.as_str(), shopper.id.as_str());
    if let Err(throttled) = visit.state.throttle.admit_costly("own data", who, &visit.source.network, visit.now()) {
        let reason = "too many downloads of one's own data";
        return refuse::too_many(&visit.request, &visit.context, throttled.retry_after, reason);
    }
    match collect(&visit, signed_in).await {
        Ok(data) => attachment(&visit, data).await,
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

/// Read apart from the entry about it, which is the one thing that is written: a long read must not hold up others' writes.
async fn collect(visit: &Visit, signed_in: &SignedInShopper) -> Result<OwnData, StorageError> {
    let (shopper, occasion) = (signed_in.shopper.clone(), visit.occasion());
    let recorded: Result<(), StorageError> =
        visit.state.db.write(move |tx| trail::record(tx, AuditKind::DataDownloaded, &shopper, &occasion)).await;
    recorded?;
    let (shopper, now) = (signed_in.shopper.clone(), visit.now());
    visit.state.db.read(move |connection| export::collect(connection, &shopper, now)).await
}

/// Written apart from the thread that answers, which has others to answer meanwhile.
async fn attachment(visit: &Visit, data: OwnData) -> HttpResponse {
    let (context, locale, now) = (visit.context.clone(), language::of(&visit.request, &visit.context), visit.now());
    let file = match web::block(move || data_file::write(&data, &context, locale, now)).await {
        Ok(file) => file,
        Err(error) => return refuse::unavailable(&visit.request, &visit.context, &error),
    };
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""))
        .content_type(ContentType::json())
        .body(file)
}

fn token_parts(signed_in: &SignedInShopper) -> [&[u8]; 2] {
    [b"data", &signed_in.session_hash]
}

/// In years where it is some.
pub(super) fn in_words(layout: &Layout<'_>, time: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    let days = time.as_secs() / DAY;
    let (key, count) = if days < 730 { ("data-days", days.max(1)) } else { ("data-years", days / 365) };
    layout.t1(key, &("count", u32::try_from(count).unwrap_or(u32::MAX)))
}
