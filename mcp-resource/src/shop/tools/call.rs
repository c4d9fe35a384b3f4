//! One tool call: arguments parsed and checked, the backend asked, the answer turned into an MCP result.
//!
//! Whatever is wrong with a call that reached a tool is a result with `isError` that an agent can read, never a
//! protocol error and never a stack trace (S1-72). A refused permission never gets this far: see [`crate::transport`].

use rmcp::ErrorData;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, JsonObject};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Tool, arguments};
use crate::shop::backend::{AddToCart, BackendError, CallContext, CommerceBackend, Idempotency, Search, UpdateCart};
use crate::wire::digest::canonical_sha256;

/// What a call came to: the answer, and what is recorded of it.
#[derive(Debug)]
pub struct Outcome {
    pub result: Result<CallToolResponse, ErrorData>,
    /// HTTP-like, for the record only: the HTTP status of a tool's own error is 200.
    pub status: u16,
    pub word: &'static str,
    /// Cart, checkout or order (C-9).
    pub object_id: Option<String>,
    /// The authorization server does not answer: the answer is given on the HTTP layer, with `Retry-After`.
    pub away: bool,
}

impl Outcome {
    pub(super) fn away() -> Self {
        let result = Err(ErrorData::internal_error("the authorization server is away", None));
        Self { result, status: 503, word: "temporarily_unavailable", object_id: None, away: true }
    }
}

/// Calls `tool`. `reference_id` is put into errors, so that a shopper's question finds the record.
pub async fn call(
    backend: &dyn CommerceBackend,
    tool: Tool,
    arguments: JsonObject,
    context: &CallContext,
    reference_id: &str,
) -> Outcome {
    match dispatch(backend, tool, arguments, context).await {
        Ok((value, object_id)) => {
            let result = Ok(CallToolResult::structured(value).into());
            Outcome { result, status: 200, word: "ok", object_id, away: false }
        }
        Err(error) => refused(&error, reference_id),
    }
}

type Answer = Result<(Value, Option<String>), BackendError>;

async fn dispatch(backend: &dyn CommerceBackend, tool: Tool, object: JsonObject, context: &CallContext) -> Answer {
    match tool {
        Tool::SearchProducts => {
            let given: arguments::SearchProducts = parse(object)?;
            let search = Search {
                query: arguments::query(given.query)?,
                limit: arguments::limit(given.limit)?,
                cursor: arguments::cursor(given.cursor)?,
            };
            answer(&backend.search_products(context, search).await?, None)
        }
        Tool::GetProduct => {
            let given: arguments::GetProduct = parse(object)?;
            answer(&backend.get_product(context, arguments::id("product_id", given.product_id)?).await?, None)
        }
        Tool::CheckInventory => {
            let given: arguments::CheckInventory = parse(object)?;
            answer(&backend.check_inventory(context, arguments::skus(given.skus)?).await?, None)
        }
        Tool::AddToCart => add_to_cart(backend, object, context).await,
        Tool::UpdateCart => update_cart(backend, object, context).await,
        Tool::ViewCart => {
            let given: arguments::ViewCart = parse(object)?;
            let cart = backend.view_cart(context, arguments::optional_id("cart_id", given.cart_id)?).await?;
            answer(&cart, Some(cart.cart_id.clone()))
        }
        // Answered by [`super::checkout`], where there is an authorization server to ask.
        Tool::InitiateCheckout | Tool::GetCheckoutStatus => {
            Err(BackendError::Conflict("nothing can be bought here".to_owned()))
        }
        Tool::GetOrderStatus => {
            let given: arguments::GetOrderStatus = parse(object)?;
            let order = backend.get_order_status(context, arguments::id("order_id", given.order_id)?).await?;
            answer(&order, Some(order.order_id.clone()))
        }
    }
}

