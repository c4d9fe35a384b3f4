//! The actix-web middleware around an MCP endpoint.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};

use super::protection::Protection;

/// Made by [`Protection::middleware`].
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
            match protection.authenticate(request.headers()).await {
                Err(rejection) => Ok(request.into_response(rejection.into_response(&protection))),
                Ok(_) => Ok(service.call(request).await?.map_into_boxed_body()),
            }
        })
    }
}
