//! The actix-web middleware around an MCP endpoint, in the order of what it costs: origin, preflight, token, allowance.
//! Nothing of the body is read before the caller is known (B54), unless a store has made tools public (C-7).

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderName, ORIGIN};
use actix_web::{Error, HttpMessage as _};

use super::cors::{self, Caller};
use super::held::Held;
use super::protection::{Admitted, Protection};
use super::rejection::{Cause, Rejection};

/// B52: the id of a session.
pub(crate) const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");

/// Made by [`Protection::middleware`]. Puts a [`Principal`](super::Principal) into the request's extensions.
#[derive(Clone)]
pub struct Middleware {
    protection: Protection,
    lets_strangers_by: bool,
}

/// C-7: a caller who has brought nothing that would prove who it is. What it may ask for is yet to be decided, by the body.
#[derive(Clone, Copy)]
pub(crate) struct Stranger {
    #[cfg_attr(not(feature = "shop"), expect(dead_code, reason = "only the tools of the shop can be public"))]
    pub began: Instant,
}

impl Middleware {
    pub(super) fn new(protection: Protection) -> Self {
        Self { protection, lets_strangers_by: false }
    }

    /// C-7: passes a [`Stranger`] on to the handler. Nobody outside this crate can: whoever does it has to judge each message.
    #[cfg(feature = "shop")]
    pub(crate) fn letting_strangers_by(self, lets_strangers_by: bool) -> Self {
        Self { lets_strangers_by, ..self }
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
        let (protection, lets_strangers_by) = (self.protection.clone(), self.lets_strangers_by);
        ready(Ok(Guarded { service: Rc::new(service), protection, lets_strangers_by }))
    }
}

/// A service behind the protection.
pub struct Guarded<S> {
    service: Rc<S>,
    protection: Protection,
    lets_strangers_by: bool,
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
        let lets_strangers_by = self.lets_strangers_by;
        Box::pin(async move {
            let caller = protection.origins().caller(request.headers());
            let mut response = guard(&*service, (&protection, lets_strangers_by), &caller, request).await?;
            cors::open_to(&caller, response.headers_mut());
            Ok(response)
        })
    }
}

async fn guard<S, B>(
    service: &S,
    (protection, lets_strangers_by): (&Protection, bool),
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
        return Ok(request.into_response(protection.refuse(rejection, began)));
    }
    if request.method() == Method::OPTIONS {
        return Ok(request.into_response(cors::preflight()));
    }
    if lets_strangers_by && is_stranger(&request) {
        request.extensions_mut().insert(Stranger { began });
        return Ok(service.call(request).await?.map_into_boxed_body());
    }
    let Admitted { principal, running } = match protection.admit(request.headers()).await {
        Ok(admitted) => admitted,
        Err(rejection) => return Ok(request.into_response(protection.refuse(rejection, began))),
    };
    // B12: a handler that never sees the token cannot pass it on.
    request.headers_mut().remove(AUTHORIZATION);
    request.extensions_mut().insert(principal);
    // A panic or an early return gives the place back; a body that is still being sent keeps it.
    let response = service.call(request).await?;
    Ok(response.map_body(|_, body| BoxBody::new(Held::new(body, running))))
}

/// C-7: a request without anything that says whose it is. A header that should hold a token and holds none, or a bad one, is
/// refused like everywhere: nobody's attempt to be somebody is taken for a stranger's call. A session id is only ever given
/// to the bearer of a token, so that one that comes alone is somebody else's, or lost its token. Whatever the method: an SDK
/// asks for a stream that we do not have, and a challenge in place of that (B47) would send the shopper to sign in at once.
fn is_stranger(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    !headers.contains_key(AUTHORIZATION) && !headers.contains_key(SESSION_ID)
}
