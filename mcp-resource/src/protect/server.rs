//! What is asked of the authorization server: keys, introspection, the feed, taking audit records, and purchases.
//! The one HTTP client of this crate: no proxy from the environment, no redirects, every answer bounded in time and size.

use std::time::Duration;

use bytes::BytesMut;
use reqwest::{Client, Method, Response, StatusCode, redirect::Policy};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::config::{Config, Secret, StartError};
use crate::wire::audit::ToolCallBatch;
use crate::wire::feed::Cursor;
use crate::wire::introspection::Introspection;

/// The largest answer that is read, the feed excepted.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Why the authorization server could not be used. Says nothing about any token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Away {
    #[error("not reached: {0}")]
    Unreachable(reqwest::Error),
    #[error("no answer in time")]
    Slow,
    #[error("it refuses the credentials of this resource server; check resource_id and resource_secret in both places")]
    Credentials,
    #[error("it answered {0}")]
    Status(StatusCode),
    #[error("its answer cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("its answer is too long")]
    TooLong,
}

impl From<reqwest::Error> for Away {
    fn from(error: reqwest::Error) -> Self {
        // The URL is known, and an error that ends in a log should name nothing that a caller sent.
        Self::Unreachable(error.without_url())
    }
}

/// The authorization server of one issuer.
#[derive(Debug)]
pub(crate) struct AuthorizationServer {
    http: Client,
    issuer: String,
    resource_id: String,
    resource_secret: Secret,
    request_timeout: Duration,
}

impl AuthorizationServer {
    pub(super) fn new(config: &Config) -> Result<Self, StartError> {
        // Whoever comes first in the process installs the provider; a second one is the same one.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(config.connect_timeout)
            .user_agent(concat!("tillgate-mcp-resource/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            issuer: config.issuer.clone(),
            resource_id: config.resource_id.clone(),
            resource_secret: config.resource_secret.clone(),
            request_timeout: config.request_timeout,
        })
    }

    /// The issuer's key set as it was sent (RFC 7517 §5).
    pub(super) async fn jwks(&self) -> Result<BytesMut, Away> {
        let request = self.http.get(format!("{}/jwks", self.issuer));
        body(accept(request.timeout(self.request_timeout).send().await?)?).await
    }

    /// RFC 8414 §3: between the host and the path of the issuer.
    pub(super) async fn acr_values_supported(&self) -> Result<Vec<String>, Away> {
        let (scheme, rest) = self.issuer.split_once("://").unwrap_or(("https", &self.issuer));
        let (host, path) =
            rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
        let url = format!("{scheme}://{host}/.well-known/oauth-authorization-server{path}");
        let response = self.http.get(url).timeout(self.request_timeout).send().await?;
        let metadata: Metadata = serde_json::from_slice(&body(accept(response)?).await?)?;
        Ok(metadata.acr_values_supported)
    }

    /// RFC 7662 §2.1. The token travels in the body, never in a URL.
    pub(super) async fn introspect(&self, token: &str) -> Result<Introspection, Away> {
        let request = self.http.post(format!("{}/introspect", self.issuer)).form(&[("token", token)]);
        let response = self.authorized(request).timeout(self.request_timeout).send().await?;
        Ok(serde_json::from_slice(&body(accept(response)?).await?)?)
    }

    /// Opens the feed. Only the head of the answer is waited for.
    pub(super) async fn feed(&self, cursor: Option<&Cursor>) -> Result<Response, Away> {
        let mut url = format!("{}/resource/feed", self.issuer);
        if let Some(cursor) = cursor {
            let mut query = form_urlencoded::Serializer::new(String::new());
            url = format!("{url}?{}", query.append_pair("cursor", &cursor.to_string()).finish());
        }
        let request = self.http.get(url);
        let opening = self.authorized(request).send();
        let Ok(response) = tokio::time::timeout(self.request_timeout, opening).await else { return Err(Away::Slow) };
        accept(response?)
    }

    pub(crate) async fn take_records(&self, batch: &ToolCallBatch) -> Result<(), Away> {
        let request = self.http.post(format!("{}/resource/audit", self.issuer)).json(batch);
        accept(self.authorized(request).timeout(self.request_timeout).send().await?).map(drop)
    }

    /// A call under `/resource/purchases`, whose refusals have a body too.
    pub(super) async fn ask_of_purchases(
        &self,
        method: Method,
        path: &str,
        body_sent: Option<&impl Serialize>,
    ) -> Result<(StatusCode, BytesMut), Away> {
        let mut request = self.http.request(method, format!("{}/resource/purchases{path}", self.issuer));
        if let Some(body_sent) = body_sent {
            request = request.json(body_sent);
        }
        let response = self.authorized(request).timeout(self.request_timeout).send().await?;
        Ok((response.status(), body(response).await?))
    }

    fn authorized(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.basic_auth(&self.resource_id, Some(self.resource_secret.expose()))
    }
}

/// Of the issuer's metadata, all that is of use here.
#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    acr_values_supported: Vec<String>,
}

fn accept(response: Response) -> Result<Response, Away> {
    match response.status() {
        status if status.is_success() => Ok(response),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Away::Credentials),
        status => Err(Away::Status(status)),
    }
}

async fn body(mut response: Response) -> Result<BytesMut, Away> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len().saturating_add(chunk.len()) > LARGEST_ANSWER {
            return Err(Away::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
