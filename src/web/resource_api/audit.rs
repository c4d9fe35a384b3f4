//! `/resource/audit`: a resource server sends the tool calls it has seen (S1-42, S2-35). Sent twice, they are kept once.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, JsonConfig};
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, web};
use mcp_resource::wire::audit::ToolCallBatch;

use crate::domain::evidence::Check;
use crate::merchant::tool_calls::{MOST_CALLS, Received, Upload, receive};
use crate::storage::StorageError;
use crate::web::error::JsonError;
use crate::web::extract::{AuthenticatedResourceServer, CurrentIssuer};
use crate::web::state::AppState;

/// 500 calls take a quarter of it.
const LARGEST_BODY: usize = 1024 * 1024;

/// `POST /resource/audit`.
pub fn configure(cfg: &mut web::ServiceConfig) {
    let json = JsonConfig::default().limit(LARGEST_BODY);
    cfg.service(web::resource("/resource/audit").app_data(json).route(web::post().to(post)));
}

/// The body is read only when the server is known.
pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    server: AuthenticatedResourceServer,
    state: Data<AppState>,
    payload: web::Payload,
) -> Result<HttpResponse, JsonError> {
    let batch = Json::<ToolCallBatch>::from_request(&request, &mut payload.into_inner()).await;
    let calls = batch.map_err(|error| unreadable(&request, &error))?.into_inner().calls;
    if calls.len() > MOST_CALLS {
        let description = format!("Send {MOST_CALLS} calls at most.");
        let evidence = Check::RequestSize.found(format!("{MOST_CALLS} calls at most"), calls.len().to_string());
        return Err(JsonError::new(&request, StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", description, evidence));
    }
    let upload = Upload {
        issuer_id: issuer.issuer.id.clone(),
        server: (*server).clone(),
        now: state.clock.now(),
        refusals_kept: i64::try_from(state.audit.refusals_kept).unwrap_or(i64::MAX),
    };
    let received: Result<Received, StorageError> = state.db.write(move |tx| receive(tx, &upload, calls)).await;
    let received = received.map_err(|fault| JsonError::fault(&request, &fault))?;
    Ok(HttpResponse::Accepted().json(serde_json::json!({ "kept": received.kept, "ignored": received.ignored })))
}

fn unreadable(request: &HttpRequest, error: &actix_web::Error) -> JsonError {
    let status = error.as_response_error().status_code();
    let evidence = Check::BodyForm.found("a batch of tool calls as JSON, 1 MiB at most", format!("status {status}"));
    let description = "Send a batch of tool calls as JSON, 1 MiB at most.";
    JsonError::new(request, status, "invalid_request", description, evidence)
}
