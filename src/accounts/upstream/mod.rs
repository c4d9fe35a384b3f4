//! Sign-in by other OpenID providers (OpenID Connect Core §3.1, with the `openidconnect` crate): sending the browser there,
//! and what to believe of what comes back.
//!
//! Nothing is joined by an address. An identity is a provider, its issuer and its `sub`; a new one makes an account only for an
//! address that nobody has here, and that the provider vouches for or, where it does not, the shopper proves by a mailed code
//! (`unproved`). It reaches an account that is there only when its owner, signed in, links it (`sign_in`).

mod provider;
pub mod sign_in;
mod state;
mod unproved;

use std::sync::Arc;

use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod};
use openidconnect::{
    AuthType, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use uuid::Uuid;

pub use provider::Provider;
pub use state::{NotGood, Purpose, UpstreamState};
pub use unproved::Unproved;

use crate::config::{ClientAuthentication, IdentityProvider, Preset};
use crate::domain::Timestamp;
use crate::domain::authentication::ProofStep;
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::session::UNKNOWN_AGE;
use crate::keys::{IssuerContext, SealError, Sealed, random};
use crate::outbound::{FetchError, Fetcher};

mod claims;

/// Why a provider could not be asked, or is not believed. For operators; none of it holds a token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum UpstreamError {
    /// An outage: somebody else's, or ours to reach it.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(FetchError),
    /// It answers, and not as configured.
    #[error("the provider does not fit its configuration: {0}")]
    Misconfigured(String),
    /// It says no: an error code of RFC 6749 §5.2.
    #[error("the provider refused the code: {0}")]
    Refused(String),
    #[error("the provider's answer is not to be believed: {0}")]
    Unbelievable(String),
    #[error(transparent)]
    Seal(Arc<SealError>),
}

impl UpstreamError {
    /// Whether it is likely to pass.
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

/// Every provider that is configured.
#[derive(Debug)]
pub struct Upstreams {
    providers: Vec<Provider>,
}

/// Whoever begins, and why.
#[derive(Debug)]
pub struct Beginning {
    pub browser_hash: [u8; 32],
    pub request: Option<AuthorizationRequest>,
    pub to: Option<String>,
    pub step: Option<ProofStep>,
    /// What it is for demands a sign-in that is fresh.
    pub must_be_fresh: bool,
    pub purpose: Purpose,
}

/// OpenID Connect Core §5.5.
const AUTH_TIME: &str = r#"{"id_token":{"auth_time":{"essential":true}}}"#;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

impl Upstreams {
    pub fn new(settings: &[IdentityProvider], fetcher: &Fetcher) -> Self {
        let provider = |settings: &IdentityProvider| Provider::new(settings.clone(), fetcher.clone());
        Self { providers: settings.iter().map(provider).collect() }
    }

    /// Those that this issuer of ours offers, in the order of their buttons.
    pub fn of<'a>(&'a self, context: &'a IssuerContext) -> impl Iterator<Item = &'a Provider> {
        self.providers.iter().filter(|provider| provider.settings.is_for(context.url()))
    }

    pub fn find<'a>(&'a self, context: &'a IssuerContext, id: &str) -> Option<&'a Provider> {
        self.of(context).find(|provider| provider.settings.id == id)
    }

    /// What pages call it, also where it is offered no longer.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        let known = self.providers.iter().find(|provider| provider.settings.id == id);
        known.map_or(id, |provider| &provider.settings.name)
    }
}

