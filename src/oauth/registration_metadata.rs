//! Client metadata as it is sent (RFC 7591 §2): what a registration, an update and a software statement may say, and what is
//! kept of it.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::error::{ErrorCode, OAuthError};
use super::software_statement::Members;
use crate::domain::client::AuthMethod;
use crate::domain::client_metadata::{ClientMetadata, inferred_type};
use crate::domain::evidence::{Check, Evidence, Shown};
use crate::domain::redirect_uri::{InvalidRedirectUri, RedirectUri};
use crate::keys::ClientKeys;

/// RFC 7591 §2, as sent. Unknown members are ignored.
#[derive(Debug, Deserialize)]
pub struct RegistrationRequest {
    #[serde(default)]
    pub(super) redirect_uris: Vec<String>,
    pub(super) token_endpoint_auth_method: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    client_name: Option<String>,
    client_uri: Option<String>,
    logo_uri: Option<String>,
    application_type: Option<String>,
    software_id: Option<String>,
    software_version: Option<String>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
}

/// What limits a list of redirect URIs.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Redirect URIs that one client may have.
    pub max_redirect_uris: usize,
    /// Complete private-use URIs: those of the configuration, and those that the merchant added (H4).
    pub private_use_uris: &'a [String],
}

/// Longer texts than this are no names.
const LONGEST_TEXT: usize = 200;
const LONGEST_ADDRESS: usize = 2000;

/// The methods, as refusals name them.
const METHODS: &str = "none, client_secret_basic, client_secret_post or private_key_jwt";

impl RegistrationRequest {
    /// RFC 7591 §3.1: a JSON object.
    pub(super) fn read(members: &Members) -> Result<Self, OAuthError> {
        // serde_json repeats what it read, which may be anything: it is not told on.
        Self::deserialize(members).map_err(|_unlike: serde_json::Error| {
            let evidence = Check::BodyForm.found("texts, and lists of texts", "a member of another kind");
            wrong("A member of the client metadata is not of its kind.", evidence)
        })
    }

    /// RFC 7591 §2 makes `client_secret_basic` the default. C-1: without a word a client is public here, since a secret is
    /// only for clients that ask for one; the answer says which it is.
    pub(super) fn auth_method(&self) -> Result<Option<AuthMethod>, OAuthError> {
        let parse = |text: &String| {
            text.parse().map_err(|_unknown_method| {
                wrong(
                    "Use token_endpoint_auth_method none, client_secret_basic, client_secret_post or private_key_jwt.",
                    Check::AuthMethod.found(METHODS, text.as_str()),
                )
            })
        };
        self.token_endpoint_auth_method.as_ref().map(parse).transpose()
    }

    /// What is kept.
    pub(super) fn metadata(&self, auth_method: AuthMethod, known: Known<'_>) -> Result<ClientMetadata, OAuthError> {
        let redirect_uris = redirect_uris(&self.redirect_uris, known)?;
        self.check_texts()?;
        let application_type = match self.application_type.as_deref() {
            Some(kind @ ("native" | "web")) => kind.to_owned(),
            Some(other) => {
                let evidence = Check::ApplicationType.found("native or web", other);
                return Err(wrong("The application_type is native or web.", evidence));
            }
            None => inferred_type(&redirect_uris).to_owned(),
        };
        let (jwks, jwks_uri) = self.keys(auth_method)?;
        Ok(ClientMetadata {
            client_name: self.client_name.clone(),
            client_uri: self.client_uri.clone(),
            grant_types: self.grant_types()?,
            application_type,
            software_id: self.software_id.clone(),
            software_version: self.software_version.clone(),
            logo_uri: self.logo_uri.clone(),
            jwks,
            jwks_uri,
            ..ClientMetadata::new(redirect_uris)
        })
    }

    /// D6, H3: what we do not support is dropped, not refused; the code grant is what there is.
    fn grant_types(&self) -> Result<Vec<String>, OAuthError> {
        let asked = self.grant_types.clone().unwrap_or_else(|| vec!["authorization_code".to_owned()]);
        let sent = asked.join(", ");
        let grant_types: Vec<String> =
            asked.into_iter().filter(|kind| kind == "authorization_code" || kind == "refresh_token").collect();
        if !grant_types.iter().any(|kind| kind == "authorization_code") {
            let evidence = Check::GrantTypes.found("authorization_code among them", sent);
            return Err(wrong("The grant_types must contain authorization_code.", evidence));
        }
        let response_types = self.response_types.clone().unwrap_or_else(|| vec!["code".to_owned()]);
        if !response_types.iter().any(|kind| kind == "code") {
            let evidence = Check::ResponseTypes.found("code among them", response_types.join(", "));
            return Err(wrong("The response_types must contain code.", evidence));
        }
        Ok(grant_types)
    }

