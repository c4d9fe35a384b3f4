//! `/jwks`: the issuer's public keys (RFC 7517 §5), the next one among them.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;

use crate::web::extract::CurrentIssuer;

pub async fn get(issuer: CurrentIssuer) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=60"))
        .content_type("application/jwk-set+json")
        .body(issuer.keyring.key_set().to_owned())
}
