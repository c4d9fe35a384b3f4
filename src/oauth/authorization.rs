//! The authorization endpoint's decisions (RFC 6749 §4.1.1 with OAuth 2.1): what must hold before anything may be sent to the
//! redirect URI, then what is wrong with the rest, then the request that goes on to consent.

use mcp_resource::wire::money::Currency;

use super::authentication_request::{self, Standing};
use super::error::{ErrorCode, OAuthError};
use super::parameters::Parameters;
use crate::domain::admission::NotAdmitted;
use crate::domain::authorization_details::{Merchant, RequestedCheckout};
use crate::domain::authorization_request::{AuthorizationRequest, LIFETIME};
use crate::domain::client::Client;
use crate::domain::evidence::{Check, Evidence, Shown};
use crate::domain::pkce::CodeChallenge;
use crate::domain::redirect_uri::{RedirectUri, VerifiedRedirectUri};
use crate::domain::{RequestId, Scope, ScopeSet, Timestamp};
use crate::keys::IssuerContext;

/// Not even the redirect URI can be trusted: an error page, never a redirect (A32, RFC 6749 §4.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    #[error("the client_id is missing or repeated")]
    NoClientId,
    #[error("no client has this client_id")]
    UnknownClient,
    #[error("the redirect_uri is repeated")]
    RepeatedRedirectUri,
    #[error("the redirect_uri is not one of the client's")]
    RedirectMismatch,
    /// The store does not work with this agent: nobody is sent to a host that it keeps out.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
}

/// A refusal that goes back to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub to: VerifiedRedirectUri,
    pub state: Option<String>,
    pub error: OAuthError,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorizeError {
    Untrusted(Untrusted, Evidence),
    Refused(Box<Refused>),
}

/// What the use case needs beside the parameters.
pub struct Circumstances<'a> {
    pub context: &'a IssuerContext,
    pub browser_hash: [u8; 32],
    pub seed: [u8; 16],
    pub request_id: RequestId,
    /// Whether a request without `resource` may ask for more than the browse set.
    pub is_default_resource_full: bool,
    pub standing: Standing,
    pub now: Timestamp,
}

/// The client id of a request, before anything else is looked at.
pub fn client_id(parameters: &Parameters) -> Result<&str, (Untrusted, Evidence)> {
    parameters
        .required("client_id", "The client_id is missing.")
        .map_err(|error| (Untrusted::NoClientId, error.evidence))
}

/// What to say of a client id that nobody has.
pub fn unknown_client(client_id: &str) -> Evidence {
    Check::ClientKnown.found("the id of a client of this issuer", client_id)
}

/// The checks in their order; the first that fails answers.
pub fn validate(
    client: Option<&Client>,
    parameters: &Parameters,
    circumstances: &Circumstances<'_>,
) -> Result<AuthorizationRequest, AuthorizeError> {
    let client = client.ok_or_else(|| {
        let client_id = parameters.all("client_id").next().unwrap_or_default();
        AuthorizeError::Untrusted(Untrusted::UnknownClient, unknown_client(client_id))
    })?;
    let redirect_uri = redirect_uri(client, parameters)
        .map_err(|(untrusted, evidence)| AuthorizeError::Untrusted(untrusted, evidence))?;
    let admitted = circumstances.context.policy.admits_at(client, &redirect_uri);
    admitted.map_err(|refused| AuthorizeError::Untrusted(refused.clone().into(), refused.evidence()))?;
    let state = parameters.all("state").next().map(str::to_owned);
    check(client, parameters, circumstances, &redirect_uri, state.as_deref())
        .map_err(|error| AuthorizeError::Refused(Box::new(Refused { to: redirect_uri, state, error })))
}

fn redirect_uri(client: &Client, parameters: &Parameters) -> Result<VerifiedRedirectUri, (Untrusted, Evidence)> {
    let requested =
        parameters.single("redirect_uri").map_err(|error| (Untrusted::RepeatedRedirectUri, error.evidence))?;
    // A30: exact, but for a loopback port.
    client.verify_redirect_uri(requested).ok_or_else(|| {
        let registered = client.redirect_uris().iter().map(RedirectUri::as_str);
        let expected = Shown::nearest_of(registered, requested.unwrap_or_default());
        (Untrusted::RedirectMismatch, Check::RedirectUri.found(expected, requested))
    })
}

