//! A client's own description, a Client ID Metadata Document (draft-ietf-oauth-client-id-metadata-document-00 §4,
//! MCP 2026-07-28 client registration): read strictly where it decides something, leniently everywhere else.

use serde::Deserialize;
use serde_json::Value;

use super::client::{AuthMethod, Client, ClientOrigin};
use super::client_id_url::ClientIdUrl;
use super::client_metadata::{ClientMetadata, inferred_type};
use super::key_set;
use super::redirect_uri::RedirectUri;
use super::{ClientId, Timestamp};

/// D12: the draft recommends 5 kB; beyond that it is read, but the log says so, and beyond this it is not.
pub const MOST_BYTES: usize = 16 * 1024;
pub const USUAL_BYTES: usize = 5 * 1024;

const MOST_REDIRECT_URIS: usize = 50;
const LONGEST_TEXT: usize = 200;
const LONGEST_ADDRESS: usize = 2000;

/// Why a document describes no client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDocument {
    #[error("the document is not JSON by its content type")]
    ContentType,
    #[error("the document is no JSON object with the members that a client has")]
    NotJson,
    #[error("the document's client_id is not the address it was read from")]
    OtherClientId,
    #[error("the document has no client_name")]
    NoName,
    #[error("the document has no redirect_uris that can be used")]
    NoRedirectUris,
    #[error("the document has more than 50 redirect_uris")]
    TooManyRedirectUris,
    #[error("the document holds a secret, or a way to authenticate with one")]
    SharedSecret,
    #[error("the document names a way to authenticate that is not supported")]
    AuthMethod,
    #[error("the document needs either jwks or a https jwks_uri for private_key_jwt")]
    Keys,
    #[error("the document's grant_types or response_types leave out the authorization code")]
    NoCodeGrant,
    #[error("the document has a text or an address that is too long or has a control character")]
    Text,
}

/// Every member that means something here; D6: the others are ignored.
#[derive(Deserialize)]
struct Written {
    client_id: String,
    client_name: Option<String>,
    redirect_uris: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    /// In the plural, as ChatGPT writes it beside the singular: what the client can do, not what it always does.
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    client_secret: Option<Value>,
    client_secret_expires_at: Option<Value>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    application_type: Option<String>,
    client_uri: Option<String>,
    logo_uri: Option<String>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    software_id: Option<String>,
    software_version: Option<String>,
}

/// A document that was read and holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientDocument {
    id: ClientIdUrl,
    auth_method: AuthMethod,
    redirect_uris: Vec<String>,
    /// Everything but the redirect URIs, which each store reads with its own list of private-use ones.
    metadata: ClientMetadata,
    read_at: Timestamp,
}

impl ClientDocument {
    /// # Errors
    /// The first rule that it breaks.
    pub fn read(
        id: &ClientIdUrl,
        content_type: Option<&str>,
        body: &[u8],
        read_at: Timestamp,
    ) -> Result<Self, InvalidDocument> {
        // D7: `application/json`, or a type that ends in `+json`.
        if !content_type.is_some_and(is_json) {
            return Err(InvalidDocument::ContentType);
        }
        let written: Written =
            serde_json::from_slice(body).map_err(|_not_ours: serde_json::Error| InvalidDocument::NotJson)?;
        // D3: simple string comparison (RFC 3986 §6.2.1).
        if written.client_id != id.as_str() {
            return Err(InvalidDocument::OtherClientId);
        }
        written.check_texts()?;
        let (auth_method, is_key_optional) = written.auth_method()?;
        written.check_grants()?;
        // D3: the MCP specification demands both beyond the draft.
        let name = written.client_name.filter(|name| !name.trim().is_empty()).ok_or(InvalidDocument::NoName)?;
        let redirect_uris = written.redirect_uris.unwrap_or_default();
        if redirect_uris.len() > MOST_REDIRECT_URIS {
            return Err(InvalidDocument::TooManyRedirectUris);
        }
        let metadata = ClientMetadata {
            client_name: Some(name),
            client_uri: written.client_uri,
            // D6, H3: what is not supported is left out, not refused.
            grant_types: supported(written.grant_types),
            application_type: written.application_type.unwrap_or_default(),
            software_id: written.software_id,
            software_version: written.software_version,
            logo_uri: written.logo_uri,
            jwks: written.jwks.filter(|_| auth_method == AuthMethod::PrivateKeyJwt),
            jwks_uri: written.jwks_uri.filter(|_| auth_method == AuthMethod::PrivateKeyJwt),
            is_key_optional,
            ..ClientMetadata::new(Vec::new())
        };
        Ok(Self { id: id.clone(), auth_method, redirect_uris, metadata, read_at })
    }

