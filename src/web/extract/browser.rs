//! The browser, signed in or not: what anonymous forms and sealed requests are bound to (decision 2).

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::CurrentIssuer;
use crate::keys::{hash_secret, random};
use crate::web::cookies::Kind;
use crate::web::error::JsonError;

/// It also remembers, for the throttle, that its owner has signed in before.
const LIFETIME: Duration = Duration::from_hours(180 * 24);

#[derive(Debug, Clone)]
pub struct Browser {
    /// SHA-256 of the cookie.
    pub hash: [u8; 32],
    /// To be set by the answer, where the request had none: see [`Self::keep`].
    pub fresh_cookie: Option<Cookie<'static>>,
}

impl Browser {
    /// Sets the cookie if the browser has none yet.
    #[must_use]
    pub fn keep(&self, mut answer: HttpResponse) -> HttpResponse {
        if let Some(cookie) = &self.fresh_cookie {
            // Only a name or value that is no header text fails, and both are ours.
            drop(answer.add_cookie(cookie));
        }
        answer
    }
}

impl FromRequest for Browser {
    type Error = JsonError;
    type Future = Ready<Result<Self, JsonError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let current = CurrentIssuer::from_request(request, payload).into_inner();
        ready(current.map(|context| {
            let issuer = &context.issuer;
            // Kept if it is there already, so that two tabs do not break each other.
            if let Some(value) = Kind::Browser.value(request, issuer).filter(|value| is_ours(value)) {
                return Self { hash: *hash_secret(value.as_bytes()).as_bytes(), fresh_cookie: None };
            }
            let value = random::text("");
            let hash = *hash_secret(value.as_bytes()).as_bytes();
            Self { hash, fresh_cookie: Some(Kind::Browser.set(issuer, value, LIFETIME)) }
        }))
    }
}

/// 256 bits as base64url.
fn is_ours(value: &str) -> bool {
    value.len() == 43 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
