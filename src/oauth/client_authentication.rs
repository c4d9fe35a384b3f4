//! How a client proves itself at the token, revocation and introspection endpoints (RFC 6749 §2.3, RFC 7523 §2.2, RFC 7591
//! §2): by nothing but its id, by a secret, or by its key; one way a request, and the one that it has.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::authorization::unknown_client;
use super::client_assertion::{ASSERTION_TYPE, Assertion};
use super::client_documents::{Asker, ClientDocuments};
use super::client_keys::{KeyCache, KeysError, Wanted};
use super::clients::ClientCache;
use super::error::{ErrorCode, Failure, OAuthError};
use super::parameters::Parameters;
use crate::domain::client::{AuthMethod, AuthenticatedClient, Client};
use crate::domain::evidence::{Check, Evidence, Shown};
use crate::domain::issuer::Issuer;
use crate::domain::{ClientId, Timestamp};
use crate::keys::{Secret, SecretHash, hash_secret};
use crate::storage::{Database, StorageError, client_assertions};

/// What a request presents, before it is believed.
#[derive(Debug)]
pub struct Presented {
    client_id: ClientId,
    proof: Proof,
    /// RFC 6749 §5.2: a client that used the header is answered with a challenge.
    pub used_header: bool,
}

#[derive(Debug)]
enum Proof {
    None,
    Secret(Secret<String>),
    Assertion(Box<Assertion>),
}

/// Where clients and their keys are known from.
pub struct Known<'a> {
    pub db: &'a Database,
    pub clients: &'a ClientCache,
    pub keys: &'a KeyCache,
    pub documents: &'a ClientDocuments,
}

/// Where and when a client asks.
pub struct Endpoint<'a> {
    pub issuer: &'a Issuer,
    /// Of the endpoint, such as `/revoke`.
    pub path: &'a str,
    pub asker: Asker<'a>,
    pub now: Timestamp,
}

impl Presented {
    /// From the `Authorization` header and the form. RFC 6749 §2.3: one method a request.
    pub fn read(authorization: Option<&str>, parameters: &Parameters) -> Result<Self, OAuthError> {
        let in_form = parameters.single("client_id")?.map(ClientId::new);
        let secret = parameters.single("client_secret")?.map(|secret| Secret::new(secret.to_owned()));
        let assertion = assertion(parameters)?;
        let (client_id, proof) = match (authorization, secret, assertion) {
            (Some(header), None, None) => {
                basic(header).map(|(id, secret)| (id, Proof::Secret(secret))).ok_or_else(|| {
                    let evidence =
                        Check::ClientAuthentication.found("Basic and the Base64 of id:secret", "another header");
                    let description = "The Authorization header is not well-formed HTTP Basic.";
                    OAuthError::new(ErrorCode::InvalidClient, description, evidence)
                })?
            }
            // RFC 7521 §4.2, E4: the client_id may be left out, and must be the same where it is sent.
            (None, None, Some(assertion)) => (assertion.client_id(), Proof::Assertion(Box::new(assertion))),
            (None, secret, None) => {
                let client_id = in_form.clone().ok_or_else(|| {
                    let evidence = Check::ParameterPresent.missing("client_id");
                    OAuthError::new(ErrorCode::InvalidClient, "The client_id is missing.", evidence)
                })?;
                (client_id, secret.map_or(Proof::None, Proof::Secret))
            }
            _ => return Err(two_ways("more than one of header, client_secret and client_assertion".to_owned())),
        };
        if let Some(other) = in_form.filter(|id| *id != client_id) {
            return Err(two_ways(format!("{client_id} in the proof, {other} as client_id")));
        }
        Ok(Self { client_id, proof, used_header: authorization.is_some() })
    }

    /// Whom the request says it is from.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }
}

fn two_ways(found: String) -> OAuthError {
    let evidence = Check::ClientAuthentication.found("one client_id, and one way to prove it", found);
    let description = "Use one way of client authentication, and one client_id.";
    OAuthError::new(ErrorCode::InvalidRequest, description, evidence)
}

