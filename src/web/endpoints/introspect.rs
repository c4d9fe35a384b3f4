//! `/introspect` (RFC 7662 §2): for resource servers and for clients that prove themselves, about their own tokens only.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{client, failed, refused};
use crate::domain::evidence::Check;
use crate::oauth::error::{ErrorCode, OAuthError};
use crate::oauth::introspection::{Asker, introspect};
use crate::oauth::parameters::Parameters;
use crate::web::error::JsonError;
use crate::web::extract::{AuthenticatedResourceServer, CurrentIssuer, SentBody};
use crate::web::state::AppState;

pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    server: Result<AuthenticatedResourceServer, JsonError>,
    state: Data<AppState>,
    SentBody(body): SentBody,
) -> Result<HttpResponse, JsonError> {
    let parameters = Parameters::parse(&body);
    let token = parameters.required("token", "The token is missing.").map_err(|error| refused(&request, &error))?;
    // RFC 7662 §2.1: authenticated, against token scanning. HTTP Basic is a resource server's; clients prove themselves in the
    // form.
    let asker = if parameters.has("client_assertion") || parameters.has("client_secret") {
        let client = client(&request, &issuer, &state, &parameters).await?;
        if !client.is_proved() {
            let evidence = Check::ClientMethod.missing("a key or a secret");
            let description = "Only a client with a key or a secret may ask.";
            return Err(refused(&request, &OAuthError::new(ErrorCode::InvalidClient, description, evidence)));
        }
        Asker::Client(client.id().clone())
    } else {
        Asker::Resource(server?.resource.clone())
    };
    let answer = introspect(&state.db, &issuer, &asker, token, state.clock.now())
        .await
        .map_err(|failure| failed(&request, &failure))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(answer))
}
