//! The HTTP answer to a [`Rejection`]: always JSON, never a page (S1-59), with a reference id to ask about.
//!
//! Error codes are the HTTP status: JSON-RPC leaves numbers outside -32768..-32000 to applications, and MCP
//! reserves most of that range (B46).

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde_json::{Value, json};

use super::challenge::{challenge, description, retry_after};
use super::config::ScopeError;
use super::protection::Protection;
use super::rejection::{Cause, Rejection};

fn put(told: &mut Value, checkout: Option<Value>) {
    if let (Some(told), Some(checkout)) = (told.as_object_mut(), checkout) {
        told.insert("checkout".to_owned(), checkout);
    }
}

impl Rejection {
    /// The answer to a request that was refused before it was read: a JSON-RPC error without an id.
    pub fn into_response(self, protection: &Protection) -> HttpResponse {
        self.answer(protection, &Value::Null, None)
    }

    /// The answer to a tool call. C-3: a missing scope is a 403 challenge, and a sign-in that does not do a 401 one (RFC 9470 §3),
    /// whose body is a tool result with `isError`, so that clients that act on the status and clients that act on the body both
    /// understand. `checkout`: what its caller can do without the scope, for clients that act on neither (H20).
    pub fn into_tool_response(
        self,
        protection: &Protection,
        request_id: &Value,
        checkout: Option<Value>,
    ) -> HttpResponse {
        let more = match self.cause {
            Cause::InsufficientScope { required, held } => json!({
                "required_scope": required.to_string(),
                "granted_scope": held.to_string(),
                "missing_scope": required.difference(held).to_string(),
            }),
            Cause::InsufficientAuthentication { .. } => protection.config().step_up.members().into_iter().collect(),
            _ => return self.answer(protection, request_id, None),
        };
        match protection.config().scope_error {
            ScopeError::Http => self.answer(protection, request_id, checkout),
            ScopeError::Both => self.head(protection).json(self.tool_result(protection, request_id, (more, checkout))),
            ScopeError::Tool => HttpResponse::Ok().json(self.tool_result(protection, request_id, (more, checkout))),
        }
    }

    fn answer(&self, protection: &Protection, request_id: &Value, checkout: Option<Value>) -> HttpResponse {
        let mut data = json!({ "error": self.outcome(), "reference_id": self.reference_id() });
        if let (Some(seconds), Some(data)) = (retry_after(&self.cause), data.as_object_mut()) {
            data.insert("retry_after".into(), seconds.into());
        }
        put(&mut data, checkout);
        self.head(protection).json(json!({
            "jsonrpc": "2.0",
            "id": request_id,
            "error": { "code": self.status(), "message": description(&self.cause), "data": data },
        }))
    }

    fn head(&self, protection: &Protection) -> HttpResponseBuilder {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.insert_header((CACHE_CONTROL, "no-store"));
        if let Some(challenge) = challenge(&self.cause, protection.config()) {
            response.insert_header((WWW_AUTHENTICATE, challenge));
        }
        if let Some(seconds) = retry_after(&self.cause) {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response
    }

    /// `more` is an object.
    fn tool_result(
        &self,
        protection: &Protection,
        request_id: &Value,
        (more, checkout): (Value, Option<Value>),
    ) -> Value {
        let challenges: Vec<String> = challenge(&self.cause, protection.config()).into_iter().collect();
        let mut told = json!({
            "code": self.outcome(),
            "message": description(&self.cause),
            "reference_id": self.reference_id(),
        });
        if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
            told.extend(more);
        }
        put(&mut told, checkout);
        json!({
            "jsonrpc": "2.0",
            "id": request_id,
            "result": {
                "resultType": "complete",
                "isError": true,
                // MCP, Tools, Output Schema: what is in structuredContent conforms to the tool's outputSchema, and no
                // revision excepts errors. Clients check it (TypeScript SDK 1.x), so an error is in the text alone.
                "content": [{ "type": "text", "text": json!({ "error": told }).to_string() }],
                // Hosts that act on results open their own consent screen by this.
                "_meta": { "mcp/www_authenticate": challenges },
            },
        })
    }
}
