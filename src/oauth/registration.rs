//! Dynamic client registration (RFC 7591). Anonymous unless the store wants an initial access token, so bounded: identical
//! public registrations are one client, unused ones expire, and at the cap the busiest source gives way (decision 2).
//!
//! A client with a secret or a key is nobody else's, and manages itself by RFC 7592 (`client_configuration`). A public one
//! is shared by everybody who registers the same: it gets no registration access token, since whoever registers next could
//! change or delete what others use.

use super::client_information::{ClientInformation, Management};
use super::error::{ErrorCode, Failure, OAuthError};
use super::registration_metadata::{Known, RegistrationRequest};
use super::registration_room::{self, Room};
use super::software_statement::{Members, Statements};
use crate::config;
use crate::domain::agent_policy::RegistrationMode;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::client::{AuthMethod, Client, ClientOrigin};
use crate::domain::client_metadata::{ClientMetadata, Normalised};
use crate::domain::evidence::{Check, Evidence};
use crate::domain::network::Network;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::keys::{IssuerContext, Secret, hash_secret, random};
use crate::storage::{Database, Tx, audit, clients, initial_access_tokens};
use crate::telemetry::ReferenceId;

/// One registration, with what it needs beside its body.
pub struct Registering<'a> {
    pub context: &'a IssuerContext,
    pub settings: &'a config::Registration,
    pub source: &'a Network,
    pub room: &'a Room,
    pub statements: Statements<'a>,
    /// The bearer token of the request, where it has one.
    pub token: Option<Secret<String>>,
    pub now: Timestamp,
    pub reference: ReferenceId,
}

/// RFC 7591 §3.1.
pub async fn register(db: &Database, members: Members, at: &Registering<'_>) -> Result<ClientInformation, Failure> {
    let permit = permit(at)?;
    let members = at.statements.applied(members).await?;
    let request = RegistrationRequest::read(&members)?;
    let auth_method = request.auth_method()?.unwrap_or(AuthMethod::None);
    let metadata = metadata(&request, auth_method, (at.context, at.settings))?.normalised();
    let made = Made::of(auth_method, &metadata, at)?;
    let client = Client {
        secret_hash: hash_of(made.secret.as_ref()),
        registration_token_hash: hash_of(made.registration_token.as_ref()),
        expires_at: Some(at.now.plus(at.settings.unused_lifetime)),
        ..Client::new(made.id, ClientOrigin::Registered, auth_method, metadata.into_inner(), at.now)
    };
    let information = ClientInformation::of(&client, request.redirect_uris)
        .with_advice(&members)
        .with_secret(made.secret)
        .with_management(made.registration_token.map(|token| Management::of(&client, at.context, &token)));
    let (issuer_id, source, now) = (at.context.issuer.id.clone(), at.source.clone(), at.now);
    let (room, reference) = (at.room.clone(), at.reference);
    let cap = i64::try_from(at.settings.max_clients).unwrap_or(i64::MAX);
    // A stranger, and room for one more: the usual case is one statement.
    if permit.is_none() && room.take(&issuer_id) {
        let at_once = issuer_id.clone();
        let is_new = db
            .write_one(move |tx| clients::insert(tx, &at_once, &client, &source), |is_new, _| is_new)
            .await
            .map_err(Failure::Storage)?;
        if !is_new {
            room.give_back(&issuer_id);
        }
        return Ok(information);
    }
    db.write(move |tx| {
        // RFC 7591 §3: in the transaction of what it allows, so that racers never have more uses than there are.
        let is_known = permit.is_some();
        if let Some(token_hash) = permit
            && !initial_access_tokens::consume(tx, &issuer_id, &token_hash, now)?
        {
            let found = Check::InitialAccessToken.found("one that is good now", "one that is unknown, over or used up");
            return Err(Failure::Refused(refused_token(found)));
        }
        if clients::insert(tx, &issuer_id, &client, &source)? {
            // After the insert: the transaction rolls back if there is no room.
            registration_room::make_or_refuse(tx, (&issuer_id, &client.id), &room, cap)?;
            // Of strangers the trail hears at the first grant: it keeps what it has, and they could fill it (decision 2).
            if is_known {
                record(tx, &issuer_id, &client, source, (now, reference));
            }
        }
        Ok::<_, Failure>(())
    })
    .await?;
    Ok(information)
}

/// Who may register at all. The hash of the token that pays for it, where one is wanted.
fn permit(at: &Registering<'_>) -> Result<Option<[u8; 32]>, OAuthError> {
    match at.context.policy.registration {
        RegistrationMode::Open | RegistrationMode::Hosts => Ok(None),
        RegistrationMode::Closed => Err(OAuthError::new(
            ErrorCode::RegistrationClosed,
            "This store registers no agents by itself. Ask it for a client_id.",
            Check::RegistrationOpen.found("an agent that the store has registered", "a registration"),
        )),
        // RFC 7591 §3: an initial access token, as RFC 6750 §2.1 presents it.
        RegistrationMode::Token => match &at.token {
            Some(token) => Ok(Some(*hash_secret(token.expose().as_bytes()).as_bytes())),
            None => Err(refused_token(Check::InitialAccessToken.missing("an initial access token"))),
        },
    }
}

fn refused_token(evidence: Evidence) -> OAuthError {
    let description = "Registering here needs an initial access token. Ask the store for one.";
    OAuthError::new(ErrorCode::InvalidToken, description, evidence)
}

/// What is kept of a request, if this store lets such clients be.
pub(super) fn metadata(
    request: &RegistrationRequest,
    auth_method: AuthMethod,
    (context, settings): (&IssuerContext, &config::Registration),
) -> Result<ClientMetadata, OAuthError> {
    let policy = &context.policy;
    let private_use_uris = policy.private_use_beside(&settings.private_use_uris);
    let known = Known { max_redirect_uris: settings.max_redirect_uris, private_use_uris: &private_use_uris };
    let metadata = request.metadata(auth_method, known)?;
    policy.lets_register(&metadata.redirect_uris).map_err(|refused| {
        let description = "A redirect URI is on a host that this store has not approved.";
        let evidence = Check::HostAllowed.found("hosts that the store has approved", refused.host());
        OAuthError::new(ErrorCode::InvalidRedirectUri, description, evidence).because(refused.to_string())
    })?;
    Ok(metadata)
}

/// What a registration makes beside its metadata.
struct Made {
    id: ClientId,
    secret: Option<Secret<String>>,
    registration_token: Option<Secret<String>>,
}

impl Made {
    fn of(auth_method: AuthMethod, metadata: &Normalised, at: &Registering<'_>) -> Result<Self, Failure> {
        if auth_method.is_public() {
            let id = metadata.public_client_id(at.context.url());
            let id = id.ok_or_else(|| Failure::Defect("client metadata has no canonical form".to_owned()))?;
            return Ok(Self { id, secret: None, registration_token: None });
        }
        Ok(Self {
            id: ClientId::new(random::text("cs_")),
            secret: auth_method.has_secret().then(client_secret),
            registration_token: Some(Secret::new(random::text("tgm_"))),
        })
    }
}

/// 256 random bits, shown once.
pub(super) fn client_secret() -> Secret<String> {
    Secret::new(random::text("tgs_"))
}

pub(super) fn hash_of(secret: Option<&Secret<String>>) -> Option<[u8; 32]> {
    secret.map(|secret| *hash_secret(secret.expose().as_bytes()).as_bytes())
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
