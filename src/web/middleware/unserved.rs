//! What actix-web would refuse by itself, with an empty body or a line of text, is refused in the shape that its reader
//! needs: a page for people, JSON for machines, both with a reference id.

use actix_web::dev::ServiceResponse;
use actix_web::error::QueryPayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::{Error, FromRequest as _, HttpRequest, HttpResponse, ResponseError as _};

use crate::domain::evidence::Check;
use crate::web::error::{JsonError, no_address};
use crate::web::extract::CurrentIssuer;
use crate::web::pages::error::Problem;
use crate::web::pages::refuse::{as_error, refuse};

/// Where there is no route.
pub async fn nothing_here(request: HttpRequest) -> HttpResponse {
    answer(&request, Problem::NotFound, JsonError::not_found(&request))
}

/// RFC 9110 §15.5.6. What the route has put on the answer stays there: `Allow`, and who may read it from elsewhere.
pub fn other_method<B>(response: ServiceResponse<B>) -> ServiceResponse {
    let (request, refused) = response.into_parts();
    let description = "This address is asked in another way. Use the method that its documentation names.";
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let error = JsonError::new(&request, status, "invalid_request", description, no_address(&request));
    let mut answer = answer(&request, Problem::NotFound, error);
    for (name, value) in refused.headers() {
        if !answer.headers().contains_key(name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, answer)
}

/// For `QueryConfig`: a parameter is missing, is there twice, or cannot be read.
pub fn unread_query(_: QueryPayloadError, request: &HttpRequest) -> Error {
    let description = "A parameter of the address is missing, is there twice, or cannot be read.";
    // Not the library's words: they repeat what they read.
    let evidence = Check::FormFields.found("the parameters of this address, once each", "fewer, or more of a name");
    let error = JsonError::new(request, StatusCode::BAD_REQUEST, "invalid_request", description, evidence);
    as_error(answer(request, Problem::BadRequest, error))
}

/// What a machine reads, or the page that says it to people.
fn answer(request: &HttpRequest, problem: Problem, error: JsonError) -> HttpResponse {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    match CurrentIssuer::extract(request).into_inner() {
        Ok(issuer) if accept.is_some_and(|accept| accept.contains("text/html")) => {
            refuse(request, &issuer, problem, error.status, *error.reason)
        }
        _ => error.error_response(),
    }
}
