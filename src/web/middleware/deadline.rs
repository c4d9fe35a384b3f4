//! A request is answered, or hung up on, within a time: the server's own timeout covers the head only, and a body that never
//! ends would hold a connection for good. An answer that has begun, such as the feed, may go on.

use std::time::Duration;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;

use super::root_span::reference;
use crate::domain::evidence::Check;
use crate::web::error::JsonError;

/// `wrap(from_fn(move |request, next| within(limit, request, next)))`, innermost.
pub async fn within<B: MessageBody>(
    limit: Duration,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let description = "The request took too long. Send it again.";
    let reference = reference(request.request());
    match tokio::time::timeout(limit, next.call(request)).await {
        Ok(answer) => answer,
        Err(_elapsed) => {
            let evidence =
                Check::RequestTime.found(format!("the whole request within {} s", limit.as_secs()), "less of it");
            Err(JsonError::of(reference, StatusCode::REQUEST_TIMEOUT, "request_timeout", description, evidence).into())
        }
    }
}
