//! `/revoke` (RFC 7009 §2).

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{client, failed};
use crate::oauth::parameters::Parameters;
use crate::oauth::revocation::{Revoking, revoke};
use crate::web::error::JsonError;
use crate::web::extract::{CurrentIssuer, SentBody};
use crate::web::middleware::root_span::reference;
use crate::web::state::AppState;

pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    state: Data<AppState>,
    SentBody(body): SentBody,
) -> Result<HttpResponse, JsonError> {
    let parameters = Parameters::parse(&body);
    // RFC 7009 §2.1: the client is authenticated as at the token endpoint.
    let client = client(&request, &issuer, &state, &parameters).await?;
    let now = state.clock.now();
    let revoking =
        Revoking { context: &issuer, client: &client, parameters: &parameters, now, reference: reference(&request) };
    revoke(&state.db, &revoking).await.map_err(|failure| failed(&request, &failure))?;
    // RFC 7009 §2.2: 200, also for a token that means nothing here.
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).finish())
}
