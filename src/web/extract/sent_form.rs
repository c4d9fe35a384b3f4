//! A form of a page, without a NUL in any field: PostgreSQL stores none, and refuses to look for one. No field of ours has a
//! use for it, so the one place is here, and a field that is added later needs no thought. What is no form of ours is
//! answered by a page, which names its reference id.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::CurrentIssuer;
use crate::oauth::parameters::Parameters;
use crate::web::pages::refuse::{Unfit, as_error, unfit_form};

/// Like actix-web's `Form`, and bounded by nothing but what bounds every body.
pub struct SentForm<T>(pub T);

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
        let current = CurrentIssuer::from_request(request, payload).into_inner();
        let (request, body) = (request.clone(), Bytes::from_request(request, payload));
        Box::pin(async move {
            let CurrentIssuer(context) = current?;
            let body = body.await.map_err(|error| Unfit::of_body(&error));
            let read = body.and_then(|body| read(&request, &body));
            read.map(Self).map_err(|unfit| as_error(unfit_form(&request, &context, unfit)))
        })
    }
}

fn read<T: DeserializeOwned>(request: &HttpRequest, body: &[u8]) -> Result<T, Unfit> {
    // Another charset could make a NUL of what is none yet.
    let is_utf8 = request.encoding().is_ok_and(|encoding| encoding.name() == "UTF-8");
    if !is_utf8 || !request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Unfit::Type);
    }
    if body.contains(&0) || body.windows(3).any(|three| three == b"%00") {
        return Err(Unfit::Nul);
    }
    serde_urlencoded::from_bytes(body).map_err(|_unreadable| Unfit::Fields)
}

/// The fields of a form with boxes. A structure takes every field once; here the boxes of one name may be several.
#[derive(Deserialize)]
#[serde(try_from = "Vec<(String, String)>")]
pub struct Fields(Parameters);

/// What boxes are called: permissions, and environments that are open to agents.
const BOXES: [&str; 2] = ["scope", "open"];

impl TryFrom<Vec<(String, String)>> for Fields {
    type Error = &'static str;

    fn try_from(fields: Vec<(String, String)>) -> Result<Self, Self::Error> {
        let mut single = fields.iter().map(|(name, _)| name).filter(|name| !BOXES.contains(&name.as_str()));
        let mut seen = BTreeSet::new();
        if single.all(|name| seen.insert(name)) {
            Ok(Self(fields.into_iter().collect()))
        } else {
            Err("a field is there twice")
        }
    }
}

impl Deref for Fields {
    type Target = Parameters;

    fn deref(&self) -> &Parameters {
        &self.0
    }
}
