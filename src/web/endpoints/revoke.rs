//! `/revoke` (RFC 7009 §2).

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::{authorization, failed, reference_id, refused};
use crate::oauth::client_authentication::{Presented, authenticate};
use crate::oauth::parameters::Parameters;
use crate::oauth::revocation::{Revoking, revoke};
use crate::web::error::JsonError;
use crate::web::extract::CurrentIssuer;
use crate::web::state::AppState;

pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    state: Data<AppState>,
    body: Bytes,
) -> Result<HttpResponse, JsonError> {
    let parameters = Parameters::parse(&body);
    let presented = Presented::read(authorization(&request), &parameters).map_err(|error| refused(&request, &error))?;
    let now = state.clock.now();
    // RFC 7009 §2.1: the client is authenticated as at the token endpoint.
    let client = authenticate(&state.db, &state.clients, &issuer.issuer.id, &presented, now)
        .await
        .map_err(|failure| failed(&request, &failure))?;
    let revoking =
        Revoking { context: &issuer, client: &client, parameters: &parameters, now, reference: reference_id(&request) };
    revoke(&state.db, &revoking).await.map_err(|failure| failed(&request, &failure))?;
    // RFC 7009 §2.2: 200, also for a token that means nothing here.
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).finish())
}