    /// The keys in the document itself, or the address that it names for them; neither of a client without a key.
    pub fn keys(&self) -> (Option<&Value>, Option<&str>) {
        (self.metadata.jwks.as_ref(), self.metadata.jwks_uri.as_deref())
    }

    /// The client as a store sees it that knows these private-use redirect URIs. Redirect URIs that it would not register are
    /// left out: a request that names one is then a mismatch.
    pub fn client(&self, known_private_use: &[String]) -> Result<Client, InvalidDocument> {
        let parsed = self.redirect_uris.iter().filter_map(|uri| RedirectUri::parse(uri, known_private_use).ok());
        let redirect_uris: Vec<RedirectUri> = parsed.collect();
        if redirect_uris.is_empty() {
            return Err(InvalidDocument::NoRedirectUris);
        }
        let application_type = match self.metadata.application_type.as_str() {
            kind @ ("native" | "web") => kind.to_owned(),
            _ => inferred_type(&redirect_uris).to_owned(),
        };
        let metadata = ClientMetadata { application_type, redirect_uris, ..self.metadata.clone() };
        let id = ClientId::new(self.id.as_str());
        let client = Client::new(id, ClientOrigin::Described, self.auth_method, metadata, self.read_at);
        Ok(Client { document_read_at: Some(self.read_at), ..client })
    }
}

impl Written {
    fn check_texts(&self) -> Result<(), InvalidDocument> {
        let texts = [&self.client_name, &self.application_type, &self.software_id, &self.software_version];
        let addresses = [&self.client_uri, &self.logo_uri, &self.jwks_uri];
        // PostgreSQL stores no NUL, and no page shows what steers a terminal.
        let is_plain = |text: &&String, longest| text.chars().count() <= longest && !text.contains(char::is_control);
        let are_plain = texts.iter().filter_map(|text| text.as_ref()).all(|text| is_plain(&text, LONGEST_TEXT))
            && addresses.iter().filter_map(|text| text.as_ref()).all(|text| is_plain(&text, LONGEST_ADDRESS));
        if are_plain { Ok(()) } else { Err(InvalidDocument::Text) }
    }

    /// D4: nothing that is shared. Without a word a described client is public: it has no secret to be basic with.
    /// And whether it may come without its key: only where its own document offers `none` beside it.
    fn auth_method(&self) -> Result<(AuthMethod, bool), InvalidDocument> {
        if self.client_secret.is_some() || self.client_secret_expires_at.is_some() {
            return Err(InvalidDocument::SharedSecret);
        }
        let plural = self.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        let offers = |method: AuthMethod| plural.iter().any(|offered| offered == method.as_str());
        let method = match self.token_endpoint_auth_method.as_deref() {
            Some("none") => AuthMethod::None,
            Some("private_key_jwt") => AuthMethod::PrivateKeyJwt,
            Some("client_secret_basic" | "client_secret_post" | "client_secret_jwt") => {
                return Err(InvalidDocument::SharedSecret);
            }
            Some(_) => return Err(InvalidDocument::AuthMethod),
            None if offers(AuthMethod::PrivateKeyJwt) => AuthMethod::PrivateKeyJwt,
            None => AuthMethod::None,
        };
        if method == AuthMethod::PrivateKeyJwt {
            let has_address = self.jwks_uri.as_ref().is_some_and(|address| address.starts_with("https://"));
            // RFC 7591 §2: never both.
            let has_keys = self.jwks.as_ref().is_some_and(|key_set| key_set::usable(key_set).is_ok());
            if self.jwks.is_some() == self.jwks_uri.is_some() || !(has_keys || has_address) {
                return Err(InvalidDocument::Keys);
            }
        }
        Ok((method, method == AuthMethod::PrivateKeyJwt && offers(AuthMethod::None)))
    }

    fn check_grants(&self) -> Result<(), InvalidDocument> {
        let has =
            |list: &Option<Vec<String>>, word: &str| list.as_ref().is_none_or(|all| all.iter().any(|one| one == word));
        let is_there = has(&self.grant_types, "authorization_code") && has(&self.response_types, "code");
        if is_there { Ok(()) } else { Err(InvalidDocument::NoCodeGrant) }
    }
}

/// A52: who gets refresh tokens is ours to decide. Cursor's document lists no grants, and its people would sign in every hour
/// (H7): who says nothing refuses nothing.
fn supported(grant_types: Option<Vec<String>>) -> Vec<String> {
    let listed = grant_types.unwrap_or_else(|| vec!["authorization_code".to_owned(), "refresh_token".to_owned()]);
    listed.into_iter().filter(|kind| kind == "authorization_code" || kind == "refresh_token").collect()
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests;
