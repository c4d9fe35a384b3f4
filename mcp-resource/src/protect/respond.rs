//! The HTTP answer to a [`Rejection`].

use actix_web::HttpResponse;
use serde_json::Value;

use super::protection::Protection;
use super::rejection::Rejection;

impl Rejection {
    /// The answer to a request that was refused before it was read: a JSON-RPC error without an id.
    pub fn into_response(self, _protection: &Protection) -> HttpResponse {
        HttpResponse::ServiceUnavailable().finish()
    }

    /// The answer to a tool call. C-3: a missing scope is a 403 challenge whose body is a tool result.
    pub fn into_tool_response(self, _protection: &Protection, _request_id: &Value) -> HttpResponse {
        HttpResponse::ServiceUnavailable().finish()
    }
}
