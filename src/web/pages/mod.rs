//! Pages for people: one file here and one template under `templates/pages/` each, the same name.
//!
//! A view borrows what it shows and knows no logic beyond `if` and `for`. Escaping is askama's alone, texts come
//! from [`crate::locale`], and a page that posts a form holds a [`CsrfToken`]. No page needs a script.

pub mod account;
pub mod assets;
pub mod console;
mod csrf;
pub mod error;
pub mod form;
mod frame;
#[cfg(any(test, debug_assertions))]
pub mod gallery;
pub mod home;
mod layout;
pub mod refuse;
mod respond;
mod returns_to;
mod scopes;
mod told;
mod trust;

pub use csrf::CsrfToken;
pub use frame::{layout, layout_of, viewer};
pub use layout::{Layout, Links, Notice, Translation, Viewer};
pub use respond::page;
pub use returns_to::ReturnsTo;
pub use trust::trust_badge;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};

use super::error::{JsonError, no_address};
use super::extract::CurrentIssuer;

/// Every page.
pub fn configure(config: &mut ServiceConfig) {
    assets::configure(config);
    account::configure(config);
    console::configure(config);
    config.route("/", web::get().to(home::show));
    #[cfg(debug_assertions)]
    gallery::configure(config);
}

/// A page for people, JSON for everyone else.
pub async fn not_found(request: HttpRequest, issuer: Option<CurrentIssuer>) -> HttpResponse {
    let accept = request.headers().get(actix_web::http::header::ACCEPT).and_then(|value| value.to_str().ok());
    match issuer {
        Some(issuer) if accept.is_some_and(|accept| accept.contains("text/html")) => {
            let reason = no_address(&request).because("no such address");
            refuse::refuse(&request, &issuer, error::Problem::NotFound, StatusCode::NOT_FOUND, reason)
        }
        _ => JsonError::not_found(&request).error_response(),
    }
}
