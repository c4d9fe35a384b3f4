//! How a client proves itself at the token, revocation and introspection endpoints (RFC 6749 §2.3, RFC 7591 §2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::authorization::unknown_client;
use super::clients::ClientCache;
use super::error::{ErrorCode, Failure, OAuthError};
use super::parameters::Parameters;
use crate::domain::client::{AuthenticatedClient, Client};
use crate::domain::evidence::{Check, Evidence, Shown};
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::keys::{Secret, SecretHash};
use crate::storage::Database;

/// What a request presents, before it is believed.
#[derive(Debug)]
pub struct Presented {
    client_id: ClientId,
    secret: Option<Secret<String>>,
    /// RFC 6749 §5.2: a client that used the header is answered with a challenge.
    pub used_header: bool,
}

impl Presented {
    /// From the `Authorization` header and the form. RFC 6749 §2.3: one method a request.
    pub fn read(authorization: Option<&str>, parameters: &Parameters) -> Result<Self, OAuthError> {
        let in_form = parameters.single("client_id")?.map(ClientId::new);
        let secret = parameters.single("client_secret")?.map(|secret| Secret::new(secret.to_owned()));
        if let Some(header) = authorization {
            let (client_id, header_secret) = basic(header).ok_or_else(|| {
                let evidence = Check::ClientAuthentication.found("Basic and the Base64 of id:secret", "another header");
                let description = "The Authorization header is not well-formed HTTP Basic.";
                OAuthError::new(ErrorCode::InvalidClient, description, evidence)
            })?;
            if secret.is_some() || in_form.as_ref().is_some_and(|id| *id != client_id) {
                let found = match in_form {
                    Some(other) if other != client_id => format!("{client_id} in the header, {other} in the form"),
                    _ => "a secret in the header and in the form".to_owned(),
                };
                return Err(OAuthError::new(
                    ErrorCode::InvalidRequest,
                    "Use one way of client authentication, and one client_id.",
                    Check::ClientAuthentication.found("one client_id, and one way to prove it", found),
                ));
            }
            Ok(Self { client_id, secret: Some(header_secret), used_header: true })
        } else {
            let client_id = in_form.ok_or_else(|| {
                let evidence = Check::ParameterPresent.missing("client_id");
                OAuthError::new(ErrorCode::InvalidClient, "The client_id is missing.", evidence)
            })?;
            Ok(Self { client_id, secret, used_header: false })
        }
    }

    /// Whom the request says it is from.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }
}

/// RFC 6749 §2.3.1: id and secret are form-encoded, then joined as RFC 7617 says.
fn basic(header: &str) -> Option<(ClientId, Secret<String>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let text = std::str::from_utf8(&decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        let decoded = percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(String::from);
        // RFC 6749 appendix A.1, A.2: printable characters; PostgreSQL stores no NUL.
        decoded.filter(|text| !text.contains('\0'))
    };
    Some((ClientId::new(decode(id)?), Secret::new(decode(secret)?)))
}

/// The client, proved as far as its method can.
pub async fn authenticate(
    db: &Database,
    cache: &ClientCache,
    issuer_id: &IssuerId,
    presented: &Presented,
    now: Timestamp,
) -> Result<AuthenticatedClient, Failure> {
    let found = cache.find(db, issuer_id, &presented.client_id, now).await?;
    let Some(client) = found else {
        // A60, H14: 401 makes clients register again.
        return Err(Failure::Refused(
            OAuthError::new(
                ErrorCode::InvalidClient,
                "The client is unknown here. Register it again.",
                unknown_client(presented.client_id.as_str()),
            )
            .because("the client is unknown"),
        ));
    };
    match prove(&client, presented.secret.as_ref()) {
        Ok(()) => Ok(AuthenticatedClient::new_after_authentication(Client::clone(&client))),
        Err((description, evidence)) => Err(Failure::Refused(
            OAuthError::new(ErrorCode::InvalidClient, description, evidence)
                .because(format!("client {}: {description}", client.id)),
        )),
    }
}

fn prove(client: &Client, secret: Option<&Secret<String>>) -> Result<(), (&'static str, Evidence)> {
    let found = |expected: &'static str, presented: Shown| Check::ClientSecret.found(expected, presented);
    match (client.secret_hash, secret) {
        (None, None) => Ok(()),
        // H5b: a secret pasted for a client that has none is said, not swallowed.
        (None, Some(secret)) => {
            let evidence = found("no secret, as the client is public", Shown::hidden(secret.expose()));
            Err(("This client is public. Send no client_secret.", evidence))
        }
        (Some(_), None) => {
            Err(("This client has a secret. Send it.", found("the secret of this client", Shown::NOTHING)))
        }
        // E3: whichever of the two secret methods was registered, both prove the same.
        (Some(hash), Some(secret)) if SecretHash::from_bytes(hash).is_of(secret.expose()) => Ok(()),
        (Some(_), Some(secret)) => {
            let evidence = found("the secret of this client", Shown::hidden(secret.expose()));
            Err(("The client_secret is wrong.", evidence))
        }
    }
}
