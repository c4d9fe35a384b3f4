//! The body of what machines send. What cannot be taken is refused in JSON, as all that they read is.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpRequest};

use crate::domain::evidence::Check;
use crate::web::error::JsonError;

/// Bounded by what bounds every body.
pub struct SentBody(pub Bytes);

impl FromRequest for SentBody {
    type Error = JsonError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, JsonError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move { body.await.map(Self).map_err(|error| unread(&request, &error)) })
    }
}

fn unread(request: &HttpRequest, error: &Error) -> JsonError {
    let (status, description, evidence) = match error.as_response_error().status_code() {
        status @ StatusCode::PAYLOAD_TOO_LARGE => (
            status,
            "The body is too large. Send only the parameters of this endpoint.",
            Check::RequestSize.found("a smaller body", "one over the limit"),
        ),
        _ => (
            StatusCode::BAD_REQUEST,
            "The body broke off or cannot be decoded. Send it again.",
            Check::BodyForm.found("a whole body", error.to_string()),
        ),
    };
    // RFC 6749 §5.2.
    JsonError::new(request, status, "invalid_request", description, evidence)
}