fn check(
    client: &Client,
    parameters: &Parameters,
    circumstances: &Circumstances<'_>,
    redirect_uri: &VerifiedRedirectUri,
    state: Option<&str>,
) -> Result<AuthorizationRequest, OAuthError> {
    for name in [
        "state",
        "response_type",
        "response_mode",
        "scope",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "acr_values",
        "login_hint",
        "authorization_details",
    ] {
        parameters.single(name)?;
    }
    check_response(parameters)?;
    not_quarantined(client)?;
    let code_challenge = code_challenge(client, parameters)?;
    let (resource, is_named) = resource(client, parameters, circumstances)?;
    let IssuerContext { policy, store, .. } = circumstances.context;
    let mut ceiling = policy.ceilings(client, store).at(redirect_uri.as_str());
    if !is_named {
        // A foreign server's metadata may name us: without a resource, little can be asked for.
        ceiling = ceiling.intersection(ScopeSet::BROWSE.with(Scope::OfflineAccess));
    }
    let checkout = checkout(parameters, (&resource, store.currency), circumstances.now)?;
    let scope = scope(parameters.single("scope")?.unwrap_or_default(), ceiling)?;
    let asked = authentication_request::read(parameters, circumstances.standing, circumstances.now)?;
    Ok(AuthorizationRequest {
        id: circumstances.request_id.clone(),
        client_id: client.id.clone(),
        client_digest: client.consent_digest(),
        redirect_uri: redirect_uri.clone(),
        state: state.map(str::to_owned),
        scope,
        checkout,
        resource,
        code_challenge,
        browser_hash: circumstances.browser_hash,
        seed: circumstances.seed,
        expires_at: circumstances.now.plus(LIFETIME),
        demand: asked.demand,
        login_hint: asked.login_hint,
        begins_with_account: asked.begins_with_account,
        ui_locales: parameters.single("ui_locales")?.map(str::to_owned),
    })
}

fn check_response(parameters: &Parameters) -> Result<(), OAuthError> {
    match parameters.single("response_type")? {
        Some("code") => {}
        Some(other) => {
            let evidence = Check::ResponseType.found("code", other);
            return Err(OAuthError::new(ErrorCode::UnsupportedResponseType, "Use response_type=code.", evidence));
        }
        None => {
            let evidence = Check::ResponseType.missing("code");
            let description = "The response_type is missing. Send code.";
            return Err(OAuthError::new(ErrorCode::InvalidRequest, description, evidence));
        }
    }
    // A6, A41: codes travel in the query only.
    if let Some(mode) = parameters.single("response_mode")?.filter(|mode| *mode != "query") {
        let evidence = Check::ResponseMode.found("query", mode);
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "Use response_mode=query.", evidence));
    }
    // RFC 9101 §6.2: what is not read must not be ignored.
    let objects = [("request", ErrorCode::RequestNotSupported), ("request_uri", ErrorCode::RequestUriNotSupported)];
    for (name, code) in objects {
        if parameters.has(name) {
            let evidence = Check::RequestObject.found("the parameters themselves", name);
            return Err(OAuthError::new(code, "Send the parameters themselves.", evidence));
        }
    }
    Ok(())
}

/// A32: the redirect URI is the client's own, so the agent is told, and by it the shopper.
pub fn not_quarantined(client: &Client) -> Result<(), OAuthError> {
    if client.is_quarantined() {
        let evidence = Check::ClientQuarantine.found("an agent that is not in quarantine", client.id.as_str());
        let description = "The store has put this agent on hold. Ask the store.";
        return Err(OAuthError::new(ErrorCode::AccessDenied, description, evidence)
            .because(format!("client {} is quarantined", client.id)));
    }
    Ok(())
}

/// A4, OAuth 2.1 §4.1.1: a challenge is demanded, and its method is S256. A missing method would mean `plain`.
fn code_challenge(client: &Client, parameters: &Parameters) -> Result<CodeChallenge, OAuthError> {
    let Some(challenge) = parameters.single("code_challenge")? else {
        // Google does not say whether it always sends one (spec/platforms.md): by the merchant's word it may be left out.
        if client.may_omit_pkce() && !parameters.has("code_challenge_method") {
            return Ok(CodeChallenge::none());
        }
        let evidence = Check::PkceChallenge.missing("a code_challenge of method S256");
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "PKCE is required. Send a code_challenge.", evidence));
    };
    let method = parameters.single("code_challenge_method")?;
    if method != Some("S256") {
        let evidence = Check::PkceChallenge.found("method S256", method);
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "Use code_challenge_method=S256.", evidence));
    }
    CodeChallenge::parse(challenge).map_err(|_invalid_challenge| {
        // Whoever mixes the two up sends the verifier here.
        let evidence = Check::PkceChallenge.found("43 characters of base64url", Shown::hidden(challenge));
        OAuthError::new(ErrorCode::InvalidRequest, "The code_challenge is not an S256 challenge.", evidence)
    })
}

