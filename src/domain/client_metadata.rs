//! The metadata of a client that we keep (RFC 7591 §2), and the identifier that follows from it.
//!
//! Identical registrations of public clients give the same client (decision 2): agents that register at every start then
//! fill no table (H5b), and an expired client that registers again gets its id back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_resource::wire::digest::canonical_sha256;
use serde::{Deserialize, Serialize};

use super::ClientId;
use super::client::AuthMethod;
use super::redirect_uri::RedirectUri;

/// What is kept of a registration. `scope` is not: it is advice, never a ceiling (H9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientMetadata {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    pub redirect_uris: Vec<RedirectUri>,
    pub grant_types: Vec<String>,
    pub response_types: Vec<String>,
    /// `native` or `web`, as sent or inferred from the redirect URIs (A23).
    pub application_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
}

#[derive(Serialize)]
struct Identity<'a> {
    issuer: &'a str,
    token_endpoint_auth_method: AuthMethod,
    metadata: &'a ClientMetadata,
}

impl ClientMetadata {
    /// The form in which two registrations are compared: lists sorted as sets, loopback ports removed, and the duplicates
    /// that this makes merged (decision 2).
    #[must_use]
    pub fn normalised(&self) -> Self {
        let redirect_uris = self.redirect_uris.iter().map(RedirectUri::without_port).collect();
        Self {
            redirect_uris: sorted(redirect_uris),
            grant_types: sorted(self.grant_types.clone()),
            response_types: sorted(self.response_types.clone()),
            ..self.clone()
        }
    }

    /// `c1_` and the unkeyed SHA-256 of the issuer and the canonical metadata (decision 2). Never begins with `https://`, which
    /// is left to client identifier metadata documents (A25).
    pub fn public_client_id(&self, issuer: &str) -> Option<ClientId> {
        let metadata = &self.normalised();
        let identity = Identity { issuer, token_endpoint_auth_method: AuthMethod::None, metadata };
        let digest = canonical_sha256(&identity).ok()?;
        Some(ClientId::new(format!("c1_{}", URL_SAFE_NO_PAD.encode(digest))))
    }
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(uris: &[&str], name: &str) -> ClientMetadata {
        ClientMetadata {
            client_name: Some(name.into()),
            client_uri: None,
            redirect_uris: uris.iter().map(|uri| RedirectUri::parse(uri, &[]).unwrap()).collect(),
            grant_types: vec!["refresh_token".into(), "authorization_code".into()],
            response_types: vec!["code".into()],
            application_type: "native".into(),
            software_id: None,
            software_version: None,
        }
    }

    #[test]
    fn registrations_that_differ_in_order_and_loopback_ports_are_one_client() {
        let one = metadata(&["http://localhost:1/cb", "http://localhost:2/cb", "https://a.example/cb"], "Agent");
        let other = metadata(&["https://a.example/cb", "http://localhost:3/cb"], "Agent");
        assert_eq!(one.public_client_id("https://as.example"), other.public_client_id("https://as.example"));
    }

    #[test]
    fn another_name_or_issuer_is_another_client() {
        let client = metadata(&["https://a.example/cb"], "Agent");
        let id = client.public_client_id("https://as.example");
        assert_ne!(id, metadata(&["https://a.example/cb"], "Agent 2").public_client_id("https://as.example"));
        assert_ne!(id, client.public_client_id("https://as.example/sandbox"));
    }
}
