//! Protected Resource Metadata (RFC 9728).

use actix_web::web::ServiceConfig;

use super::protection::Protection;

/// Serves the metadata of one endpoint at `/.well-known/oauth-protected-resource/<path of the endpoint>`.
pub fn configure(_protection: &Protection) -> impl FnOnce(&mut ServiceConfig) + use<> {
    |_| {}
}

/// The same, and the root form `/.well-known/oauth-protected-resource`, and an alarm on `/authorize`, `/token` and
/// `/register`. For the one endpoint of a host that clients mean when they know only the host.
pub fn configure_default(_protection: &Protection) -> impl FnOnce(&mut ServiceConfig) + use<> {
    |_| {}
}
