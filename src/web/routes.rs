//! The map of addresses, relative to an issuer: `middleware::issuer` has taken the issuer's path off.

use actix_web::middleware::from_fn;
use actix_web::web::{self, PayloadConfig, QueryConfig, ServiceConfig};

use super::endpoints::{authorize, health, introspect, jwks, metadata, register, register_client, revoke, token};
use super::middleware::{cors, unserved};
use super::pages;
use super::resource_api::{audit, feed, purchases};

/// Every route of an issuer. `max_body` bounds what is read of any request.
pub fn configure(max_body: usize) -> impl Fn(&mut ServiceConfig) {
    move |config| {
        config
            .app_data(PayloadConfig::new(max_body))
            .app_data(QueryConfig::default().error_handler(unserved::unread_query));
        machines(config);
        config
            .service(web::resource("/authorize").get(authorize::get).post(authorize::post))
            .service(web::resource("/resource/feed").get(feed::get))
            .service(web::resource("/health").get(health::get));
        audit::configure(config);
        purchases::configure(config);
        pages::configure(config);
        config.default_service(web::to(unserved::nothing_here));
    }
}

/// What machines call, all but introspection from anywhere (A18); the authorization endpoint and the pages are not among it.
///
/// Paths are tried in this order, and one with a name in it by a regular expression: what is asked most comes first.
fn machines(config: &mut ServiceConfig) {
    config
        .service(web::resource("/token").post(token::post).route(preflight()).wrap(from_fn(cors::open)))
        .service(web::resource("/introspect").post(introspect::post))
        .service(web::resource("/revoke").post(revoke::post).route(preflight()).wrap(from_fn(cors::open)));
    let well_known = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];
    for path in well_known {
        let resource = web::resource(path).get(metadata::get).route(preflight()).wrap(from_fn(cors::open));
        config.service(resource);
    }
    config
        .service(web::resource("/jwks").get(jwks::get).route(preflight()).wrap(from_fn(cors::open)))
        .service(web::resource("/register").post(register::post).route(preflight()).wrap(from_fn(cors::open)))
        .service(
            web::resource("/register/{client_id}")
                .get(register_client::get)
                .put(register_client::put)
                .delete(register_client::delete)
                .route(preflight())
                .wrap(from_fn(cors::open)),
        );
}

fn preflight() -> actix_web::Route {
    web::method(actix_web::http::Method::OPTIONS).to(cors::preflight)
}
