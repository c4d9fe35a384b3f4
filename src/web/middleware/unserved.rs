//! What actix-web would refuse by itself, with an empty body or a line of text, is refused in the shape that its reader
//! needs: a page for people, JSON for machines, both with a reference id.

use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use actix_web::error::QueryPayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::middleware::ErrorHandlerResponse;
use actix_web::{Error, FromRequest as _, HttpRequest, HttpResponse, ResponseError as _};

use crate::domain::evidence::{Check, Evidence};
use crate::web::error::{JsonError, no_address};
use crate::web::extract::CurrentIssuer;
use crate::web::pages::error::Problem;
use crate::web::pages::refuse::{as_error, refuse};

/// What is wrong, in the words of each reader.
struct Unserved {
    status: StatusCode,
    problem: Problem,
    code: &'static str,
    description: &'static str,
    evidence: Evidence,
}

/// No route for the address.
pub fn nothing_here(request: &HttpRequest) -> HttpResponse {
    let unserved = Unserved {
        status: StatusCode::NOT_FOUND,
        problem: Problem::NotFound,
        code: "not_found",
        description: "There is nothing at this address.",
        evidence: no_address(request),
    };
    answer(request, unserved)
}

/// For `ErrorHandlers`: RFC 9110 §15.5.6. What the middleware of the route has put on the answer stays there.
pub fn other_method<B>(response: ServiceResponse<B>) -> actix_web::Result<ErrorHandlerResponse<B>> {
    let (request, refused) = response.into_parts();
    let unserved = Unserved {
        status: StatusCode::METHOD_NOT_ALLOWED,
        problem: Problem::NotFound,
        code: "invalid_request",
        description: "This address is asked in another way. Use the method that its documentation names.",
        evidence: no_address(&request),
    };
    let mut answer = answer(&request, unserved);
    for (name, value) in refused.headers() {
        if !answer.headers().contains_key(name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    let answer = answer.map_body(|_, body| EitherBody::right(body));
    Ok(ErrorHandlerResponse::Response(ServiceResponse::new(request, answer)))
}

/// For `QueryConfig`: a parameter is missing, is there twice, or cannot be read.
pub fn unread_query(_: QueryPayloadError, request: &HttpRequest) -> Error {
    let unserved = Unserved {
        status: StatusCode::BAD_REQUEST,
        problem: Problem::BadRequest,
        code: "invalid_request",
        description: "A parameter of the address is missing, is there twice, or cannot be read.",
        // Not the library's words: they repeat what they read.
        evidence: Check::FormFields.found("the parameters of this address, once each", "fewer, or more of a name"),
    };
    as_error(answer(request, unserved))
}

fn answer(request: &HttpRequest, unserved: Unserved) -> HttpResponse {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let issuer = CurrentIssuer::extract(request).into_inner();
    let Unserved { status, problem, code, description, evidence } = unserved;
    match issuer {
        Ok(issuer) if accept.is_some_and(|accept| accept.contains("text/html")) => {
            refuse(request, &issuer, problem, status, evidence.because(description))
        }
        _ => JsonError::new(request, status, code, description, evidence).error_response(),
    }
}
