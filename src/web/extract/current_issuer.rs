//! The issuer a request is for, as `middleware::issuer` has found it.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::keys::IssuerContext;
use crate::web::error::JsonError;

/// Put into a request's extensions by the middleware.
#[derive(Clone)]
pub(in crate::web) struct Routed(pub(in crate::web) Arc<IssuerContext>);

#[derive(Clone)]
pub struct CurrentIssuer(pub Arc<IssuerContext>);

impl FromRequest for CurrentIssuer {
    type Error = JsonError;
    type Future = Ready<Result<Self, JsonError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let routed = request.extensions().get::<Routed>().cloned();
        ready(routed.map(|Routed(context)| Self(context)).ok_or_else(|| JsonError::not_found(request)))
    }
}

impl Deref for CurrentIssuer {
    type Target = Arc<IssuerContext>;

    fn deref(&self) -> &Arc<IssuerContext> {
        &self.0
    }
}
