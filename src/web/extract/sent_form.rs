//! A form of a page, without a NUL in any field: PostgreSQL stores none, and refuses to look for one. No field of ours has a
//! use for it, so the one place is here, and a field that is added later needs no thought.

use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::ErrorBadRequest;
use actix_web::web::{Bytes, Form};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use futures_util::StreamExt as _;
use futures_util::stream::once;
use serde::de::DeserializeOwned;

/// Like actix-web's `Form`.
pub struct SentForm<T>(T);

impl<T> SentForm<T> {
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for SentForm<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for SentForm<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), Bytes::from_request(request, payload));
        Box::pin(async move {
            let body = body.await?;
            // Another charset could make one of what is none yet.
            let is_utf8 = request.encoding().is_ok_and(|encoding| encoding.name() == "UTF-8");
            if !is_utf8 || body.contains(&0) || body.windows(3).any(|three| three == b"%00") {
                return Err(ErrorBadRequest("A field of the form has a character that no field can have."));
            }
            let mut payload = Payload::Stream { payload: once(async { Ok(body) }).boxed_local() };
            Form::from_request(&request, &mut payload).await.map(|Form(sent)| Self(sent))
        })
    }
}
