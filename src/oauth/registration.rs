//! Dynamic client registration (RFC 7591). Anonymous, so bounded: identical public registrations are one client, unused ones
//! expire, and at the cap the busiest source gives way (decision 2).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::error::{ErrorCode, Failure, OAuthError};
use super::registration_rate::Room;
use crate::config;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::client::{AuthMethod, Client, ClientOrigin};
use crate::domain::client_metadata::{ClientMetadata, inferred_type};
use crate::domain::evidence::{Check, Evidence, Shown};
use crate::domain::network::Network;
use crate::domain::redirect_uri::{InvalidRedirectUri, RedirectUri};
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::keys::{ClientKeys, IssuerContext, Secret, hash_secret, random};
use crate::storage::{Database, Tx, audit, clients};
use crate::telemetry::ReferenceId;

/// RFC 7591 §2, as sent. Unknown members are ignored.
#[derive(Debug, Deserialize)]
pub struct RegistrationRequest {
    #[serde(default)]
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    client_name: Option<String>,
    client_uri: Option<String>,
    application_type: Option<String>,
    scope: Option<String>,
    software_id: Option<String>,
    software_version: Option<String>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
}

/// RFC 7591 §3.2.1. The redirect URIs are echoed as they were sent. H22: no null members.
#[derive(Serialize)]
pub struct Registered {
    client_id: ClientId,
    client_id_issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// RFC 7591 §3.2.1: required beside a secret; 0 is never.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    token_endpoint_auth_method: AuthMethod,
    redirect_uris: Vec<String>,
    #[serde(flatten)]
    metadata: Map<String, Value>,
}

/// One registration, with what it needs beside its body.
pub struct Registering<'a> {
    pub context: &'a IssuerContext,
    pub settings: &'a config::Registration,
    pub source: &'a Network,
    pub room: &'a Room,
    pub now: Timestamp,
    pub reference: ReferenceId,
}

/// Longer texts than this are no names.
const LONGEST_TEXT: usize = 200;
const LONGEST_ADDRESS: usize = 2000;

/// RFC 7591 §3.1.
pub async fn register(
    db: &Database,
    request: RegistrationRequest,
    at: &Registering<'_>,
) -> Result<Registered, Failure> {
    let auth_method = auth_method(request.token_endpoint_auth_method.as_deref())?;
    let (jwks, jwks_uri) = keys(&request, auth_method)?;
    let metadata = ClientMetadata { jwks, jwks_uri, ..metadata(&request, at.settings)? };
    let secret = auth_method.has_secret().then(|| random::text("tgs_"));
    let id = if !auth_method.is_public() {
        ClientId::new(random::text("cs_"))
    } else {
        let id = metadata.public_client_id(at.context.url());
        id.ok_or_else(|| Failure::Defect("client metadata has no canonical form".to_owned()))?
    };
    let client = Client {
        secret_hash: secret.as_ref().map(|secret| *hash_secret(secret.as_bytes()).as_bytes()),
        expires_at: Some(at.now.plus(at.settings.unused_lifetime)),
        ..Client::new(id, ClientOrigin::Registered, auth_method, metadata.normalised(), at.now)
    };
    let registered = Registered::of(&client, &request, secret.map(Secret::new))?;
    let (issuer_id, source, now) = (at.context.issuer.id.clone(), at.source.clone(), at.now);
    let (room, reference) = (at.room.clone(), at.reference);
    let cap = i64::try_from(at.settings.max_clients).unwrap_or(i64::MAX);
    db.write(move |tx| {
        if clients::insert(tx, &issuer_id, &client, &source)? {
            make_room(tx, &issuer_id, &room, cap)?;
            record(tx, &issuer_id, &client, source, (now, reference));
        }
        Ok::<_, Failure>(())
    })
    .await?;
    Ok(registered)
}

/// Called after the insert: the transaction rolls back if there is no room.
fn make_room(tx: &mut Tx<'_>, issuer_id: &IssuerId, room: &Room, cap: i64) -> Result<(), Failure> {
    if room.take(issuer_id) {
        return Ok(());
    }
    let count = clients::count(tx, issuer_id)?;
    room.counted(issuer_id, count, cap);
    if count > cap && !clients::give_way(tx, issuer_id)? {
        return super::error::refuse(
            ErrorCode::TooManyRequests,
            "This store takes no more registrations at the moment. Try again later.",
            Check::RegistrationRoom
                .found(format!("{cap} clients at most, or one that can give way"), count.to_string()),
        );
    }
    Ok(())
}

fn record(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    client: &Client,
    source: Network,
    (now, reference): (Timestamp, ReferenceId),
) {
    let entry = AuditEntry {
        network: Some(source),
        ..AuditEntry::new(AuditKind::ClientRegistered, now, reference, AuditSubject::of_client(&client.id))
    };
    audit::record(tx, issuer_id, &entry);
}

/// RFC 7591 §2 makes `client_secret_basic` the default. C-1: without a word a client is public here, since a secret is only for
/// clients that ask for one; the answer says which it is.
fn auth_method(asked: Option<&str>) -> Result<AuthMethod, OAuthError> {
    asked.map_or(Ok(AuthMethod::None), |text| {
        text.parse().ok().ok_or_else(|| {
            wrong(
                "Use token_endpoint_auth_method none, client_secret_basic, client_secret_post or private_key_jwt.",
                Check::AuthMethod.found("none, client_secret_basic, client_secret_post or private_key_jwt", text),
            )
        })
    })
}