/// The canonical URI of the resource, and whether the request may ask for all of it.
fn resource(
    client: &Client,
    parameters: &Parameters,
    circumstances: &Circumstances<'_>,
) -> Result<(String, bool), OAuthError> {
    let context = circumstances.context;
    // RFC 8707 §2: aliases mean one canonical audience; anything else is no target of ours.
    let named = |requested: &str| {
        context
            .resource_server(requested)
            .map(|server| server.resource.clone())
            .ok_or_else(|| unknown_resource(context, requested))
    };
    if let Some(requested) = parameters.resource()? {
        return Ok((named(requested)?, true));
    }
    if let Some(default) = &client.default_resource {
        return Ok((named(default)?, true));
    }
    // H6: without a name only the one server can be meant.
    if let [only] = context.resource_servers.as_slice() {
        return Ok((only.server.resource.clone(), circumstances.is_default_resource_full));
    }
    let evidence = Check::Resource.missing(resources(context, ""));
    Err(OAuthError::new(ErrorCode::InvalidTarget, "Name the server you want in the resource parameter.", evidence))
}

/// RFC 8707 §2: `invalid_target`, at the authorization and the token endpoint alike.
pub(super) fn unknown_resource(context: &IssuerContext, requested: &str) -> OAuthError {
    let evidence = Check::Resource.found(resources(context, requested), requested);
    OAuthError::new(ErrorCode::InvalidTarget, "The resource is not a server of this store.", evidence)
}

fn resources(context: &IssuerContext, requested: &str) -> Shown {
    Shown::nearest_of(context.resource_servers.iter().map(|known| known.server.resource.as_str()), requested)
}

/// RFC 9396 §2, §5: what cannot be understood in full is refused.
fn checkout(
    parameters: &Parameters,
    (resource, currency): (&str, Currency),
    now: Timestamp,
) -> Result<Option<RequestedCheckout>, OAuthError> {
    let Some(text) = parameters.single("authorization_details")? else { return Ok(None) };
    RequestedCheckout::parse(text, Merchant { resource, currency }, now).map(Some).map_err(|invalid| {
        let expected = format!("store_checkout objects, in {currency}, for {resource}");
        let evidence = Check::AuthorizationDetails.found(expected, invalid.to_string());
        let description = "The authorization_details cannot be understood. Send store_checkout objects as documented.";
        OAuthError::new(ErrorCode::InvalidAuthorizationDetails, description, evidence).because(invalid.to_string())
    })
}

/// A48, H9, H10, H11: unknown scopes are dropped; none at all, or only `offline_access`, means the browse set; an error only
/// when nothing usable is left.
fn scope(requested: &str, ceiling: ScopeSet) -> Result<ScopeSet, OAuthError> {
    let known = ScopeSet::parse_lenient(requested);
    let names_nothing = requested.split_ascii_whitespace().all(|word| word == Scope::OfflineAccess.as_str());
    let wanted = if names_nothing { known.union(ScopeSet::BROWSE) } else { known };
    let scope = wanted.intersection(ceiling);
    if scope.without(Scope::OfflineAccess).is_empty() {
        let evidence = Check::ScopeWithinClass.found(format!("some of {ceiling}"), requested);
        let description = "None of these scopes can be granted to this client.";
        return Err(OAuthError::new(ErrorCode::InvalidScope, description, evidence)
            .because(format!("of the requested scopes ({known}) none is within {ceiling}")));
    }
    Ok(scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<String> {
        let ceiling = ScopeSet::BROWSE.with(Scope::CartWrite).with(Scope::OfflineAccess);
        scope(text, ceiling).ok().map(|scope| scope.to_string())
    }

    #[test]
    fn scopes_are_read_as_real_clients_send_them() {
        assert_eq!(asked("").as_deref(), Some("products:read inventory:read"));
        assert_eq!(asked(" offline_access").as_deref(), Some("products:read inventory:read offline_access"));
        assert_eq!(asked("openid cart:write admin:full").as_deref(), Some("cart:write"));
        assert_eq!(asked("openid profile"), None);
        assert_eq!(asked("checkout:initiate"), None);
        assert_eq!(asked("orders:refund admin:full"), None);
        // C-8, C-4: an alias is no way around a ceiling.
        assert_eq!(
            asked("dev.ucp.shopping.cart:manage dev.ucp.shopping.checkout:manage").as_deref(),
            Some("cart:write")
        );
        assert_eq!(asked("dev.ucp.shopping.checkout:manage"), None);
        assert_eq!(asked("dev.ucp.shopping.order:manage"), None);
    }
}
