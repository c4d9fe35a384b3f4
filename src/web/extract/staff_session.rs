//! The merchant user who is signed in here, if any. A session of another store is none.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::session::find_session;
use crate::domain::Timestamp;
use crate::domain::session::{StaffSession, TokenHash};
use crate::domain::staff::Staff;
use crate::storage::staff_sessions;
use crate::web::cookies::Kind;

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
        let found = find_session(request, payload, Kind::Staff, |connection, context, hash, now| {
            staff_sessions::find(connection, &context.store.id, hash, now)
        });
        Box::pin(async move { Ok(Self(found.await?.map(SignedInStaff::from))) })
    }
}
