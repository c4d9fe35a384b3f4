//! `/register`: dynamic client registration (RFC 7591 §3).

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{failed, refused};
use crate::domain::Timestamp;
use crate::domain::evidence::Check;
use crate::keys::{IssuerContext, Secret};
use crate::oauth::client_documents::Asker;
use crate::oauth::error::{ErrorCode, OAuthError};
use crate::oauth::registration::{Registering, register};
use crate::oauth::software_statement::{Members, Statements};
use crate::web::error::JsonError;
use crate::web::extract::{CurrentIssuer, SentBody, Source};
use crate::web::middleware::root_span::reference;
use crate::web::state::AppState;

pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    state: Data<AppState>,
    source: Source,
    SentBody(body): SentBody,
) -> Result<HttpResponse, JsonError> {
    let settings = &state.registration;
    if !settings.enabled {
        let description = "This store registers no agents by itself. Ask it for a client_id.";
        let evidence = Check::RegistrationOpen.found("an agent that the store has registered", "a registration");
        return Err(refused(&request, &OAuthError::new(ErrorCode::RegistrationClosed, description, evidence)));
    }
    let now = state.clock.now();
    within_rate(&request, &state, &issuer, (&source, now))?;
    let members = members(&request, &state, &body)?;
    let registering = Registering {
        context: &issuer,
        settings,
        source: &source.network,
        room: state.registrations.room(),
        statements: statements(&state, &issuer, (&source, now)),
        token: bearer(&request),
        now,
        reference: reference(&request),
    };
    let registered = register(&state.db, members, &registering).await.map_err(|failure| failed(&request, &failure))?;
    // RFC 7591 §3.2.1: 201, never stored.
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(registered))
}

/// Whose software statements count, as this request may have their keys looked for.
pub(super) fn statements<'a>(
    state: &'a AppState,
    issuer: &'a IssuerContext,
    (source, now): (&'a Source, Timestamp),
) -> Statements<'a> {
    let asker = Asker { rate: &state.registrations, issuer_id: &issuer.issuer.id, network: &source.network };
    Statements { issuers: &state.registration.software_statement_issuers, keys: &state.client_keys, asker, now }
}

/// A26: how often one source may register, or change what it has registered.
pub(super) fn within_rate(
    request: &HttpRequest,
    state: &AppState,
    issuer: &IssuerContext,
    (source, now): (&Source, Timestamp),
) -> Result<(), JsonError> {
    let Some(wait) = state.registrations.refuses(&issuer.issuer.id, &source.network, now) else { return Ok(()) };
    let description = "There were too many registrations from here. Try again later.";
    let most = format!("{} registrations a minute", state.registration.rate_per_minute);
    let evidence = Check::RegistrationRate.found(most, "one more from the same network");
    let mut error = refused(request, &OAuthError::new(ErrorCode::TooManyRequests, description, evidence));
    error.retry_after_secs = Some(wait.as_secs().max(1));
    Err(error)
}

/// RFC 7591 §3.1: a JSON object, of bounded size.
pub(super) fn members(request: &HttpRequest, state: &AppState, body: &[u8]) -> Result<Members, JsonError> {
    let most = state.registration.max_body;
    if body.len() > most {
        let description = "The registration is too large.";
        let evidence = Check::RequestSize.found(format!("{most} bytes at most"), body.len().to_string());
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return Err(JsonError::new(request, status, "invalid_client_metadata", description, evidence));
    }
    serde_json::from_slice(body).map_err(|error| {
        let description = "The body is no JSON object of client metadata.";
        // serde_json repeats what it read: only where it stopped is told.
        let presented = format!("line {}, column {} is not", error.line(), error.column());
        let evidence = Check::BodyForm.found("a JSON object of client metadata", presented);
        refused(request, &OAuthError::new(ErrorCode::InvalidClientMetadata, description, evidence))
    })
}

/// RFC 6750 §2.1, the only way in which these tokens are taken: never from an address or a body.
pub(super) fn bearer(request: &HttpRequest) -> Option<Secret<String>> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    // RFC 9110 §11.1: the name of the scheme has no case.
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim().to_owned()))
}
