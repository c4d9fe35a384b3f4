//! `/register`: dynamic client registration (RFC 7591 §3).

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::{failed, refused};
use crate::domain::evidence::Check;
use crate::oauth::error::{ErrorCode, OAuthError};
use crate::oauth::registration::{Registering, RegistrationRequest, register};
use crate::web::error::JsonError;
use crate::web::extract::{CurrentIssuer, Source};
use crate::web::middleware::root_span::reference;
use crate::web::state::AppState;

pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    state: Data<AppState>,
    source: Source,
    body: Bytes,
) -> Result<HttpResponse, JsonError> {
    let settings = &state.registration;
    if !settings.enabled {
        return Err(JsonError::new(
            &request,
            StatusCode::FORBIDDEN,
            "access_denied",
            "This store registers no agents by itself. Ask it for a client_id.",
            Check::RegistrationOpen.found("an agent that the store has registered", "a registration"),
        ));
    }
    let now = state.clock.now();
    if let Some(wait) = state.registrations.refuses(&issuer.issuer.id, &source.network, now) {
        let description = "There were too many registrations from here. Try again later.";
        let most = format!("{} registrations a minute", settings.rate_per_minute);
        let evidence = Check::RegistrationRate.found(most, "one more from the same network");
        let mut error = refused(&request, &OAuthError::new(ErrorCode::TooManyRequests, description, evidence));
        error.retry_after_secs = Some(wait.as_secs().max(1));
        return Err(error);
    }
    if body.len() > settings.max_body {
        let description = "The registration is too large.";
        let evidence = Check::RequestSize.found(format!("{} bytes at most", settings.max_body), body.len().to_string());
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return Err(JsonError::new(&request, status, "invalid_client_metadata", description, evidence));
    }
    // RFC 7591 §3.1: a JSON object.
    let parsed: RegistrationRequest = serde_json::from_slice(&body).map_err(|error| {
        let description = "The body is no JSON object of client metadata.";
        // serde_json repeats what it read: only where it stopped is told.
        let presented = format!("line {}, column {} is not", error.line(), error.column());
        let evidence = Check::BodyForm.found("a JSON object of client metadata", presented);
        refused(&request, &OAuthError::new(ErrorCode::InvalidClientMetadata, description, evidence))
    })?;
    let registering = Registering {
        context: &issuer,
        settings,
        source: &source.network,
        room: state.registrations.room(),
        now,
        reference: reference(&request),
    };
    let registered = register(&state.db, parsed, &registering).await.map_err(|failure| failed(&request, &failure))?;
    // RFC 7591 §3.2.1: 201, never stored.
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(registered))
}
