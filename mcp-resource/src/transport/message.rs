//! What must be known of a JSON-RPC body before the SDK sees it: is it one message, and which tool does it call?
//!
//! The SDK reads the same bytes again. Should the two ever read them differently (repeated members), the tool that was
//! permitted here decides: see [`super::handler`].

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::refused::reference;
use crate::shop::tools::Tool;
use crate::wire::digest::canonical_sha256;

const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// A body that is one JSON-RPC message.
#[derive(Debug)]
pub(super) struct Message {
    pub method: Option<String>,
    /// A call of a tool: a request, with an id to answer to.
    pub call: Option<ToolCall>,
    /// What an `initialize` says about its client.
    pub capabilities: Option<Value>,
}

#[derive(Debug)]
pub(super) struct ToolCall {
    pub id: Value,
    /// `None` for a name that is no tool of ours.
    pub tool: Option<Tool>,
    pub arguments: Value,
    /// 2026-07-28: what this request says about its client.
    pub capabilities: Option<Value>,
    /// 2026-07-28, F7: what the client brings back with a retry.
    pub request_state: Option<String>,
    pub input_responses: Option<Value>,
    /// MCP, `CallToolRequestParams`: an object with a `name`, and with `arguments` that are an object if they are there.
    pub well_formed: bool,
}

/// JSON-RPC 2.0 §5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    NotJson,
    NotOneMessage,
    TooLarge,
    TooSlow,
}

impl Message {
    pub(super) fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let Ok(value) = serde_json::from_slice(body) else { return Err(Unreadable::NotJson) };
        // B30: one message a POST; batches went with 2025-06-18.
        let Value::Object(mut message) = value else { return Err(Unreadable::NotOneMessage) };
        let method = message.get("method").and_then(Value::as_str).map(str::to_owned);
        let id = message.remove("id").filter(|id| id.is_string() || id.is_number());
        let mut params = message.remove("params");
        let capabilities = match method.as_deref() {
            Some("initialize") => params.as_mut().and_then(|params| Some(params.get_mut("capabilities")?.take())),
            _ => None,
        };
        let call = match (method.as_deref(), id) {
            (Some("tools/call"), Some(id)) => Some(tool_call(id, params)),
            _ => None,
        };
        Ok(Self { method, call, capabilities })
    }
}

fn tool_call(id: Value, params: Option<Value>) -> ToolCall {
    let mut params = match params {
        Some(Value::Object(params)) => params,
        _ => Map::new(),
    };
    let name = params.get("name").and_then(Value::as_str);
    let (tool, named) = (name.and_then(Tool::by_name), name.is_some());
    let arguments = params.remove("arguments").unwrap_or_default();
    let well_formed = named && (arguments.is_object() || arguments.is_null());
    let capabilities = params.get_mut("_meta").and_then(|meta| Some(meta.get_mut(CAPABILITIES)?.take()));
    let request_state = params.get("requestState").and_then(Value::as_str).map(str::to_owned);
    let input_responses = params.remove("inputResponses");
    ToolCall { id, tool, arguments, capabilities, request_state, input_responses, well_formed }
}

impl ToolCall {
    /// SHA-256 of the canonical arguments, which a retry has to repeat (F8).
    pub(super) fn digest(&self) -> [u8; 32] {
        // What was parsed as JSON has a canonical form, but for numbers beyond I-JSON: those are digested as nothing, and
        // no tool takes them.
        canonical_sha256(&self.arguments).unwrap_or_default()
    }

    /// F7: brings back what it was given, and what its user said.
    pub(super) fn goes_on(&self) -> bool {
        self.request_state.is_some() || self.input_responses.is_some()
    }

    /// The SDK takes a call of another shape for a method of ours that it does not know.
    pub(super) fn invalid_params(&self) -> HttpResponse {
        self.refuse("Invalid params: a tool call has a name, and arguments that are an object")
    }

    /// F8: one answer to whatever is wrong with it.
    pub(super) fn invalid_state(&self) -> HttpResponse {
        self.refuse("Invalid params: requestState is not one of this call, or has expired. Call again without it.")
    }

    fn refuse(&self, message: &str) -> HttpResponse {
        HttpResponse::Ok().json(json!({
            "jsonrpc": "2.0", "id": self.id, "error": { "code": -32602, "message": message }
        }))
    }
}

impl Unreadable {
    /// An error without an id: nobody can say which request it answers.
    pub(super) fn response(self) -> HttpResponse {
        let (status, code, message) = match self {
            Self::NotJson => (StatusCode::BAD_REQUEST, -32700, "Parse error: the body is not JSON"),
            Self::NotOneMessage => (StatusCode::BAD_REQUEST, -32600, "Invalid Request: send one JSON-RPC message"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, -32600, "Invalid Request: the body is too large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, -32600, "Invalid Request: the body did not arrive"),
        };
        let data = json!({ "reference_id": reference(status, message) });
        let error = json!({ "code": code, "message": message, "data": data });
        HttpResponse::build(status).json(json!({ "jsonrpc": "2.0", "error": error }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_with_its_id_and_tool() {
        let body =
            br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_product","arguments":{"a":1}}}"#;
        let call = Message::read(body).unwrap().call.unwrap();
        assert_eq!((call.id, call.tool, call.arguments), (json!(7), Some(Tool::GetProduct), json!({"a": 1})));
    }

    #[test]
    fn what_is_not_one_message_is_refused() {
        assert_eq!(Message::read(b"[]").unwrap_err(), Unreadable::NotOneMessage);
        assert_eq!(Message::read(b"{").unwrap_err(), Unreadable::NotJson);
        assert!(Message::read(br#"{"method":"tools/call","params":[1]}"#).unwrap().call.is_none());
    }
}