/// RFC 7591 §2: `jwks` or `jwks_uri`, never both; only a client that proves itself by a key has them here.
fn keys(request: &RegistrationRequest, method: AuthMethod) -> Result<(Option<Value>, Option<String>), OAuthError> {
    if method != AuthMethod::PrivateKeyJwt {
        return Ok((None, None));
    }
    match (&request.jwks, &request.jwks_uri) {
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

fn is_key_address(text: &str) -> bool {
    let is_plain = |url: Url| url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    text.len() <= LONGEST_ADDRESS && !text.contains(char::is_control) && Url::parse(text).is_ok_and(is_plain)
}

fn metadata(request: &RegistrationRequest, settings: &config::Registration) -> Result<ClientMetadata, OAuthError> {
    let redirect_uris = redirect_uris(&request.redirect_uris, settings)?;
    let texts = [
        ("client_name", &request.client_name),
        ("client_uri", &request.client_uri),
        ("software_id", &request.software_id),
        ("software_version", &request.software_version),
    ];
    for (name, text) in texts.iter().filter_map(|(name, text)| text.as_deref().map(|text| (name, text))) {
        let length = text.chars().count();
        if length > LONGEST_TEXT {
            let evidence =
                Check::MetadataText.found(format!("{LONGEST_TEXT} characters at most"), format!("{name}: {length}"));
            return Err(wrong("Names and addresses may have 200 characters.", evidence));
        }
        // PostgreSQL stores no NUL.
        if text.contains('\0') {
            let evidence = Check::MetadataText.found("printable characters", format!("{name} with a NUL"));
            return Err(wrong("Names and addresses have no NUL character.", evidence));
        }
    }
    // D6, H3: what we do not support is dropped, not refused; the code grant is what there is.
    let asked = request.grant_types.clone().unwrap_or_else(|| vec!["authorization_code".to_owned()]);
    let sent = asked.join(", ");
    let grant_types: Vec<String> =
        asked.into_iter().filter(|kind| kind == "authorization_code" || kind == "refresh_token").collect();
    if !grant_types.iter().any(|kind| kind == "authorization_code") {
        let evidence = Check::GrantTypes.found("authorization_code among them", sent);
        return Err(wrong("The grant_types must contain authorization_code.", evidence));
    }
    let response_types = request.response_types.clone().unwrap_or_else(|| vec!["code".to_owned()]);
    if !response_types.iter().any(|kind| kind == "code") {
        let evidence = Check::ResponseTypes.found("code among them", response_types.join(", "));
        return Err(wrong("The response_types must contain code.", evidence));
    }
    let application_type = match request.application_type.as_deref() {
        Some(kind @ ("native" | "web")) => kind.to_owned(),
        Some(other) => {
            let evidence = Check::ApplicationType.found("native or web", other);
            return Err(wrong("The application_type is native or web.", evidence));
        }
        None => inferred_type(&redirect_uris).to_owned(),
    };
    Ok(ClientMetadata {
        client_name: request.client_name.clone(),
        client_uri: request.client_uri.clone(),
        redirect_uris,
        grant_types,
        response_types: vec!["code".to_owned()],
        application_type,
        software_id: request.software_id.clone(),
        software_version: request.software_version.clone(),
        logo_uri: None,
        jwks: None,
        jwks_uri: None,
        is_key_optional: false,
    })
}

fn redirect_uris(texts: &[String], settings: &config::Registration) -> Result<Vec<RedirectUri>, OAuthError> {
    let most = settings.max_redirect_uris;
    let counted = || Check::RedirectUriCount.found(format!("1 to {most}"), texts.len().to_string());
    if texts.is_empty() {
        return Err(OAuthError::new(ErrorCode::InvalidRedirectUri, "Register at least one redirect URI.", counted()));
    }
    if texts.len() > most {
        return Err(OAuthError::new(ErrorCode::InvalidRedirectUri, "There are too many redirect URIs.", counted()));
    }
    let parse =
        |text: &String| RedirectUri::parse(text, &settings.private_use_uris).map_err(|error| refused_uri(error, text));
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

impl Registered {
    fn of(client: &Client, request: &RegistrationRequest, secret: Option<Secret<String>>) -> Result<Self, Failure> {
        let metadata = serde_json::to_value(&client.metadata).map_err(|error| Failure::Defect(error.to_string()))?;
        let Value::Object(mut metadata) = metadata else {
            return Err(Failure::Defect("client metadata is no object".to_owned()));
        };
        metadata.remove("redirect_uris");
        // H9: the registered scope is advice; it is echoed and never a ceiling.
        if let Some(scope) = &request.scope {
            metadata.insert("scope".to_owned(), Value::String(scope.clone()));
        }
        Ok(Self {
            client_id: client.id.clone(),
            client_id_issued_at: client.created_at.as_secs(),
            client_secret_expires_at: secret.is_some().then_some(0),
            client_secret: secret.map(|secret| secret.expose().clone()),
            token_endpoint_auth_method: client.auth_method,
            redirect_uris: request.redirect_uris.clone(),
            metadata,
        })
    }
}
