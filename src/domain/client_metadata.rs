//! The metadata of a client that we keep (RFC 7591 §2), and the identifier that follows from it.
//!
//! Identical registrations of public clients give the same client (decision 2): agents that register at every start then
//! fill no table (H5b), and an expired client that registers again gets its id back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_resource::wire::digest::canonical_sha256;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::ClientId;
use super::client::AuthMethod;
use super::redirect_uri::RedirectUri;

/// What is kept of a registration, its members in the order of their names, as RFC 8785 writes them. `scope` is not kept: it is
/// advice, never a ceiling (H9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientMetadata {
    /// `native` or `web`, as sent or inferred from the redirect URIs (A23).
    pub application_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    pub grant_types: Vec<String>,
    /// The merchant's word, for a client made by hand: shoppers are asked for everything at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_bundled: bool,
    /// Its own document offers to come without the key, too: then the key vouches for nothing (D4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_key_optional: bool,
    /// The merchant's word, for a client made by hand: it may leave PKCE out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_pkce_optional: bool,
    /// The client's public keys (RFC 7517 §5), or where they are; never both (RFC 7591 §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Never fetched and never shown: a picture is the agent's own word, and could be another's (D13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<RedirectUri>,
    pub response_types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
}

#[derive(Serialize)]
struct Relied<'a> {
    token_endpoint_auth_method: AuthMethod,
    client_name: Option<&'a str>,
    client_uri: Option<&'a str>,
    logo_uri: Option<&'a str>,
    redirect_uris: Vec<RedirectUri>,
    jwks_uri: Option<&'a str>,
    has_keys: bool,
    is_key_optional: bool,
}

#[derive(Serialize)]
struct Identity<'a> {
    issuer: &'a str,
    metadata: &'a ClientMetadata,
    token_endpoint_auth_method: AuthMethod,
}

impl ClientMetadata {
    /// Of a client that uses the code grant, and nothing more is known about it.
    pub fn new(redirect_uris: Vec<RedirectUri>) -> Self {
        Self {
            client_name: None,
            client_uri: None,
            application_type: inferred_type(&redirect_uris).to_owned(),
            redirect_uris,
            grant_types: vec!["authorization_code".to_owned()],
            response_types: vec!["code".to_owned()],
            software_id: None,
            software_version: None,
            logo_uri: None,
            jwks: None,
            jwks_uri: None,
            is_key_optional: false,
            is_pkce_optional: false,
            is_bundled: false,
        }
    }

    /// In the form in which two registrations are compared.
    #[must_use]
    pub fn normalised(mut self) -> Normalised {
        let redirect_uris = self.redirect_uris.iter().map(RedirectUri::without_port).collect();
        self.redirect_uris = sorted(redirect_uris);
        self.grant_types = sorted(self.grant_types);
        self.response_types = sorted(self.response_types);
        Normalised(self)
    }

    /// Digest of what a consent relies on: who it is, where answers go, how it proves itself. Another one is asked about anew;
    /// keys that rotate where they are do not change it (D18).
    pub fn consent_digest(&self, auth_method: AuthMethod) -> Option<[u8; 32]> {
        let normal = self.clone().normalised().into_inner();
        let relied = Relied {
            token_endpoint_auth_method: auth_method,
            client_name: self.client_name.as_deref(),
            client_uri: self.client_uri.as_deref(),
            logo_uri: self.logo_uri.as_deref(),
            redirect_uris: normal.redirect_uris,
            jwks_uri: self.jwks_uri.as_deref(),
            has_keys: self.jwks.is_some(),
            is_key_optional: self.is_key_optional,
        };
        canonical_sha256(&relied).ok()
    }
}

/// Metadata with its lists sorted as sets, loopback ports removed, and the duplicates that this makes merged (decision 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised(ClientMetadata);

impl Normalised {
    pub fn into_inner(self) -> ClientMetadata {
        self.0
    }

