//! A validated authorization request. It travels sealed instead of being a row, so that anonymous callers write nothing
//! (decision 2).

use serde::{Deserialize, Serialize};

use super::authentication::Demand;
use super::authorization_details::RequestedCheckout;
use super::pkce::CodeChallenge;
use super::redirect_uri::VerifiedRedirectUri;
use super::{ClientId, RequestId, ScopeSet, Timestamp};

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub id: RequestId,
    pub client_id: ClientId,
    /// What of the client it was validated against: the consent page asks about no other (D18).
    pub client_digest: Option<[u8; 32]>,
    pub redirect_uri: VerifiedRedirectUri,
    /// Echoed byte for byte (A8).
    pub state: Option<String>,
    /// What it asks for, within what its class and resource allow.
    pub scope: ScopeSet,
    /// What it asks to be held to when it shops (RFC 9396).
    #[serde(default)]
    pub checkout: Option<RequestedCheckout>,
    /// The canonical URI of the resource server.
    pub resource: String,
    pub code_challenge: CodeChallenge,
    /// SHA-256 of the browser cookie: only the browser that began may go on (decision 2).
    pub browser_hash: [u8; 32],
    /// From which the connection's tokens will be derived (decision 1).
    pub seed: [u8; 16],
    pub expires_at: Timestamp,
    /// How the shopper must have signed in: by `prompt`, `max_age` and `acr_values`.
    #[serde(default)]
    pub demand: Demand,
    /// The address to fill in at sign-in (OpenID Connect Core §3.1.2.1).
    #[serde(default)]
    pub login_hint: Option<String>,
    /// Whoever is not signed in is led to making an account first (`prompt=create`).
    #[serde(default)]
    pub begins_with_account: bool,
    /// BCP 47 tags from `ui_locales`, as sent.
    pub ui_locales: Option<String>,
}

/// Ten minutes (decision 2, A39).
pub const LIFETIME: std::time::Duration = std::time::Duration::from_mins(10);

/// The seed and the hinted address must not reach a log.
impl std::fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("id", &self.id)
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scope", &self.scope)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}
