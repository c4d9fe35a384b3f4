//! The session that a cookie names: alike for shoppers, whose sessions are valid for one issuer, and for staff, whose are for
//! one store.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::CurrentIssuer;
use crate::domain::Timestamp;
use crate::keys::{IssuerContext, hash_secret};
use crate::storage::{DbConnection, StorageResult};
use crate::web::cookies::Kind;
use crate::web::pages::refuse;
use crate::web::state::AppState;

/// The session whose token the cookie holds, if `find` knows it. The database holds hashes only.
pub(super) fn find_session<S: Send + 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
    kind: Kind,
    find: impl FnOnce(&mut DbConnection, &IssuerContext, &[u8; 32], Timestamp) -> StorageResult<Option<S>> + Send + 'static,
) -> LocalBoxFuture<'static, actix_web::Result<Option<S>>> {
    let current = CurrentIssuer::from_request(request, payload).into_inner();
    let state = request.app_data::<web::Data<AppState>>().cloned();
    let request = request.clone();
    Box::pin(async move {
        let CurrentIssuer(context) = current?;
        let (Some(state), Some(value)) = (state, kind.value(&request, &context.issuer)) else { return Ok(None) };
        let (hash, now) = (*hash_secret(value.as_bytes()).as_bytes(), state.clock.now());
        let here = Arc::clone(&context);
        let found = state.db.read(move |connection| find(connection, &here, &hash, now)).await;
        found.map_err(|error| refuse::as_error(refuse::fault(&request, &context, &error)))
    })
}
