//! `/token` (RFC 6749 §3.2): always JSON, never stored.

use actix_web::http::header::{CACHE_CONTROL, PRAGMA};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{client, failed};
use crate::oauth::parameters::Parameters;
use crate::oauth::token::{Request, grant};
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
    let parameters = Parameters::parse(&body);
    let client = client(&request, &issuer, &state, &parameters).await?;
    let now = state.clock.now();
    let granting = Request {
        context: &issuer,
        client: &client,
        parameters: &parameters,
        network: &source.network,
        now,
        reference: reference(&request),
    };
    let response = grant(&state.db, state.lifetimes, &granting).await.map_err(|failure| failed(&request, &failure))?;
    // RFC 6749 §5.1: no cache may keep it.
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache")).json(response))
}