/// RFC 7521 §4.2, RFC 7523 §2.2.
fn assertion(parameters: &Parameters) -> Result<Option<Assertion>, OAuthError> {
    match (parameters.single("client_assertion_type")?, parameters.single("client_assertion")?) {
        (None, None) => Ok(None),
        (Some(ASSERTION_TYPE), Some(assertion)) => Assertion::read(assertion).map(Some),
        (Some(other), Some(_)) => {
            let description = "The client_assertion_type is urn:ietf:params:oauth:client-assertion-type:jwt-bearer.";
            let evidence = Check::AssertionForm.found(ASSERTION_TYPE, other);
            Err(OAuthError::new(ErrorCode::InvalidClient, description, evidence))
        }
        (kind, _) => {
            let missing = if kind.is_some() { "client_assertion" } else { "client_assertion_type" };
            let description = "Send client_assertion and client_assertion_type together.";
            Err(OAuthError::new(ErrorCode::InvalidRequest, description, Check::ParameterPresent.missing(missing)))
        }
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
    known: &Known<'_>,
    presented: &Presented,
    at: &Endpoint<'_>,
) -> Result<AuthenticatedClient, Failure> {
    let found = known.clients.find(known.db, &at.issuer.id, &presented.client_id, at.now).await?;
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
    let by_key =
        if let (Proof::Assertion(assertion), AuthMethod::PrivateKeyJwt) = (&presented.proof, client.auth_method) {
            prove_by_key(known, &client, assertion, at).await?;
            true
        } else {
            prove(&client, &presented.proof, at.now)
                .map_err(|(description, evidence)| not_proved(&client, description, evidence))?;
            false
        };
    Ok(AuthenticatedClient::new_after_authentication(client, by_key))
}

fn not_proved(client: &Client, description: &'static str, evidence: Evidence) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, description, evidence)
        .because(format!("client {}: {description}", client.id))
}

/// H5b: a proof of another kind than the client's is said, not swallowed.
fn prove(client: &Client, proof: &Proof, now: Timestamp) -> Result<(), (&'static str, Evidence)> {
    let sent = match proof {
        Proof::None => Shown::NOTHING,
        Proof::Secret(secret) => Shown::hidden(secret.expose()),
        Proof::Assertion(_) => Shown::from("a client_assertion"),
    };
    match (proof, client.auth_method, client.secret_hash) {
        // E3: whichever of the two secret methods was registered, both prove the same.
        (Proof::Secret(secret), _, Some(hash)) if is_current_or_overlaps(client, hash, secret, now) => Ok(()),
        (Proof::Secret(_), _, Some(_)) => {
            Err(("The client_secret is wrong.", Check::ClientSecret.found("the secret of this client", sent)))
        }
        (_, _, Some(_)) => {
            Err(("This client has a secret. Send it.", Check::ClientSecret.found("the secret of this client", sent)))
        }
        (Proof::None, AuthMethod::None, None) => Ok(()),
        // D4: its own document says that it may come without; it is then no more than public.
        (Proof::None, AuthMethod::PrivateKeyJwt, None) if client.metadata.is_key_optional => Ok(()),
        (_, AuthMethod::PrivateKeyJwt, None) => Err((
            "This client proves itself by its key. Send a client_assertion.",
            Check::ClientMethod.found("a client_assertion", sent),
        )),
        (Proof::Assertion(_), ..) => Err((
            "This client is public. Send no client_assertion.",
            Check::ClientMethod.found("no client_assertion, as the client is public", sent),
        )),
        _ => Err((
            "This client is public. Send no client_secret.",
            Check::ClientSecret.found("no secret, as the client is public", sent),
        )),
    }
}

/// Each compared in constant time. After a rotation the secret before it counts until its overlap ends.
fn is_current_or_overlaps(client: &Client, hash: [u8; 32], secret: &Secret<String>, now: Timestamp) -> bool {
    let presented = hash_secret(secret.expose().as_bytes());
    let is_it = |hash: [u8; 32]| presented.is(&SecretHash::from_bytes(hash));
    let is_previous = client.previous_secret.is_some_and(|(previous, until)| now < until && is_it(previous));
    is_previous || is_it(hash)
}

/// RFC 7523 §3. What costs nothing comes first; that it is used once is found out last, so that nobody else can use it up.
async fn prove_by_key(
    known: &Known<'_>,
    client: &Client,
    assertion: &Assertion,
    at: &Endpoint<'_>,
) -> Result<(), Failure> {
    let (token_endpoint, endpoint) = (at.issuer.url.join("/token"), at.issuer.url.join(at.path));
    let once = assertion.judge(&[at.issuer.url.as_str(), &token_endpoint, &endpoint], at.now)?;
    let wanted = Wanted { algorithm: assertion.algorithm(), kid: assertion.kid() };
    let found = known.keys.find(client, wanted, known.documents, (at.asker, at.now)).await;
    let keys = found.map_err(|error| no_keys(client, &error))?;
    let named = || format!("alg {}, kid {}", wanted.algorithm, wanted.kid.unwrap_or("none"));
    if !keys.fit(wanted.algorithm, wanted.kid) {
        let evidence = Check::AssertionKey.found("the alg and kid of a key of this client", named());
        let description = "No key of this client has the alg and kid of the client_assertion.";
        return Err(not_proved(client, description, evidence).into());
    }
    if !assertion.is_signed_by(&keys) {
        let evidence = Check::AssertionSignature.found("the signature of a key of this client", named());
        let description = "The client_assertion is not signed by a key of this client.";
        return Err(not_proved(client, description, evidence).into());
    }
    // Its own transaction, before the use case: an assertion is spent whatever becomes of the request, and a second request with
    // it finds it so, at whichever replica.
    let (issuer_id, client_id, jti) = (at.issuer.id.clone(), client.id.clone(), once.jti.clone());
    let spent: Result<bool, StorageError> = known
        .db
        .write(move |tx| client_assertions::spend(tx, &issuer_id, &client_id, &once.jti, once.expires_at))
        .await;
    // RFC 7523 §3, 7.
    if !spent? {
        let evidence = Check::AssertionUnused.found("a jti that was not used before", jti);
        let description = "The client_assertion was used before. Sign one for each request.";
        return Err(not_proved(client, description, evidence).into());
    }
    Ok(())
}

/// What cannot be read now may be readable soon, and is then no reason to forget a registration (A60).
fn no_keys(client: &Client, error: &KeysError) -> OAuthError {
    let code = if error.is_passing() { ErrorCode::TemporarilyUnavailable } else { ErrorCode::InvalidClient };
    let evidence = Check::KeySet.found("public keys of this client that can be read", error.to_string());
    OAuthError::new(code, "The keys of this client cannot be read. Is its jwks or jwks_uri right?", evidence)
        .because(format!("client {}: {error}", client.id))
}
