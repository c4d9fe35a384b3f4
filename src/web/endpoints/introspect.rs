//! `/introspect` (RFC 7662 §2): for resource servers, about their own tokens only.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::{failed, refused};
use crate::oauth::introspection::introspect;
use crate::oauth::parameters::Parameters;
use crate::web::error::JsonError;
use crate::web::extract::{AuthenticatedResourceServer, CurrentIssuer};
use crate::web::state::AppState;

pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    // RFC 7662 §2.1: authenticated, against token scanning.
    asker: AuthenticatedResourceServer,
    state: Data<AppState>,
    body: Bytes,
) -> Result<HttpResponse, JsonError> {
    let parameters = Parameters::parse(&body);
    let token = parameters.required("token", "The token is missing.").map_err(|error| refused(&request, &error))?;
    let answer = introspect(&state.db, &issuer, &asker, token, state.clock.now())
        .await
        .map_err(|failure| failed(&request, &failure))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(answer))
}
