//! The resource server that calls: HTTP Basic with its id and secret (RFC 7617), at the issuer it is registered with.
//! Only SHA-256 hashes are kept, and the previous secret counts until its overlap ends.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::CurrentIssuer;
use crate::domain::evidence::{Check, Shown};
use crate::domain::resource::{Credentials, ResourceServer};
use crate::domain::{ResourceServerId, Timestamp};
use crate::keys::{Secret, SecretHash};
use crate::storage::resource_servers;
use crate::storage::{DbConnection, StorageError};
use crate::web::error::JsonError;
use crate::web::state::AppState;

/// Proof that the caller is this resource server.
#[derive(Debug, Clone)]
pub struct AuthenticatedResourceServer(ResourceServer);

impl Deref for AuthenticatedResourceServer {
    type Target = ResourceServer;

    fn deref(&self) -> &ResourceServer {
        &self.0
    }
}

impl FromRequest for AuthenticatedResourceServer {
    type Error = JsonError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, JsonError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let issuer = CurrentIssuer::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let issuer = issuer.await?;
            let (id, secret) = basic(&request).ok_or_else(|| refused(&request, None))?;
            let Some(state) = request.app_data::<web::Data<AppState>>() else {
                return Err(JsonError::not_found(&request));
            };
            let now = state.clock.now();
            if let Some(known) = issuer.credentials(&id).filter(|known| are_proved_by(known, &secret, now)) {
                return Ok(Self(known.server.clone()));
            }
            // A secret made a moment ago is in the database before it is in memory.
            let (issuer_id, sought) = (issuer.issuer.id.clone(), id.clone());
            let read = move |c: &mut DbConnection| resource_servers::find_credentials(c, &issuer_id, &sought);
            let found = state.db.read(read).await.map_err(|error: StorageError| JsonError::fault(&request, &error))?;
            found
                .filter(|credentials| are_proved_by(credentials, &secret, now))
                .map(|credentials| Self(credentials.server))
                .ok_or_else(|| refused(&request, Some((&id, &secret))))
        })
    }
}

fn are_proved_by(credentials: &Credentials, secret: &Secret<String>, now: Timestamp) -> bool {
    let is_it = |hash: [u8; 32]| SecretHash::from_bytes(hash).is_of(secret.expose());
    is_it(credentials.secret_hash) || credentials.previous.is_some_and(|(hash, until)| now < until && is_it(hash))
}

/// RFC 7617 §2: `Basic` and the Base64 of `id:secret`.
fn basic(request: &HttpRequest) -> Option<(ResourceServerId, Secret<String>)> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    // RFC 9110 §11.1: the name of the scheme has no case.
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    // RFC 7617 §2: no control characters; PostgreSQL stores no NUL.
    let decoded = String::from_utf8(STANDARD.decode(token.trim()).ok()?).ok()?;
    if decoded.contains(char::is_control) {
        return None;
    }
    let (id, secret) = decoded.split_once(':')?;
    Some((ResourceServerId::new(id), Secret::new(secret.to_owned())))
}

/// RFC 6749 §5.2: `invalid_client` is 401 with the challenge of the scheme that was to be used.
fn refused(request: &HttpRequest, presented: Option<(&ResourceServerId, &Secret<String>)>) -> JsonError {
    let (evidence, reason) = match presented {
        None => (
            Check::ResourceServer.found("HTTP Basic with id and secret", "none, or no well-formed ones"),
            "no HTTP Basic credentials",
        ),
        Some((id, secret)) => (
            Check::ResourceServer.found(
                "the id of a resource server and its secret",
                format!("{id} and {}", Shown::hidden(secret.expose())),
            ),
            "unknown resource server or wrong secret",
        ),
    };
    let description = "Authenticate as a resource server with HTTP Basic.";
    let mut error =
        JsonError::new(request, StatusCode::UNAUTHORIZED, "invalid_client", description, evidence).because(reason);
    error.challenge = Some(r#"Basic realm="resource", charset="UTF-8""#);
    error
}