async fn add_to_cart(backend: &dyn CommerceBackend, object: JsonObject, context: &CallContext) -> Answer {
    let digest = digest(&object)?;
    let given: arguments::AddToCart = parse(object)?;
    let request = AddToCart {
        cart_id: arguments::optional_id("cart_id", given.cart_id)?,
        line: arguments::line(given.variant_id, given.quantity, 1)?,
        idempotency: idempotency(Tool::AddToCart, given.idempotency_key, digest)?,
    };
    let cart = backend.add_to_cart(context, request).await?;
    answer(&cart, Some(cart.cart_id.clone()))
}

async fn update_cart(backend: &dyn CommerceBackend, object: JsonObject, context: &CallContext) -> Answer {
    let digest = digest(&object)?;
    let mut given: arguments::UpdateCart = parse(object)?;
    let request = UpdateCart {
        lines: given.changes()?,
        cart_id: arguments::id("cart_id", given.cart_id)?,
        idempotency: idempotency(Tool::UpdateCart, given.idempotency_key, digest)?,
    };
    let cart = backend.update_cart(context, request).await?;
    answer(&cart, Some(cart.cart_id.clone()))
}

/// The arguments as the tool's type. serde's sentence names fields and types, and repeats at most a scalar of theirs.
pub(super) fn parse<T: DeserializeOwned>(object: JsonObject) -> Result<T, BackendError> {
    serde_json::from_value(Value::Object(object)).map_err(|error| BackendError::InvalidArgument {
        argument: "arguments",
        reason: error.to_string().chars().filter(|letter| !letter.is_control()).take(200).collect(),
    })
}

fn answer(result: &impl Serialize, object_id: Option<String>) -> Answer {
    match serde_json::to_value(result) {
        Ok(value) => Ok((value, object_id)),
        Err(error) => Err(BackendError::Unavailable(error.to_string())),
    }
}

pub(super) fn digest(object: &JsonObject) -> Result<[u8; 32], BackendError> {
    let mut arguments = object.clone();
    arguments.remove("idempotency_key");
    canonical_sha256(&arguments)
        .map_err(|error| BackendError::InvalidArgument { argument: "arguments", reason: error.to_string() })
}

pub(super) fn idempotency(
    tool: Tool,
    key: Option<String>,
    arguments: [u8; 32],
) -> Result<Option<Idempotency>, BackendError> {
    let key = arguments::idempotency_key(key)?;
    Ok(key.map(|key| Idempotency { tool: tool.name(), key, arguments }))
}

pub(super) fn refused(error: &BackendError, reference_id: &str) -> Outcome {
    let (status, word, message) = match error {
        BackendError::NotFound(_) => (404, "not_found", error.to_string()),
        BackendError::OutOfStock { .. } => (409, "out_of_stock", error.to_string()),
        BackendError::Conflict(_) => (409, "conflict", error.to_string()),
        BackendError::KeyReused => (409, "idempotency_conflict", error.to_string()),
        BackendError::InvalidArgument { .. } => (400, "invalid_argument", error.to_string()),
        BackendError::Unavailable(reason) => {
            tracing::error!(%reason, reference_id, "the store could not answer");
            (503, "unavailable", "the store is unavailable, try again in a moment".to_owned())
        }
    };
    let mut told = json!({ "code": word, "message": message, "reference_id": reference_id });
    if let (BackendError::InvalidArgument { argument, .. }, Some(told)) = (error, told.as_object_mut()) {
        told.insert("argument".to_owned(), json!(argument));
    }
    failed(status, word, &told)
}

/// An error in words.
pub(super) fn told(status: u16, word: &'static str, message: &str, reference_id: &str) -> Outcome {
    failed(status, word, &json!({ "code": word, "message": message, "reference_id": reference_id }))
}

fn failed(status: u16, word: &'static str, told: &Value) -> Outcome {
    // Not in structuredContent: that has to match the tool's output schema even in an error (SDKs check it).
    let text = json!({ "error": told }).to_string();
    let result = Ok(CallToolResult::error(vec![ContentBlock::text(text)]).into());
    Outcome { result, status, word, object_id: None, away: false }
}