    fn check_texts(&self) -> Result<(), OAuthError> {
        let texts = [
            ("client_name", &self.client_name),
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
            ("software_id", &self.software_id),
            ("software_version", &self.software_version),
        ];
        for (name, text) in texts.iter().filter_map(|(name, text)| text.as_deref().map(|text| (name, text))) {
            let length = text.chars().count();
            if length > LONGEST_TEXT {
                let most = format!("{LONGEST_TEXT} characters at most");
                let evidence = Check::MetadataText.found(most, format!("{name}: {length}"));
                return Err(wrong("Names and addresses may have 200 characters.", evidence));
            }
            // PostgreSQL stores no NUL.
            if text.contains('\0') {
                let evidence = Check::MetadataText.found("printable characters", format!("{name} with a NUL"));
                return Err(wrong("Names and addresses have no NUL character.", evidence));
            }
        }
        Ok(())
    }

    /// RFC 7591 §2: `jwks` or `jwks_uri`, never both; only a client that proves itself by a key has them here.
    fn keys(&self, auth_method: AuthMethod) -> Result<(Option<Value>, Option<String>), OAuthError> {
        if auth_method != AuthMethod::PrivateKeyJwt {
            return Ok((None, None));
        }
        match (&self.jwks, &self.jwks_uri) {
            (Some(key_set), None) => {
                ClientKeys::read(key_set).map_err(|error| {
                    wrong(
                        "The jwks is a set of public keys for ES256, RS256 (2048 bits at least) or EdDSA, and nothing private.",
                        Check::KeySet.found("public keys that can be used", error.to_string()),
                    )
                })?;
                Ok((Some(key_set.clone()), None))
            }
            (None, Some(address)) if is_key_address(address) => Ok((None, Some(address.clone()))),
            (None, Some(address)) => {
                let evidence = Check::KeySet.found("a https address of up to 2000 characters", address.as_str());
                Err(wrong("The jwks_uri is a https address of up to 2000 characters.", evidence))
            }
            (jwks, _) => {
                let evidence = Check::KeySet.found("jwks or jwks_uri", if jwks.is_some() { "both" } else { "neither" });
                Err(wrong("A client with private_key_jwt has either jwks or jwks_uri.", evidence))
            }
        }
    }
}

fn is_key_address(text: &str) -> bool {
    let is_plain = |url: Url| url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    text.len() <= LONGEST_ADDRESS && !text.contains(char::is_control) && Url::parse(text).is_ok_and(is_plain)
}

fn redirect_uris(texts: &[String], known: Known<'_>) -> Result<Vec<RedirectUri>, OAuthError> {
    let most = known.max_redirect_uris;
    let counted = || Check::RedirectUriCount.found(format!("1 to {most}"), texts.len().to_string());
    if texts.is_empty() {
        return Err(OAuthError::new(ErrorCode::InvalidRedirectUri, "Register at least one redirect URI.", counted()));
    }
    if texts.len() > most {
        return Err(OAuthError::new(ErrorCode::InvalidRedirectUri, "There are too many redirect URIs.", counted()));
    }
    let parse =
        |text: &String| RedirectUri::parse(text, known.private_use_uris).map_err(|error| refused_uri(error, text));
    texts.iter().map(parse).collect()
}

fn refused_uri(error: InvalidRedirectUri, text: &str) -> OAuthError {
    let (expected, presented) = match error {
        InvalidRedirectUri::Fragment => ("a URI without a fragment", Shown::from(text)),
        InvalidRedirectUri::PlainHttp => ("https, or http with a loopback address", Shown::from(text)),
        InvalidRedirectUri::PrivateUse => ("https, loopback, or a URI that the store knows", Shown::from(text)),
        // What is no URI may be anything.
        InvalidRedirectUri::NotAbsolute | InvalidRedirectUri::Malformed => ("an absolute URI", Shown::from(text)),
        InvalidRedirectUri::UserInfo => ("a URI without user name and password", Shown::from("one with them")),
    };
    let description = match error {
        InvalidRedirectUri::PlainHttp => "A redirect URI uses http. Use https, or http with a loopback address.",
        InvalidRedirectUri::Fragment => "A redirect URI has a fragment. Leave it out.",
        InvalidRedirectUri::PrivateUse => "A redirect URI has a scheme that this store does not know. Use https.",
        InvalidRedirectUri::NotAbsolute | InvalidRedirectUri::Malformed | InvalidRedirectUri::UserInfo => {
            "A redirect URI is not a plain absolute URI."
        }
    };
    let evidence = Check::RedirectUriForm.found(expected, presented);
    OAuthError::new(ErrorCode::InvalidRedirectUri, description, evidence).because(error.to_string())
}

fn wrong(description: &'static str, evidence: Evidence) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClientMetadata, description, evidence)
}
