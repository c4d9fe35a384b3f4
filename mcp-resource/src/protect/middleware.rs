//! The actix-web middleware around an MCP endpoint, in the order of what it costs: origin, preflight, token, allowance.
//! Nothing of the body is read before the caller is known (B54).

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, ORIGIN};
use actix_web::{Error, HttpMessage as _};

use super::cors::{self, Caller};
use super::held::Held;
use super::protection::{Admitted, Protection};
use super::rejection::{Cause, Rejection};

/// Made by [`Protection::middleware`]. Puts a [`Principal`](super::Principal) into the request's extensions.
#[derive(Clone)]
pub struct Middleware {
    protection: Protection,
}

impl Middleware {
    pub(super) fn new(protection: Protection) -> Self {
        Self { protection }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Middleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = Guarded<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Guarded { service: Rc::new(service), protection: self.protection.clone() }))
    }
}

/// A service behind the protection.
pub struct Guarded<S> {
    service: Rc<S>,
    protection: Protection,
}

impl<S, B> Service<ServiceRequest> for Guarded<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let service = Rc::clone(&self.service);
        let protection = self.protection.clone();
        Box::pin(async move {
            let caller = protection.origins().caller(request.headers());
            let mut response = guard(&*service, &protection, &caller, request).await?;
            cors::open_to(&caller, response.headers_mut());
            Ok(response)
        })
    }
}

async fn guard<S, B>(
    service: &S,
    protection: &Protection,
    caller: &Caller,
    mut request: ServiceRequest,
) -> Result<ServiceResponse<BoxBody>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    let began = Instant::now();
    if matches!(caller, Caller::Foreign) {
        let origin =
            request.headers().get(ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or("none that can be read");
        let rejection = Rejection::from(Cause::BadOrigin).comparing(protection.origins().list(), origin);
        return Ok(refuse(protection, request, rejection, began));
    }
    if request.method() == Method::OPTIONS {
        return Ok(request.into_response(cors::preflight()));
    }
    let Admitted { principal, running } = match protection.admit(request.headers()).await {
        Ok(admitted) => admitted,
        Err(rejection) => return Ok(refuse(protection, request, rejection, began)),
    };
    // B12: a handler that never sees the token cannot pass it on.
    request.headers_mut().remove(AUTHORIZATION);
    request.extensions_mut().insert(principal);
    // A panic or an early return gives the place back; a body that is still being sent keeps it.
    let response = service.call(request).await?;
    Ok(response.map_body(|_, body| BoxBody::new(Held::new(body, running))))
}

fn refuse(
    protection: &Protection,
    request: ServiceRequest,
    rejection: Rejection,
    began: Instant,
) -> ServiceResponse<BoxBody> {
    tracing::info!(
        reference_id = rejection.reference_id(),
        outcome = rejection.outcome(),
        cause = ?rejection.cause,
        "a call was refused before it was read"
    );
    protection.record_refusal(&rejection, began.elapsed());
    request.into_response(rejection.into_response(protection))
}
