//! The client configuration endpoint (RFC 7592): a client that is nobody else's reads, replaces and deletes its registration.
//!
//! Its registration access token is kept as a hash and stays the same through updates: a client that never saw the answer to
//! one is not locked out. An answer repeats the token that was just presented, and a client secret only when it was just made.
//! An update replaces everything that it does not name with what a registration without it would have; one with
//! `rotate_client_secret` true gets a new secret, and the one before counts for another day. What an update changes of that
//! which consents rely on, shoppers are asked about anew (D18).

use mcp_resource::wire::feed::{Event, Target};
use serde_json::Value;

use super::client_information::{ClientInformation, Management};
use super::error::{ErrorCode, Failure, OAuthError};
use super::registration::{client_secret, hash_of, metadata};
use super::registration_metadata::RegistrationRequest;
use super::software_statement::{Members, Statements};
use crate::config;
use crate::domain::agent_policy::RegistrationMode;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::client::{AuthMethod, Client, SECRET_OVERLAP};
use crate::domain::evidence::Check;
use crate::domain::network::Network;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::keys::{IssuerContext, Secret, SecretHash, hash_secret};
use crate::storage::client_changes::{self, SecretChange};
use crate::storage::{Database, StorageError, Tx, audit, client_decisions, clients, restrictions};
use crate::telemetry::ReferenceId;

/// One request of a client about itself.
pub struct Managing<'a> {
    pub context: &'a IssuerContext,
    pub settings: &'a config::Registration,
    pub statements: Statements<'a>,
    pub client_id: ClientId,
    /// The registration access token, where the request has one.
    pub token: Option<Secret<String>>,
    pub source: Network,
    pub now: Timestamp,
    pub reference: ReferenceId,
}

/// RFC 7592 §2.2: an update does not send what only the server says.
const NOT_SENT: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

/// RFC 7592 §2.1.
pub async fn read(db: &Database, at: &Managing<'_>) -> Result<ClientInformation, Failure> {
    let (client, token) = at.prove(db).await?;
    let management = Management::of(&client, at.context, &token);
    Ok(ClientInformation::kept(&client).with_management(Some(management)))
}

/// RFC 7592 §2.2.
pub async fn update(db: &Database, members: Members, at: &Managing<'_>) -> Result<ClientInformation, Failure> {
    let (client, token) = at.prove(db).await?;
    at.may_change(&client)?;
    check_sent(&members, &client)?;
    let members = at.statements.applied(members).await?;
    let request = RegistrationRequest::read(&members)?;
    let auth_method = auth_method(&request, &client)?;
    let metadata = metadata(&request, auth_method, (at.context, at.settings))?;
    let rotates = members.get("rotate_client_secret") == Some(&Value::Bool(true));
    let secret = (auth_method.has_secret() && (rotates || client.secret_hash.is_none())).then(client_secret);
    let change = match hash_of(secret.as_ref()) {
        Some(hash) => SecretChange::Rotated(hash, at.now.plus(SECRET_OVERLAP)),
        None if auth_method.has_secret() => SecretChange::Kept,
        None => SecretChange::Dropped,
    };
    let outcome = if secret.is_some() { "secret_rotated" } else { "ok" };
    let changed = Client { auth_method, metadata: metadata.normalised().into_inner(), ..client };
    let information = ClientInformation::of(&changed, request.redirect_uris)
        .with_advice(&members)
        .with_secret(secret)
        .with_management(Some(Management::of(&changed, at.context, &token)));
    let (issuer_id, now, entry) = (at.context.issuer.id.clone(), at.now, at.entry(AuditKind::ClientUpdated, outcome));
    db.write(move |tx| {
        let Some(now_kept) = clients::find(tx, &issuer_id, &changed.id)? else {
            return Err(Failure::Refused(refused(ANOTHERS)));
        };
        // The merchant may have decided since the token was proved.
        not_held(&now_kept)?;
        if !client_changes::replace_own(tx, &issuer_id, &changed, change)? {
            return Err(Failure::Refused(refused(ANOTHERS)));
        }
        // The merchant vouched for what it was: not for another name, address or key.
        if now_kept.consent_digest() != changed.consent_digest() {
            forget_approval(tx, &issuer_id, &changed.id, now)?;
        }
        // What nobody has granted anything is a stranger's still.
        if now_kept.expires_at.is_none() {
            audit::record(tx, &issuer_id, &entry);
        }
        Ok(())
    })
    .await?;
    Ok(information)
}

/// RFC 7592 §2.3: with the registration everything ends that was granted to it.
pub async fn delete(db: &Database, at: &Managing<'_>) -> Result<(), Failure> {
    let (client, _) = at.prove(db).await?;
    let (issuer_id, now) = (at.context.issuer.id.clone(), at.now);
    let entry = at.entry(AuditKind::ClientRemoved, "ok");
    db.write(move |tx| {
        if !client_changes::remove(tx, &issuer_id, &client.id)? {
            return Err(Failure::Refused(refused(ANOTHERS)));
        }
        if client.expires_at.is_none() {
            end_all(tx, &issuer_id, &client.id, now)?;
            audit::record(tx, &issuer_id, &entry);
        }
        Ok(())
    })
    .await
}

/// As the merchant's own word that it is approved no more: what it holds is asked about.
fn forget_approval(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &ClientId, now: Timestamp) -> Result<(), StorageError> {
    if client_decisions::set_approved(tx, issuer_id, id, None)? {
        restrictions::narrow(tx, issuer_id, Target::Client(id.to_string()), now, ACTOR)?;
    }
    Ok(())
}

