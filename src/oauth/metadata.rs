//! Authorization server metadata (RFC 8414), mirrored as OpenID Provider metadata (A10). Only what is built is advertised.

use mcp_resource::wire::authorization_details::STORE_CHECKOUT;
use serde::Serialize;

use super::authentication_request::supported;
use crate::domain::client::AuthMethod;
use crate::domain::issuer::Issuer;
use crate::domain::key_set::SigningAlgorithm;
use crate::domain::{Scope, ScopeSet};
use crate::locale::Locale;

/// RFC 8414 §2.
#[derive(Debug, Serialize)]
pub struct Metadata {
    /// A11: the same characters everywhere.
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    revocation_endpoint: String,
    introspection_endpoint: String,
    jwks_uri: String,
    scopes_supported: Vec<&'static str>,
    /// RFC 8414 §2: the languages of the pages.
    ui_locales_supported: Vec<&'static str>,
    /// RFC 9396 §10.
    authorization_details_types_supported: [&'static str; 1],
    /// OpenID Connect Discovery 1.0 §3; RFC 9470 §7: an agent sees whether a challenge can be met at all.
    acr_values_supported: Vec<&'static str>,
    /// Initiating User Registration 1.0 §4.1.
    prompt_values_supported: [&'static str; 4],
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    /// A13: clients refuse to go on without it.
    code_challenge_methods_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    /// RFC 8414 §2: required beside `private_key_jwt`.
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    /// A16, RFC 9207 §3.
    authorization_response_iss_parameter_supported: bool,
    /// A15, CIMD-00 §5: beside `none`, or some clients never try it (H2).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    client_id_metadata_document_supported: bool,
}

/// How agents may introduce themselves here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// RFC 7591.
    pub registration: bool,
    /// The address of an agent's own description as its client id.
    pub client_documents: bool,
}

impl Metadata {
    /// `has_passkeys`: whether this issuer can have any.
    pub fn of(issuer: &Issuer, offered: Offered, has_passkeys: bool) -> Self {
        let at = |path| issuer.url.join(path);
        let with_proof = [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost, AuthMethod::PrivateKeyJwt]
            .map(AuthMethod::as_str);
        // H2: some clients want to see `none` before they try.
        let auth_methods = || [&[AuthMethod::None.as_str()], &with_proof[..]].concat();
        let algorithms = SigningAlgorithm::ALL.map(SigningAlgorithm::as_str);
        Self {
            issuer: issuer.url.to_string(),
            authorization_endpoint: at("/authorize"),
            token_endpoint: at("/token"),
            registration_endpoint: offered.registration.then(|| at("/register")),
            revocation_endpoint: at("/revoke"),
            introspection_endpoint: at("/introspect"),
            jwks_uri: at("/jwks"),
            // H7, H8: what shoppers may grant, and offline_access; clients ask for all of it.
            scopes_supported: ScopeSet::STORE.with(Scope::OfflineAccess).iter().map(Scope::as_str).collect(),
            ui_locales_supported: Locale::all().iter().map(Locale::tag).collect(),
            authorization_details_types_supported: [STORE_CHECKOUT],
            acr_values_supported: supported(has_passkeys),
            prompt_values_supported: ["login", "consent", "select_account", "create"],
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: ["authorization_code", "refresh_token"],
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: auth_methods(),
            revocation_endpoint_auth_methods_supported: auth_methods(),
            introspection_endpoint_auth_methods_supported: with_proof.to_vec(),
            token_endpoint_auth_signing_alg_values_supported: algorithms,
            revocation_endpoint_auth_signing_alg_values_supported: algorithms,
            introspection_endpoint_auth_signing_alg_values_supported: algorithms,
            authorization_response_iss_parameter_supported: true,
            client_id_metadata_document_supported: offered.client_documents,
        }
    }
}
