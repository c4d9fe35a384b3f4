//! The token endpoint: one file per grant type. What moves the connection's row is one statement; the access token is signed
//! after the commit, never inside (design §3, rule 5).

use mcp_resource::wire::AccessClaims;
use mcp_resource::wire::authorization_details::AuthorizationDetail;
use serde::Serialize;
use uuid::Uuid;

use super::authorization::unknown_resource;
use super::error::{ErrorCode, Failure, OAuthError};
use super::parameters::Parameters;
use crate::domain::agent_policy::Ceilings;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::authorization_details;
use crate::domain::client::AuthenticatedClient;
use crate::domain::connection::Connection;
use crate::domain::evidence::{Check, Evidence, Shown};
use crate::domain::network::Network;
use crate::domain::token::{Allowance, Lifetimes, allowance};
use crate::domain::{Scope, ScopeSet, Timestamp};
use crate::keys::{IssuerContext, PresentedToken, TokenKind, sign};
use crate::storage::{Database, Tx, audit};
use crate::telemetry::ReferenceId;

mod authorization_code;
mod refresh_token;
mod went_back;

/// One request, its client proved.
pub struct Request<'a> {
    pub context: &'a IssuerContext,
    pub client: &'a AuthenticatedClient,
    pub parameters: &'a Parameters,
    pub network: &'a Network,
    pub now: Timestamp,
    pub reference: ReferenceId,
}

impl Request<'_> {
    /// S1-28: whatever a connection was given, its tokens hold no more than the merchant lets its client hold now.
    fn ceilings(&self) -> Ceilings {
        self.context.policy.ceilings(self.client.client(), &self.context.store)
    }
}

/// RFC 6749 §5.1. H22: no null members, and `expires_in` is a number.
#[derive(Debug, Serialize)]
pub struct Response {
    pub access_token: String,
    pub token_type: &'static str,
    pub expires_in: u64,
    /// A45: always said, since it may be less than was asked for.
    pub scope: ScopeSet,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// RFC 9396 §7: as granted, which may be less than was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_details: Vec<AuthorizationDetail>,
}

const SUPPORTED: &str = "authorization_code or refresh_token";

/// RFC 6749 §4.1.3, §6: dispatches on the grant type.
pub async fn grant(db: &Database, lifetimes: Lifetimes, request: &Request<'_>) -> Result<Response, Failure> {
    match request.parameters.single("grant_type")? {
        Some("authorization_code") => authorization_code::redeem(db, lifetimes, request).await,
        Some("refresh_token") => refresh_token::refresh(db, lifetimes, request).await,
        Some(other) => super::error::refuse(
            ErrorCode::UnsupportedGrantType,
            "Use grant_type authorization_code or refresh_token.",
            Check::GrantType.found(SUPPORTED, other),
        ),
        None => super::error::refuse(
            ErrorCode::InvalidRequest,
            "The grant_type is missing.",
            Check::GrantType.missing(SUPPORTED),
        ),
    }
}

/// RFC 8707 §2.2: the canonical URI of the resource that is named, if one is.
fn canonical_resource(request: &Request<'_>) -> Result<Option<String>, OAuthError> {
    let Some(requested) = request.parameters.resource()? else { return Ok(None) };
    let server = request.context.resource_server(requested);
    server.map(|server| Some(server.resource.clone())).ok_or_else(|| unknown_resource(request.context, requested))
}

/// One sentence for all of them: only the evidence tells them apart.
fn invalid_grant(evidence: Evidence, reason: impl Into<String>) -> OAuthError {
    let description = "The code or token is no longer valid. Connect again.";
    OAuthError::new(ErrorCode::InvalidGrant, description, evidence).because(reason)
}

/// RFC 8707 §2.2: another resource than at the authorization endpoint.
fn other_resource(connection: &Connection, requested: Option<&str>, description: &'static str) -> OAuthError {
    let evidence = Check::ResourceSingle.found(connection.resource.as_str(), requested);
    OAuthError::new(ErrorCode::InvalidTarget, description, evidence)
}

