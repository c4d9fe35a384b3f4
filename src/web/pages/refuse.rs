//! Refusals as pages: what people read, and the reason that the root span logs under the same reference id.

use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse};
use std::time::Duration;

use super::error::{ErrorPage, Problem};
use super::{layout, page};
use crate::domain::evidence::{Check, Evidence};
use crate::keys::IssuerContext;
use crate::storage::StorageError;
use crate::web::error::{RETRY_AFTER_FAULT, fault_of};
use crate::web::middleware::root_span::{Reason, reference};

/// The error page. `reason` is for the operator: the check that failed, and words for the log that name no secret.
pub fn refuse(
    request: &HttpRequest,
    context: &IssuerContext,
    problem: Problem,
    status: StatusCode,
    reason: impl Into<Reason>,
) -> HttpResponse {
    let reference = reference(request).to_string();
    let view = ErrorPage { layout: layout(request, context), problem, reference: &reference };
    because(page(status, &view), reason)
}

/// Gives any answer the reason that is logged.
#[must_use]
pub fn because(mut answer: HttpResponse, reason: impl Into<Reason>) -> HttpResponse {
    answer.extensions_mut().insert::<Reason>(reason.into());
    answer
}

/// A form whose token is missing, too old, or of another browser, form or account.
pub fn form_expired(request: &HttpRequest, context: &IssuerContext) -> HttpResponse {
    let evidence =
        Check::FormToken.found("the form that this browser and account were shown", "another, or an old one");
    let reason = evidence.because("the token of the form does not match");
    refuse(request, context, Problem::FormExpired, StatusCode::FORBIDDEN, reason)
}

/// Why a body is no form of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    TooLarge,
    /// No form at all, or in another charset.
    Type,
    Nul,
    /// One is missing, is there twice, or cannot be read.
    Fields,
}

impl Unfit {
    /// Of a body that could not be read to its end.
    pub fn of_body(error: &actix_web::Error) -> Self {
        match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            _ => Self::Fields,
        }
    }
}

pub fn unfit_form(request: &HttpRequest, context: &IssuerContext, unfit: Unfit) -> HttpResponse {
    let (status, evidence) = match unfit {
        Unfit::TooLarge => {
            (StatusCode::PAYLOAD_TOO_LARGE, Check::RequestSize.found("a smaller body", "one over the limit"))
        }
        Unfit::Type => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Check::FormFields.found("application/x-www-form-urlencoded in UTF-8", "another type of body"),
        ),
        Unfit::Nul => (StatusCode::BAD_REQUEST, Check::ParameterCharacters.found("printable characters", "a NUL")),
        Unfit::Fields => (
            StatusCode::BAD_REQUEST,
            Check::FormFields.found("all fields of the form, once", "fewer, more than one of a name, or no form"),
        ),
    };
    let problem = if unfit == Unfit::TooLarge { Problem::FormTooLong } else { Problem::FormUnreadable };
    refuse(request, context, problem, status, evidence.because("the form is incomplete or none of ours"))
}

/// 429, and when to come back.
pub fn too_many(request: &HttpRequest, context: &IssuerContext, retry_after: Duration, reason: &str) -> HttpResponse {
    let reason = attempts(retry_after).because(reason);
    let answer = refuse(request, context, Problem::TooManyAttempts, StatusCode::TOO_MANY_REQUESTS, reason);
    with_retry_after(answer, retry_after)
}

/// What to say of somebody who tries too often.
pub fn attempts(retry_after: Duration) -> Evidence {
    Check::Attempts.found("fewer attempts", format!("one more, {} s too early", retry_after.as_secs()))
}

/// A fault of the database: passing (503) or not (500).
pub fn fault(request: &HttpRequest, context: &IssuerContext, error: &StorageError) -> HttpResponse {
    if error.is_passing() {
        return unavailable(request, context, error);
    }
    refuse(
        request,
        context,
        Problem::Server,
        StatusCode::INTERNAL_SERVER_ERROR,
        fault_of(error).because(error.to_string()),
    )
}

/// 503: something of ours is overloaded or away for a moment.
pub fn unavailable(request: &HttpRequest, context: &IssuerContext, error: &dyn std::error::Error) -> HttpResponse {
    let reason = fault_of(error).because(error.to_string());
    let answer = refuse(request, context, Problem::Unavailable, StatusCode::SERVICE_UNAVAILABLE, reason);
    with_retry_after(answer, RETRY_AFTER_FAULT)
}

/// RFC 9110 §10.2.3, in whole seconds, at least one.
#[must_use]
pub fn with_retry_after(mut answer: HttpResponse, retry_after: Duration) -> HttpResponse {
    let seconds = retry_after.as_secs().saturating_add(u64::from(retry_after.subsec_nanos() > 0)).max(1);
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// 303 (A40: never 307 or 308 after a post) to an address of this issuer; `path` begins with a slash.
pub fn see_other(context: &IssuerContext, path: &str) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((LOCATION, format!("{}{path}", context.issuer.url.path())));
    answer.insert_header((actix_web::http::header::CACHE_CONTROL, "no-store"));
    answer.finish()
}

/// For extractors, whose refusals are errors.
pub fn as_error(answer: HttpResponse) -> actix_web::Error {
    InternalError::from_response("refused", answer).into()
}
