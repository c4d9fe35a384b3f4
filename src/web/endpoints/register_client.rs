//! `/register/{client_id}`: the client configuration endpoint (RFC 7592). Its answers are never stored, and its tokens are in
//! no log: they travel in the `Authorization` header only.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::failed;
use super::register::{bearer, members, statements, within_rate};
use crate::domain::{ClientId, Timestamp};
use crate::keys::IssuerContext;
use crate::oauth::client_configuration::{Managing, delete as delete_client, read, update};
use crate::oauth::client_information::ClientInformation;
use crate::web::error::JsonError;
use crate::web::extract::{CurrentIssuer, SentBody, Source};
use crate::web::middleware::root_span::reference;
use crate::web::state::AppState;

/// RFC 7592 §2.1.
pub async fn get(
    request: HttpRequest,
    issuer: CurrentIssuer,
    state: Data<AppState>,
    source: Source,
    id: Path<String>,
) -> Result<HttpResponse, JsonError> {
    let managing = managing(&request, &issuer, &state, (&source, id.into_inner()));
    let found = read(&state.db, &managing).await.map_err(|failure| failed(&request, &failure))?;
    Ok(answer(&found))
}

/// RFC 7592 §2.2.
pub async fn put(
    request: HttpRequest,
    issuer: CurrentIssuer,
    state: Data<AppState>,
    source: Source,
    (id, SentBody(body)): (Path<String>, SentBody),
) -> Result<HttpResponse, JsonError> {
    within_rate(&request, &state, &issuer, (&source, state.clock.now()))?;
    let members = members(&request, &state, &body)?;
    let managing = managing(&request, &issuer, &state, (&source, id.into_inner()));
    let changed = update(&state.db, members, &managing).await.map_err(|failure| failed(&request, &failure))?;
    Ok(answer(&changed))
}

/// RFC 7592 §2.3.
pub async fn delete(
    request: HttpRequest,
    issuer: CurrentIssuer,
    state: Data<AppState>,
    source: Source,
    id: Path<String>,
) -> Result<HttpResponse, JsonError> {
    let managing = managing(&request, &issuer, &state, (&source, id.into_inner()));
    delete_client(&state.db, &managing).await.map_err(|failure| failed(&request, &failure))?;
    state.clients.forget(&issuer.issuer.id, &managing.client_id);
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}

fn managing<'a>(
    request: &HttpRequest,
    issuer: &'a IssuerContext,
    state: &'a AppState,
    (source, id): (&'a Source, String),
) -> Managing<'a> {
    let now: Timestamp = state.clock.now();
    Managing {
        context: issuer,
        settings: &state.registration,
        statements: statements(state, issuer, (source, now)),
        client_id: ClientId::new(id),
        token: bearer(request),
        source: source.network.clone(),
        now,
        reference: reference(request),
    }
}

/// RFC 7592 §3: 200, never stored.
fn answer(information: &ClientInformation) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(information)
}
