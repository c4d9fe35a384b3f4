//! Finds the issuer a request is for, and takes its path off, so that routes are written once for every issuer.
//!
//! For the path-inserted well-known forms (RFC 8414 §3.1) the part after the well-known name is the issuer's path.

use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, ResponseError};

use super::headers;
use crate::web::error::JsonError;
use crate::web::extract::{Routed, authority};
use crate::web::language;
use crate::web::state::AppState;

const WELL_KNOWN: [&str; 2] = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

/// `wrap(from_fn(route))`.
pub async fn route<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(found) = find(&request) else {
        let refused = JsonError::not_found(request.request()).because("no issuer has this host and path");
        return Ok(request.into_response(refused.error_response()).map_into_right_body());
    };
    let Found::Issuer(routed, path) = found else {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    };
    let context = Arc::clone(&routed.0);
    request.extensions_mut().insert(routed);
    if let Some(path) = path {
        rewrite(&mut request, &path);
    }
    let mut answer = next.call(request).await?.map_into_left_body();
    headers::demand_https(&context.issuer, answer.headers_mut());
    language::label(&context.issuer, &mut answer);
    Ok(answer)
}

/// Whom a request is for.
enum Found {
    /// What belongs to no issuer and keeps its path.
    Shared,
    /// The issuer, and the path that is left if it is another.
    Issuer(Routed, Option<String>),
}

/// `None` when no issuer has this host and path.
fn find(request: &ServiceRequest) -> Option<Found> {
    let path = request.path();
    if path.starts_with("/static/") || path == "/health" {
        return Some(Found::Shared);
    }
    let state = request.app_data::<Data<AppState>>()?;
    let directory = state.directory.load();
    let authority = authority(request.request(), &state.trusted_proxies);
    let other = |left: &str| (left != path).then(|| left.to_owned());
    for name in WELL_KNOWN {
        if let Some(rest) = path.strip_prefix(name) {
            // The whole of what follows must be the issuer's path.
            let (context, left) = directory.find(&authority, rest)?;
            return left.is_empty().then(|| Found::Issuer(Routed(context), other(name)));
        }
    }
    let (context, left) = directory.find(&authority, path)?;
    let left = if left.is_empty() { "/" } else { left };
    Some(Found::Issuer(Routed(context), other(left)))
}

/// As actix-web's own path normalisation does: the router reads `match_info`, handlers the head.
fn rewrite(request: &mut ServiceRequest, path: &str) {
    let query = request.query_string();
    let with_query = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let mut parts = request.head().uri.clone().into_parts();
    let Ok(path_and_query) = PathAndQuery::try_from(with_query) else { return };
    parts.path_and_query = Some(path_and_query);
    let Ok(uri) = Uri::from_parts(parts) else { return };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}
