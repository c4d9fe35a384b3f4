//! The one thing that a client of 2025-11-25 says at `initialize` and that a later call needs: whether it opens links for its
//! user. This server keeps nothing, so the client keeps it, sealed, as its session id (B52: clients that declare nothing of
//! the kind get no session).
//!
//! A session id authenticates nobody (B15): it is bound to the caller that it was given to, and all that a foreign, old or
//! missing one costs is that the link comes as an ordinary result.

use actix_web::http::header::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protect::Principal;
pub(super) use crate::protect::SESSION_ID;
use crate::shop::Sealer;
use crate::shop::tools::Asking;

const PURPOSE: &str = "session";

#[derive(Serialize, Deserialize)]
struct Session {
    iss: String,
    sub: String,
    client_id: String,
    opens_links: bool,
}

/// Whether these capabilities have `elicitation.url`. An empty `elicitation` means forms only (F4).
pub(super) fn opens_links(capabilities: Option<&Value>) -> bool {
    capabilities.and_then(|told| told.get("elicitation")?.get("url")).is_some_and(Value::is_object)
}

/// The session of a client that opens links.
pub(super) fn begin(sealer: &Sealer, principal: &Principal) -> Option<HeaderValue> {
    let claims = &principal.claims;
    let session = Session {
        iss: claims.iss.clone(),
        sub: claims.sub.clone(),
        client_id: claims.client_id.clone(),
        opens_links: true,
    };
    HeaderValue::try_from(sealer.seal(PURPOSE, &session)?).ok()
}

/// F24: how to ask the client of a tool call. `revision` and `session` are its headers, `capabilities` what a stateless
/// request declares.
pub(super) fn asking(
    sealer: &Sealer,
    principal: &Principal,
    revision: Option<&str>,
    session: Option<&str>,
    capabilities: Option<&Value>,
) -> Asking {
    match revision {
        Some("2026-07-28") if opens_links(capabilities) => Asking::InputRequired,
        // F25: the error of this one revision.
        Some("2025-11-25") if session.is_some_and(|session| declared(sealer, principal, session)) => Asking::UrlError,
        _ => Asking::Link,
    }
}

fn declared(sealer: &Sealer, principal: &Principal, session: &str) -> bool {
    let Ok(Session { iss, sub, client_id, opens_links }) = sealer.open(PURPOSE, session) else { return false };
    let claims = &principal.claims;
    opens_links && iss == claims.iss && sub == claims.sub && client_id == claims.client_id
}