impl Provider {
    /// Where to send the browser (OpenID Connect Core §3.1.2.1): with PKCE by S256 (RFC 9700 §2.1.1), a nonce, and our state.
    ///
    /// # Errors
    /// When the provider does not say where that is.
    pub async fn begin(
        &self,
        context: &IssuerContext,
        beginning: Beginning,
        now: Timestamp,
    ) -> Result<url::Url, UpstreamError> {
        let metadata = self.metadata(now).await?;
        let (nonce, verifier) = (random::text(""), random::text(""));
        let is_other = beginning.step == Some(ProofStep::OtherAccount);
        let must_be_fresh = beginning.must_be_fresh || beginning.purpose == Purpose::Again;
        let has_asked = (must_be_fresh || is_other) && self.settings.asks_again;
        let state = UpstreamState {
            id: Uuid::new_v4().simple().to_string(),
            issuer_id: context.issuer.id.clone(),
            provider: self.settings.id.clone(),
            browser_hash: beginning.browser_hash,
            nonce: nonce.clone(),
            code_verifier: verifier.clone(),
            request: beginning.request,
            to: beginning.to,
            step: beginning.step,
            has_asked,
            purpose: beginning.purpose,
            expires_at: now.plus(state::LIFETIME),
        };
        let sealed =
            context.keys.seal(Sealed::UpstreamState, &state).map_err(|error| UpstreamError::Seal(error.into()))?;
        let client = self.client(context, &metadata)?;
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier));
        let mut request = client
            .authorize_url(flow, move || CsrfToken::new(sealed), move || Nonce::new(nonce))
            .set_pkce_challenge(challenge);
        for scope in self.settings.scopes.iter().filter(|scope| *scope != "openid") {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        request = match (has_asked, self.settings.preset) {
            // OpenID Connect Core §3.1.2.1: asks the person again, and makes the provider say when it did.
            // Not every provider knows `select_account`; one that asks again lets the person be somebody else as well.
            (true, _) => request.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO),
            // It knows no `max_age`, and says when where its console has switched on "session age claims". It asks nobody again,
            // and lets them choose.
            (false, Preset::Google) => {
                let request = request.add_extra_param("claims", AUTH_TIME);
                if is_other { request.add_prompt(CoreAuthPrompt::SelectAccount) } else { request }
            }
            // There is nothing to be told, and neither documents any of this.
            (false, preset) if !preset.tells_when() => request,
            // OpenID Connect Core §2: whoever sends a `max_age` is told the `auth_time`. One that nobody exceeds asks nobody again,
            // and whoever has just signed in there is not asked a second time here.
            (false, _) => request.set_max_age(UNKNOWN_AGE),
        };
        let (url, _, _) = request.url();
        Ok(url)
    }

    /// RFC 9207 §2.4: an `iss` that is sent must be the provider's, and one that is promised must be sent. Before anything else
    /// of the answer is looked at.
    ///
    /// # Errors
    /// When it is another's, or missing.
    pub async fn check_iss(&self, iss: Option<&str>, now: Timestamp) -> Result<(), UpstreamError> {
        let metadata = self.metadata(now).await?;
        match iss {
            Some(iss) if iss == metadata.issuer().as_str() => Ok(()),
            None if !metadata.additional_metadata().authorization_response_iss_parameter_supported => Ok(()),
            Some(_) => Err(UpstreamError::Unbelievable("its iss is another's (RFC 9207)".to_owned())),
            None => Err(UpstreamError::Unbelievable("it has no iss (RFC 9207)".to_owned())),
        }
    }

    fn client(&self, context: &IssuerContext, metadata: &provider::Metadata) -> Result<Client, UpstreamError> {
        let secret = self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().clone()));
        let has_secret = secret.is_some();
        let id = ClientId::new(self.settings.client_id.clone());
        let client = CoreClient::from_provider_metadata(metadata.clone(), id, secret);
        // RFC 9700 §4.4.2.2: an address for each provider, so that no answer is taken for another's.
        let here = context.issuer.url.join(&format!("/sign-in/return/{}", self.settings.id));
        let redirect = RedirectUrl::new(here).map_err(|error| UpstreamError::Misconfigured(error.to_string()))?;
        let is_in_body = match self.settings.client_authentication {
            Some(way) => way == ClientAuthentication::Body,
            // OpenID Connect Discovery 1.0 §3: `client_secret_basic` where nothing is said.
            None => metadata.token_endpoint_auth_methods_supported().is_some_and(|methods| {
                !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                    && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
            }),
        };
        let auth_type = if is_in_body || !has_secret { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(client.set_redirect_uri(redirect).set_auth_type(auth_type))
    }
}
