//! What a client is told of itself: the answer to a registration (RFC 7591 §3.2.1), and to reading and changing it
//! (RFC 7592 §3). No member is ever null (H22).

use serde::Serialize;
use serde_json::{Map, Value};

use super::software_statement::Members;
use crate::domain::ClientId;
use crate::domain::client::{AuthMethod, Client};
use crate::domain::client_metadata::ClientMetadata;
use crate::domain::redirect_uri::RedirectUri;
use crate::keys::{IssuerContext, Secret};

/// The redirect URIs of a registration are echoed as they were sent; later, as they are kept: loopback ones without a port.
#[derive(Serialize)]
pub struct ClientInformation {
    client_id: ClientId,
    client_id_issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// RFC 7591 §3.2.1: required beside a secret; 0 is never.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    #[serde(flatten)]
    management: Option<Management>,
    token_endpoint_auth_method: AuthMethod,
    redirect_uris: Vec<String>,
    /// Without its redirect URIs, which stand above.
    #[serde(flatten)]
    metadata: ClientMetadata,
    #[serde(flatten)]
    advice: Map<String, Value>,
}

/// RFC 7592 §3: how a client that is nobody else's manages itself.
#[derive(Serialize)]
pub struct Management {
    registration_access_token: String,
    registration_client_uri: String,
}

impl Management {
    pub fn of(client: &Client, context: &IssuerContext, token: &Secret<String>) -> Self {
        Self {
            registration_access_token: token.expose().clone(),
            registration_client_uri: context.issuer.url.join(&format!("/register/{}", client.id)),
        }
    }
}

impl ClientInformation {
    pub fn of(client: &Client, redirect_uris: Vec<String>) -> Self {
        Self {
            client_id: client.id.clone(),
            client_id_issued_at: client.created_at.as_secs(),
            client_secret: None,
            client_secret_expires_at: None,
            management: None,
            token_endpoint_auth_method: client.auth_method,
            redirect_uris,
            metadata: ClientMetadata { redirect_uris: Vec::new(), ..client.metadata.clone() },
            advice: Map::new(),
        }
    }

    /// As it is kept.
    pub fn kept(client: &Client) -> Self {
        let uris = client.metadata.redirect_uris.iter();
        Self::of(client, uris.map(RedirectUri::as_str).map(str::to_owned).collect())
    }

    /// What was sent and is not kept: the scope, which is advice and never a ceiling (H9), and the software statement, which
    /// comes back unmodified (RFC 7591 §3.2.1).
    #[must_use]
    pub fn with_advice(mut self, sent: &Members) -> Self {
        for name in ["scope", "software_statement"] {
            if let Some(Value::String(text)) = sent.get(name) {
                self.advice.insert(name.to_owned(), Value::String(text.clone()));
            }
        }
        self
    }

    /// A secret that was just made: only its hash is kept, so it is in no later answer.
    #[must_use]
    pub fn with_secret(mut self, secret: Option<Secret<String>>) -> Self {
        self.client_secret_expires_at = secret.is_some().then_some(0);
        self.client_secret = secret.map(|secret| secret.expose().clone());
        self
    }

    #[must_use]
    pub fn with_management(mut self, management: Option<Management>) -> Self {
        self.management = management;
        self
    }
}