/// A connection that was ended, revoked by a not-before row, or shut out.
fn not_live(connection: &Connection) -> Evidence {
    let presented = match connection.ended {
        Some((at, reason)) => format!("ended {}: {reason}", Shown::from(at)),
        None => "revoked, or agents are switched off".to_owned(),
    };
    Check::ConnectionLive.found("a connection that is live", presented)
}

/// Records what happened to a connection, in the transaction in which it happened.
fn record(tx: &mut Tx<'_>, connection: &Connection, kind: AuditKind, (now, reference): (Timestamp, ReferenceId)) {
    let entry = AuditEntry {
        scope: Some(connection.scope),
        ..AuditEntry::new(kind, now, reference, AuditSubject::of_connection(connection))
    };
    audit::record(tx, &connection.issuer_id, &entry);
}

/// What the connection may hold now, by its own scope and by what the merchant lets its client hold; an error when nothing
/// usable is left of it.
fn allowed(
    connection: &Connection,
    ceilings: Ceilings,
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Result<Allowance, OAuthError> {
    let scope = connection.scope.intersection(ceilings.at(&connection.redirect_uri));
    allowance(scope, connection.elevated_until, connection.ends_at(), now, lifetimes).ok_or_else(|| {
        let presented = format!("{scope}, elevated until {}", Shown::from(connection.elevated_until));
        let evidence = Check::ScopeLeft.found("a scope that has not decayed", presented);
        invalid_grant(evidence, format!("nothing usable is left of connection {}", connection.id))
    })
}

/// Signs the access token, and encodes the refresh token of the connection's generation.
fn respond(
    request: &Request<'_>,
    connection: &Connection,
    seed: [u8; 16],
    allowed: Allowance,
) -> Result<Response, Failure> {
    let lifetime = i64::try_from(allowed.lifetime.as_secs()).unwrap_or(i64::MAX);
    let issued_at = request.now.as_secs();
    let claims = AccessClaims {
        iss: request.context.url().to_owned(),
        sub: connection.subject.clone(),
        aud: connection.resource.clone(),
        client_id: connection.client_id.to_string(),
        // A53: offline_access permits nothing at a resource server.
        scope: allowed.scope.without(Scope::OfflineAccess),
        jti: Uuid::new_v4().simple().to_string(),
        iat: issued_at,
        exp: issued_at.saturating_add(lifetime),
        grant_id: connection.grant_id.to_string(),
        connection_id: connection.id.to_string(),
        connected_at: connection.connected_at.as_micros(),
        // RFC 9068 §2.2.1: as they were when the shopper consented, however often the token is refreshed.
        auth_time: Some(connection.authentication.at.as_secs()),
        acr: Some(connection.authentication.class.to_string()),
        authorization_details: authorization_details(connection, allowed.scope),
    };
    let key = request.context.keyring.current().ok_or_else(|| defect("the issuer has no signing key"))?;
    let access_token = sign(&claims, key).map_err(|error| defect(&error.to_string()))?;
    let refresh_token = connection
        .refreshable
        .then(|| {
            let token = PresentedToken {
                connection_id: connection.id,
                generation: connection.generation,
                seed,
                expires_at: connection.expires_at,
            };
            let encoded = request.context.keys.encode(TokenKind::Refresh, &token);
            encoded.ok_or_else(|| defect("the current refresh key is missing"))
        })
        .transpose()?;
    Ok(Response {
        access_token,
        token_type: "Bearer",
        expires_in: allowed.lifetime.as_secs(),
        scope: allowed.scope,
        refresh_token,
        authorization_details: claims.authorization_details,
    })
}

/// RFC 9396 §9.1: the grant's ceiling, where the token can begin a checkout at all.
fn authorization_details(connection: &Connection, scope: ScopeSet) -> Vec<AuthorizationDetail> {
    let limit = connection.limit.filter(|_| scope.contains(Scope::CheckoutInitiate));
    limit.map_or_else(Vec::new, |limit| {
        authorization_details::of(limit, &connection.resource, connection.elevated_until)
    })
}

fn defect(reason: &str) -> Failure {
    Failure::Defect(reason.to_owned())
}
