//! `/health`: whether this process answers and its database does.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::storage::{StorageError, issuers};
use crate::web::error::JsonError;
use crate::web::state::AppState;

pub async fn get(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, JsonError> {
    let read: Result<_, StorageError> = state.db.read(issuers::list).await;
    read.map_err(|fault| JsonError::unavailable(&request, &fault))?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ok", "database": state.db.backend() })))
}
