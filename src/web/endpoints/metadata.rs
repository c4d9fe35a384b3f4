//! `/.well-known/oauth-authorization-server` (RFC 8414 §3) and its OpenID alias (A10): the same document at both.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;

use crate::oauth::metadata::Metadata;
use crate::web::extract::CurrentIssuer;
use crate::web::state::AppState;

pub async fn get(issuer: CurrentIssuer, state: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .json(Metadata::of(&issuer.issuer, state.registration.enabled))
}
