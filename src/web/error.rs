//! Errors as machines read them. Pages have `pages::error`, redirects have `endpoints::authorize`; nothing else makes
//! error bodies. What is logged, and once, is the [`Reason`], by the root span.

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;

use super::middleware::root_span::{Reason, reference};
use crate::domain::evidence::{Check, Evidence};
use crate::storage::StorageError;
use crate::telemetry::ReferenceId;

/// A JSON error of RFC 6749 §5.2, RFC 7591 §3.2.2 and the like, with the request's reference id.
#[derive(Debug, Clone)]
pub struct JsonError {
    pub status: StatusCode,
    /// The code of the specification.
    pub error: &'static str,
    /// For the client: one sentence that names the remedy and reveals nothing.
    pub description: String,
    /// For the operator.
    pub reason: Box<Reason>,
    pub reference: String,
    pub challenge: Option<&'static str>,
    pub retry_after_secs: Option<u64>,
}

const PROBLEM: &str = "The server has a problem. Please try again later.";

/// When to come back after a passing fault, to pages and to machines alike.
pub const RETRY_AFTER_FAULT: Duration = Duration::from_secs(1);

/// The code of an error answer, for the ring of refusals.
#[derive(Debug, Clone, Copy)]
pub struct Code(pub &'static str);

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: &'a str,
    reference_id: &'a str,
}

impl JsonError {
    pub fn new(
        request: &HttpRequest,
        status: StatusCode,
        error: &'static str,
        description: impl Into<String>,
        evidence: Evidence,
    ) -> Self {
        Self::of(reference(request), status, error, description, evidence)
    }

    /// Where the request itself is no longer at hand.
    pub fn of(
        reference: ReferenceId,
        status: StatusCode,
        error: &'static str,
        description: impl Into<String>,
        evidence: Evidence,
    ) -> Self {
        let description = description.into();
        Self {
            status,
            error,
            reason: Box::new(evidence.because(description.clone())),
            description,
            reference: reference.to_string(),
            challenge: None,
            retry_after_secs: None,
        }
    }

    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason.text = reason.into();
        self
    }

    pub fn not_found(request: &HttpRequest) -> Self {
        let description = "There is nothing at this address.";
        Self::new(request, StatusCode::NOT_FOUND, "not_found", description, no_address(request))
    }

    /// A fault of the database, passing or not.
    pub fn fault(request: &HttpRequest, fault: &StorageError) -> Self {
        if fault.is_passing() { Self::unavailable(request, fault) } else { Self::defect(request, fault) }
    }

    /// 503: something of ours is overloaded or away for a moment. Neither this code nor that of a defect makes a client
    /// throw its credentials away (A60, H13).
    pub fn unavailable(request: &HttpRequest, fault: &dyn std::error::Error) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let mut answer =
            Self::new(request, status, "temporarily_unavailable", PROBLEM, fault_of(fault)).because(fault.to_string());
        answer.retry_after_secs = Some(RETRY_AFTER_FAULT.as_secs());
        answer
    }

    /// 500.
    pub fn defect(request: &HttpRequest, fault: &dyn std::error::Error) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(request, status, "server_error", PROBLEM, fault_of(fault)).because(fault.to_string())
    }
}

/// A description that names the reference id: what most clients show of an error is its description alone. RFC 6749 §5.2,
/// §4.1.2.1: ASCII without `"` and `\`.
pub fn with_reference(description: &str, reference: impl fmt::Display) -> String {
    format!("{description} (reference {reference})")
}

/// What to say of a request for what is not there.
pub fn no_address(request: &HttpRequest) -> Evidence {
    Check::Address.found("an address of this issuer", format!("{} {}", request.method(), request.path()))
}

/// What to say of a fault of ours.
pub fn fault_of(fault: &dyn std::error::Error) -> Evidence {
    Check::Server.found("nothing of ours broken or away", fault.to_string())
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.reason.text)
    }
}

impl ResponseError for JsonError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        // A60, RFC 6749 §5.1: never stored.
        answer.insert_header((CACHE_CONTROL, "no-store"));
        if let Some(challenge) = self.challenge {
            answer.insert_header((WWW_AUTHENTICATE, challenge));
        }
        if let Some(seconds) = self.retry_after_secs {
            answer.insert_header((RETRY_AFTER, seconds));
        }
        let mut answer = answer.json(Body {
            error: self.error,
            error_description: &with_reference(&self.description, &self.reference),
            reference_id: &self.reference,
        });
        answer.extensions_mut().insert(Reason::clone(&self.reason));
        answer.extensions_mut().insert(Code(self.error));
        answer
    }
}