    /// `c1_` and the unkeyed SHA-256 of the issuer and the canonical metadata (decision 2). Never begins with `https://`, which
    /// is left to client identifier metadata documents (A25).
    pub fn public_client_id(&self, issuer: &str) -> Option<ClientId> {
        let identity = Identity { issuer, token_endpoint_auth_method: AuthMethod::None, metadata: &self.0 };
        // This is RFC 8785's form already, several times as fast: members are declared in its order, and the only ones that could
        // be objects are the keys of a client that is not public.
        let canonical = serde_json::to_vec(&identity).ok().filter(|_| self.0.jwks.is_none())?;
        Some(ClientId::new(format!("c1_{}", URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)))))
    }
}

/// A23: inferred rather than demanded.
pub fn inferred_type(redirect_uris: &[RedirectUri]) -> &'static str {
    if redirect_uris.iter().any(|uri| !uri.as_str().starts_with("https://")) { "native" } else { "web" }
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
        let redirect_uris = uris.iter().map(|uri| RedirectUri::parse(uri, &[]).unwrap()).collect();
        let mut grant_types = vec!["refresh_token".to_owned()];
        grant_types.push("authorization_code".to_owned());
        let application_type = "native".to_owned();
        ClientMetadata {
            client_name: Some(name.into()),
            grant_types,
            application_type,
            ..ClientMetadata::new(redirect_uris)
        }
    }

    fn public_id(client: ClientMetadata, issuer: &str) -> Option<ClientId> {
        client.normalised().public_client_id(issuer)
    }

    #[test]
    fn keys_may_rotate_under_a_consent_and_nothing_else_that_it_relies_on() {
        let client = metadata(&["https://a.example/cb"], "Agent");
        let digest = |client: &ClientMetadata| client.consent_digest(AuthMethod::PrivateKeyJwt);
        let keyed =
            |kid: &str| ClientMetadata { jwks: Some(serde_json::json!({"keys": [{"kid": kid}]})), ..client.clone() };
        assert_eq!(digest(&keyed("1")), digest(&keyed("2")));
        assert_ne!(digest(&keyed("1")), digest(&client));
        assert_ne!(digest(&client), digest(&metadata(&["https://a.example/cb"], "Agent 2")));
        assert_ne!(digest(&client), digest(&metadata(&["https://b.example/cb"], "Agent")));
        assert_ne!(digest(&client), client.consent_digest(AuthMethod::None));
    }

    #[test]
    fn registrations_that_differ_in_order_and_loopback_ports_are_one_client() {
        let one = metadata(&["http://localhost:1/cb", "http://localhost:2/cb", "https://a.example/cb"], "Agent");
        let other = metadata(&["https://a.example/cb", "http://localhost:3/cb"], "Agent");
        assert_eq!(public_id(one, "https://as.example"), public_id(other, "https://as.example"));
    }

    #[test]
    fn another_name_or_issuer_is_another_client() {
        let client = metadata(&["https://a.example/cb"], "Agent");
        let id = public_id(client.clone(), "https://as.example");
        assert_ne!(id, public_id(metadata(&["https://a.example/cb"], "Agent 2"), "https://as.example"));
        assert_ne!(id, public_id(client, "https://as.example/sandbox"));
    }

    #[test]
    fn an_id_is_the_digest_of_the_canonical_form_whatever_the_metadata_says() {
        let odd = "\u{1}\u{7f}\u{2028}\"\\/\n\u{1f600}é";
        let client = ClientMetadata {
            client_uri: Some("https://a.example/ü".to_owned()),
            software_id: Some(odd.to_owned()),
            software_version: Some("1.0".to_owned()),
            logo_uri: Some("https://a.example/logo".to_owned()),
            jwks_uri: Some("https://a.example/jwks".to_owned()),
            is_key_optional: true,
            is_pkce_optional: true,
            is_bundled: true,
            ..metadata(&["http://localhost:1/cb", "https://a.example/cb"], odd)
        };
        for client in [client, metadata(&["https://a.example/cb"], "Agent")] {
            let normal = client.normalised();
            let identity = Identity {
                issuer: "https://as.example",
                token_endpoint_auth_method: AuthMethod::None,
                metadata: &normal.0,
            };
            let digest = canonical_sha256(&identity).unwrap();
            let id = normal.public_client_id("https://as.example").unwrap();
            assert_eq!(id.as_str(), format!("c1_{}", URL_SAFE_NO_PAD.encode(digest)));
        }
    }
}
