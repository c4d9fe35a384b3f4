//! `/health`: whether this process answers, its database does, and it could follow what has changed there.

use std::sync::atomic::Ordering;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::storage::{StorageError, issuers};
use crate::web::error::JsonError;
use crate::web::state::AppState;

#[derive(Debug, thiserror::Error)]
#[error("a changed store, issuer or key cannot be read here, which an earlier line of the log explains")]
struct Behind;

pub async fn get(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, JsonError> {
    let read: Result<_, StorageError> = state.db.read(issuers::list).await;
    read.map_err(|fault| JsonError::unavailable(&request, &fault))?;
    if state.is_behind.load(Ordering::Acquire) {
        return Err(JsonError::unavailable(&request, &Behind));
    }
    Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ok", "database": state.db.backend() })))
}
