//! Browsers as callers: which origins may call (B31), and what their pages may send and see (B26, B55, H18).

use actix_web::HttpResponse;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use url::Url;

/// B55: what a page may send to the endpoint.
const REQUEST_HEADERS: &str = "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, \
                               Mcp-Session-Id, Last-Event-ID, DPoP";
/// B26: what a page may read of the answer.
const RESPONSE_HEADERS: &str = "WWW-Authenticate, Mcp-Session-Id, Retry-After";

/// The origins that may call one endpoint: its own and those of the configuration.
pub(super) struct Origins(Vec<String>);

/// Whose page makes a request.
pub(super) enum Caller {
    /// No page: `Origin` is absent.
    Program,
    Page(HeaderValue),
    Foreign,
}

impl Origins {
    pub(super) fn new(resource: &Url, allowed: &[String]) -> Self {
        let own = resource.origin().ascii_serialization();
        Self(allowed.iter().cloned().chain([own]).collect())
    }

    /// Those that may call, for the record of one that may not.
    pub(super) fn list(&self) -> String {
        self.0.join(", ")
    }

    /// B31: an origin that is there must be one that is allowed; two are as bad as a foreign one.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Caller {
        let mut origins = headers.get_all(ORIGIN);
        let Some(origin) = origins.next() else { return Caller::Program };
        let known = origin.to_str().is_ok_and(|origin| self.0.iter().any(|allowed| allowed == origin));
        if known && origins.next().is_none() { Caller::Page(origin.clone()) } else { Caller::Foreign }
    }
}

/// B54: the answer to `OPTIONS`, which browsers send without a token.
pub(super) fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "POST, GET, DELETE, OPTIONS"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "600"))
        .finish()
}

/// Lets the page of an allowed origin read the answer.
pub(super) fn open_to(caller: &Caller, headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Caller::Page(origin) = caller {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(RESPONSE_HEADERS));
}
