//! What machines talk to: one file per endpoint.

pub mod authorize;
pub mod health;
pub mod introspect;
pub mod jwks;
pub mod metadata;
pub mod register;
pub mod revoke;
pub mod token;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;

use super::error::JsonError;
use super::middleware::root_span::reference;
use crate::oauth::error::{Failure, OAuthError};
use crate::storage::StorageError;

/// The JSON answer to a failure of a use case.
fn failed(request: &HttpRequest, failure: &Failure) -> JsonError {
    match failure {
        Failure::Refused(error) => refused(request, error),
        Failure::Storage(fault) => JsonError::fault(request, fault, matches!(fault, StorageError::Unavailable(_))),
        Failure::Defect(_) => JsonError::fault(request, failure, false),
    }
}

/// RFC 6749 §5.2.
fn refused(request: &HttpRequest, error: &OAuthError) -> JsonError {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut answer =
        JsonError::new(request, status, error.code.as_str(), error.description.clone()).because(&error.reason);
    // RFC 6749 §5.2: a challenge of the scheme that the client used, and only then.
    if status == StatusCode::UNAUTHORIZED && request.headers().contains_key(AUTHORIZATION) {
        answer.challenge = Some(r#"Basic realm="token", charset="UTF-8""#);
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer.retry_after_secs = Some(60);
    }
    answer
}

fn authorization(request: &HttpRequest) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()
}

fn reference_id(request: &HttpRequest) -> crate::telemetry::ReferenceId {
    reference(request)
}
