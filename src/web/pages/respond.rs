//! From a view to an HTTP answer. Headers that every page carries (CSP, framing) are the middleware's.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ContentType};
use askama::Template;

/// The page with this status. It is never stored: pages show what is personal, and carry tokens of forms.
pub fn page(status: StatusCode, view: &impl Template) -> HttpResponse {
    match view.render() {
        Ok(html) => HttpResponse::build(status)
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type(ContentType::html())
            .body(html),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