/// As the merchant's revocation of all of a client does (decision 4).
fn end_all(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &ClientId, now: Timestamp) -> Result<(), StorageError> {
    let target = Target::Client(id.to_string());
    restrictions::shut_out_before(tx, issuer_id, &target, now, ACTOR)?;
    tx.publish(issuer_id.as_str(), now, Event::NotBefore { target, before: now.as_micros() });
    Ok(())
}

/// Who did it, in the trail.
const ACTOR: &str = "client";

impl Managing<'_> {
    /// The client whose token this is, and the token. RFC 7592 §2.1: 401 alike for a client that there is not and for a token that
    /// is not its own; a client that is shared has no token.
    async fn prove(&self, db: &Database) -> Result<(Client, Secret<String>), Failure> {
        let token = self.token.clone().ok_or_else(|| refused("nothing"))?;
        let presented = hash_secret(token.expose().as_bytes());
        let (issuer_id, id) = (self.context.issuer.id.clone(), self.client_id.clone());
        // PostgreSQL stores no NUL, and refuses to look for one.
        if id.as_str().contains('\0') {
            return Err(Failure::Refused(refused(ANOTHERS)));
        }
        let found: Result<_, StorageError> = db.read(move |c| clients::find(c, &issuer_id, &id)).await;
        let found = found?.filter(|client| !client.is_expired(self.now));
        let known = found.as_ref().and_then(|client| client.registration_token_hash);
        // Compared also where there is nothing to compare with, and in constant time.
        let is_its_own = presented.is(&SecretHash::from_bytes(known.unwrap_or_default()));
        match found {
            Some(client) if is_its_own && known.is_some() => Ok((client, token)),
            _ => Err(Failure::Refused(refused(ANOTHERS))),
        }
    }

    /// RFC 7592 §2.2: 403 where a client may not change itself.
    fn may_change(&self, client: &Client) -> Result<(), OAuthError> {
        if !self.settings.enabled || self.context.policy.registration == RegistrationMode::Closed {
            return Err(may_not("registration is closed"));
        }
        not_held(client)
    }

    fn entry(&self, kind: AuditKind, outcome: &str) -> AuditEntry {
        let entry = AuditEntry::new(kind, self.now, self.reference, AuditSubject::of_client(&self.client_id));
        AuditEntry {
            outcome: outcome.to_owned(),
            actor: Some(ACTOR.to_owned()),
            network: Some(self.source.clone()),
            ..entry
        }
    }
}

/// The merchant has decided nothing that forbids it.
fn not_held(client: &Client) -> Result<(), OAuthError> {
    match client {
        Client { quarantined_at: Some(_), .. } => Err(may_not("the client is in quarantine")),
        Client { merged_into: Some(_), .. } => Err(may_not("the client was merged into another")),
        _ => Ok(()),
    }
}

fn may_not(reason: &'static str) -> OAuthError {
    let description = "This store does not let the client change its registration at the moment.";
    let evidence = Check::RegistrationOpen.found("a client that may change itself", reason);
    OAuthError::new(ErrorCode::RegistrationClosed, description, evidence)
}

/// RFC 7592 §2.2: it names itself, sends nothing that only the server says, and its secret, if any, is the current one.
fn check_sent(members: &Members, client: &Client) -> Result<(), OAuthError> {
    let wrong = |description, evidence| OAuthError::new(ErrorCode::InvalidClientMetadata, description, evidence);
    let sent_id = members.get("client_id").and_then(Value::as_str);
    if sent_id != Some(client.id.as_str()) {
        let evidence = Check::ClientKnown.found(client.id.to_string(), sent_id);
        return Err(wrong("Send the client_id that this address is of.", evidence));
    }
    if let Some(name) = NOT_SENT.iter().find(|name| members.contains_key(**name)) {
        let evidence = Check::BodyForm.found("nothing that only the server says", *name);
        let description = "Leave out what only the server says: tokens, addresses and times of the registration.";
        return Err(wrong(description, evidence));
    }
    let is_current = |sent: &str| client.secret_hash.is_some_and(|hash| SecretHash::from_bytes(hash).is_of(sent));
    match members.get("client_secret") {
        None => Ok(()),
        Some(Value::String(sent)) if is_current(sent) => Ok(()),
        Some(_) => {
            let evidence = Check::ClientSecret.found("the current one, or none", "another");
            Err(wrong("The client_secret is not the current one. Leave it out, or send it as it is.", evidence))
        }
    }
}

/// What an update does not name stays as it is. A client cannot become a public one: those are shared (decision 2).
fn auth_method(request: &RegistrationRequest, client: &Client) -> Result<AuthMethod, OAuthError> {
    let asked = request.auth_method()?.unwrap_or(client.auth_method);
    if asked.is_public() {
        let description = "A client that proves itself cannot become a public one. Register that anew.";
        let evidence = Check::AuthMethod.found("a way to prove itself", asked.as_str());
        return Err(OAuthError::new(ErrorCode::InvalidClientMetadata, description, evidence));
    }
    Ok(asked)
}

const ANOTHERS: &str = "one that is not";

fn refused(found: &'static str) -> OAuthError {
    let description = "The registration access token is not one of this client's.";
    OAuthError::new(ErrorCode::InvalidToken, description, Check::RegistrationToken.found("that of this client", found))
}
