//! The merchant user who is signed in here, if any. A session of another store is none.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::CurrentIssuer;
use crate::domain::Timestamp;
use crate::domain::session::{StaffSession, TokenHash};
use crate::domain::staff::Staff;
use crate::keys::hash_secret;
use crate::storage::{StorageError, staff_sessions};
use crate::web::cookies::Kind;
use crate::web::pages::refuse;
use crate::web::state::AppState;

#[derive(Debug, Clone)]
pub struct SignedInStaff {
    pub staff: Staff,
    pub authenticated_at: Timestamp,
    /// SHA-256 of the session's cookie: forms are bound to it.
    pub session_hash: TokenHash,
}

#[derive(Debug, Clone)]
pub struct MaybeStaff(pub Option<SignedInStaff>);

impl From<StaffSession> for SignedInStaff {
    fn from(session: StaffSession) -> Self {
        Self { staff: session.staff, authenticated_at: session.authenticated_at, session_hash: session.token_hash }
    }
}

impl FromRequest for MaybeStaff {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let current = CurrentIssuer::from_request(request, payload).into_inner();
        let state = request.app_data::<web::Data<AppState>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let CurrentIssuer(context) = current?;
            let (Some(state), Some(value)) = (state, Kind::Staff.value(&request, &context.issuer)) else {
                return Ok(Self(None));
            };
            let (store_id, now) = (context.store.id.clone(), state.clock.now());
            let hash = *hash_secret(value.as_bytes()).as_bytes();
            let found: Result<_, StorageError> =
                state.db.read(move |connection| staff_sessions::find(connection, &store_id, &hash, now)).await;
            let session = found.map_err(|error| refuse::as_error(refuse::fault(&request, &context, &error)))?;
            Ok(Self(session.map(SignedInStaff::from)))
        })
    }
}
