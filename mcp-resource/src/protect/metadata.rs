//! Protected Resource Metadata (RFC 9728): where an agent that was refused finds out whom to ask for a token.
//! Public, cacheable, open to every page.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL,
};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::json;
use url::Url;

use super::config::Config;
use super::protection::Protection;
use crate::wire::ScopeSet;

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
/// H24: where clients go on the MCP server's own origin when they have found no metadata.
const GUESSES: [&str; 3] = ["/authorize", "/token", "/register"];

/// RFC 9728 §2.
#[derive(Serialize)]
struct Metadata<'a> {
    resource: &'a str,
    // B7: exactly one, because clients choose differently among several.
    authorization_servers: [&'a str; 1],
    scopes_supported: Vec<&'static str>,
    // B10: never in the query or the body.
    bearer_methods_supported: [&'static str; 1],
    resource_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_documentation: Option<&'a str>,
}

/// Serves the metadata of one endpoint at `/.well-known/oauth-protected-resource/<path of the endpoint>`.
pub fn configure(protection: &Protection) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let path = path(&protection.config().resource);
    let document = document(protection.config());
    move |services| serve(services, &path, &document)
}

/// The same, and the root form `/.well-known/oauth-protected-resource`, and an alarm on `/authorize`, `/token` and
/// `/register`. For the one endpoint of a host that clients mean when they know only the host.
pub fn configure_default(protection: &Protection) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let own = configure(protection);
    let document = document(protection.config());
    move |services| {
        own(services);
        // B2: the second place where clients look.
        serve(services, WELL_KNOWN, &document);
        let guesses = Arc::new(AtomicU64::new(0));
        for guess in GUESSES {
            let guesses = Arc::clone(&guesses);
            services.route(guess, web::to(move |request: HttpRequest| ready(missed(&request, &guesses))));
        }
    }
}

/// RFC 9728 §3.1: the well-known part goes between host and path.
pub(super) fn metadata_url(resource: &str) -> String {
    let origin = Url::parse(resource).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    format!("{origin}{}", path(resource))
}

fn path(resource: &str) -> String {
    let path = Url::parse(resource).map(|url| url.path().to_owned()).unwrap_or_default();
    format!("{WELL_KNOWN}{}", path.trim_end_matches('/'))
}

fn document(config: &Config) -> String {
    let metadata = Metadata {
        resource: &config.resource,
        authorization_servers: [&config.issuer],
        // S1-10, C-6: the five; B4: without offline_access.
        scopes_supported: ScopeSet::STORE.iter().map(super::super::wire::Scope::as_str).collect(),
        bearer_methods_supported: ["header"],
        resource_name: &config.name,
        resource_documentation: config.documentation.as_deref(),
    };
    serde_json::to_string(&metadata).unwrap_or_default()
}

fn serve(services: &mut ServiceConfig, path: &str, document: &str) {
    let document = document.to_owned();
    let get = move || {
        let document = document.clone();
        async move { open().content_type("application/json").body(document) }
    };
    let resource = web::resource(path)
        .route(web::get().to(get.clone()))
        .route(web::head().to(get))
        .route(web::method(actix_web::http::Method::OPTIONS).to(preflight))
        .default_service(web::to(not_allowed));
    services.service(resource);
}

fn open() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    // B6: cacheable and open to every page. An hour, for it changes when the store moves.
    response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*")).insert_header((CACHE_CONTROL, "public, max-age=3600"));
    response
}

async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, OPTIONS"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "MCP-Protocol-Version, Content-Type, Authorization"))
        .finish()
}

async fn not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed().json(json!({ "error": "method_not_allowed" }))
}

/// H24: an agent that comes here has not found, or not understood, the metadata.
fn missed(request: &HttpRequest, guesses: &AtomicU64) -> HttpResponse {
    let count = guesses.fetch_add(1, Ordering::Relaxed).saturating_add(1);
    tracing::warn!(path = request.path(), count, "an agent guesses at an authorization server here: discovery failed");
    HttpResponse::NotFound().json(json!({
        "error": "not_found",
        "error_description": "The authorization server is elsewhere. Read /.well-known/oauth-protected-resource.",
    }))
}
