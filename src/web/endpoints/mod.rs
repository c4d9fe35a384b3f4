//! What machines talk to: one file per endpoint.

pub mod authorize;
pub mod health;
pub mod introspect;
pub mod jwks;
pub mod metadata;
pub mod register;
pub mod register_client;
pub mod revoke;
pub mod token;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;

use super::error::JsonError;
use super::extract::Source;
use super::middleware::root_span::record_client;
use super::state::AppState;
use crate::domain::client::AuthenticatedClient;
use crate::keys::IssuerContext;
use crate::oauth::client_authentication::{Endpoint, Known, Presented, authenticate};
use crate::oauth::client_documents::Asker;
use crate::oauth::error::{ErrorCode, Failure, OAuthError};
use crate::oauth::parameters::Parameters;

/// The JSON answer to a failure of a use case.
fn failed(request: &HttpRequest, failure: &Failure) -> JsonError {
    match failure {
        Failure::Refused(error) => refused(request, error),
        Failure::Storage(fault) => JsonError::fault(request, fault),
        Failure::Defect(_) => JsonError::defect(request, failure),
    }
}

/// RFC 6749 §5.2.
fn refused(request: &HttpRequest, error: &OAuthError) -> JsonError {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let (code, description, evidence) = (error.code.as_str(), error.description.clone(), error.evidence.clone());
    let mut answer = JsonError::new(request, status, code, description, evidence).because(&error.reason);
    // RFC 6749 §5.2: a challenge of the scheme that the client used, and only then.
    if error.code == ErrorCode::InvalidToken {
        // RFC 6750 §3: always for a bearer token; §3.1: without a code where there was none.
        let was_sent = request.headers().contains_key(AUTHORIZATION);
        let with_code = r#"Bearer realm="registration", error="invalid_token""#;
        answer.challenge = Some(if was_sent { with_code } else { r#"Bearer realm="registration""# });
    } else if status == StatusCode::UNAUTHORIZED && request.headers().contains_key(AUTHORIZATION) {
        answer.challenge = Some(r#"Basic realm="token", charset="UTF-8""#);
    }
    answer.retry_after_secs = match status {
        StatusCode::TOO_MANY_REQUESTS => Some(60),
        StatusCode::SERVICE_UNAVAILABLE => Some(10),
        _ => None,
    };
    answer
}

/// The client of a form request, proved as far as its method can: alike at every endpoint that demands one (RFC 7009 §2.1).
async fn client(
    request: &HttpRequest,
    issuer: &IssuerContext,
    state: &AppState,
    parameters: &Parameters,
) -> Result<AuthenticatedClient, JsonError> {
    let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let presented = Presented::read(authorization, parameters).map_err(|error| refused(request, &error))?;
    record_client(request, presented.client_id().as_str());
    let known =
        Known { db: &state.db, clients: &state.clients, keys: &state.client_keys, documents: &state.client_documents };
    let source = Source::of(request);
    let asker = Asker { rate: &state.registrations, issuer_id: &issuer.issuer.id, network: &source.network };
    // Below the issuer: its own path is stripped before routing.
    let endpoint = Endpoint { issuer: &issuer.issuer, path: request.path(), asker, now: state.clock.now() };
    authenticate(&known, &presented, &endpoint).await.map_err(|failure| failed(request, &failure))
}
