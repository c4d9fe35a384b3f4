//! The reference id of an answer that refuses what is no tool call: it names a line of the log, which is all there is about it.
//! Refused calls have theirs from [`crate::protect`] and from the audit record.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

/// Logs why, and says under which reference.
pub(crate) fn reference(status: StatusCode, reason: &str) -> String {
    let reference_id = Uuid::new_v4().to_string();
    let status = status.as_u16();
    if status >= 500 {
        tracing::error!(reference_id, status, reason, "failed");
    } else {
        tracing::info!(reference_id, status, reason, "refused");
    }
    reference_id
}

/// For programs that ask for what there is not, where `message` says what there is.
pub(crate) fn answer(status: StatusCode, error: &str, message: &str) -> HttpResponse {
    let reference_id = reference(status, error);
    HttpResponse::build(status).json(json!({ "error": error, "message": message, "reference_id": reference_id }))
}
