//! `/.well-known/oauth-authorization-server` (RFC 8414 §3) and its OpenID alias (A10): the same document at both.

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::web::error::JsonError;
use crate::web::extract::CurrentIssuer;
use crate::web::state::AppState;

pub async fn get(
    request: HttpRequest,
    issuer: CurrentIssuer,
    state: Data<AppState>,
) -> Result<HttpResponse, JsonError> {
    let document = state.directory.load().metadata(&issuer.issuer.id);
    let document = document.ok_or_else(|| JsonError::not_found(&request))?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .content_type(ContentType::json())
        .body(document))
}
