//! The shopper who is signed in here, if any. A session of another issuer is none.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::CurrentIssuer;
use crate::domain::Timestamp;
use crate::domain::session::{ShopperSession, TokenHash};
use crate::domain::shopper::Shopper;
use crate::keys::hash_secret;
use crate::storage::{StorageError, shopper_sessions};
use crate::web::cookies::Kind;
use crate::web::pages::refuse;
use crate::web::state::AppState;

#[derive(Debug, Clone)]
pub struct SignedInShopper {
    pub shopper: Shopper,
    /// When the shopper last proved who they are.
    pub authenticated_at: Timestamp,
    /// SHA-256 of the session's cookie: forms are bound to it.
    pub session_hash: TokenHash,
}

#[derive(Debug, Clone)]
pub struct MaybeShopper(pub Option<SignedInShopper>);

impl From<ShopperSession> for SignedInShopper {
    fn from(session: ShopperSession) -> Self {
        Self { shopper: session.shopper, authenticated_at: session.authenticated_at, session_hash: session.token_hash }
    }
}

impl FromRequest for MaybeShopper {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let current = CurrentIssuer::from_request(request, payload).into_inner();
        let state = request.app_data::<web::Data<AppState>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let CurrentIssuer(context) = current?;
            let (Some(state), Some(value)) = (state, Kind::Shopper.value(&request, &context.issuer)) else {
                return Ok(Self(None));
            };
            let (issuer_id, now) = (context.issuer.id.clone(), state.clock.now());
            let hash = *hash_secret(value.as_bytes()).as_bytes();
            let found: Result<_, StorageError> =
                state.db.read(move |connection| shopper_sessions::find(connection, &issuer_id, &hash, now)).await;
            let session = found.map_err(|error| refuse::as_error(refuse::fault(&request, &context, &error)))?;
            Ok(Self(session.map(SignedInShopper::from)))
        })
    }
}
