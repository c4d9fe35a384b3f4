//! The start page of an issuer: where to go.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::{Layout, layout_of, page};
use crate::web::extract::Visit;

#[derive(Debug, Template)]
#[template(path = "pages/home.html")]
pub struct Home<'a> {
    pub layout: Layout<'a>,
}

/// `GET /`.
pub async fn show(visit: Visit) -> HttpResponse {
    page(StatusCode::OK, &Home { layout: layout_of(&visit) })
}
