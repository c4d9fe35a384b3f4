//! The shopper who is signed in here, if any. A session of another issuer is none.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::session::find_session;
use crate::domain::Timestamp;
use crate::domain::authentication::Authentication;
use crate::domain::session::{ShopperSession, SignInMethod, TokenHash};
use crate::domain::shopper::Shopper;
use crate::storage::shopper_sessions;
use crate::web::cookies::Kind;

#[derive(Debug, Clone)]
pub struct SignedInShopper {
    pub shopper: Shopper,
    /// When the shopper last proved who they are.
    pub authenticated_at: Timestamp,
    /// How.
    pub method: SignInMethod,
    /// SHA-256 of the session's cookie: forms are bound to it.
    pub session_hash: TokenHash,
}

#[derive(Debug, Clone)]
pub struct MaybeShopper(pub Option<SignedInShopper>);

impl From<ShopperSession> for SignedInShopper {
    fn from(session: ShopperSession) -> Self {
        let ShopperSession { shopper, authenticated_at, method, token_hash: session_hash, .. } = session;
        Self { shopper, authenticated_at, method, session_hash }
    }
}

impl SignedInShopper {
    pub const fn authentication(&self) -> Authentication {
        Authentication { at: self.authenticated_at, class: self.method.class() }
    }
}

impl FromRequest for MaybeShopper {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let found = find_session(request, payload, Kind::Shopper, |connection, context, hash, now| {
            shopper_sessions::find(connection, &context.issuer.id, hash, now)
        });
        Box::pin(async move { Ok(Self(found.await?.map(SignedInShopper::from))) })
    }
}
