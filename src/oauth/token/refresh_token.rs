//! Refresh token rotation (RFC 6749 §6, OAuth 2.1 §4.3.1). Each refresh moves the connection's row to the next generation;
//! parallel processes of one agent get the current one under grace; anything older is reuse (decision 1).

use mcp_resource::wire::feed::Event;

use super::{
    Request, Response, allowed, canonical_resource, invalid_grant, not_live, other_resource, record, respond, went_back,
};
use crate::domain::agent_policy::Ceilings;
use crate::domain::audit::AuditKind;
use crate::domain::connection::{Connection, EndReason, SUSPICIOUS_REPLAYS, Verdict};
use crate::domain::evidence::{Check, Shown};
use crate::domain::network::Network;
use crate::domain::token::{Allowance, Lifetimes};
use crate::domain::{ClientId, IssuerId, Scope, ScopeSet, Timestamp};
use crate::keys::{PresentedToken, TokenKind};
use crate::oauth::error::{ErrorCode, Failure, OAuthError};
use crate::storage::connections::RefreshPresented;
use crate::storage::{Database, StorageResult, Tx, audit_listing, connections};
use crate::telemetry::ReferenceId;

/// A refusal that may change state is a value: an `Err` would roll back the end of the connection (design §3, rule 4).
enum Rotation {
    Answer(Box<Connection>, Allowance),
    Refused(OAuthError),
}

pub(super) async fn refresh(db: &Database, lifetimes: Lifetimes, request: &Request<'_>) -> Result<Response, Failure> {
    let token = request.parameters.required("refresh_token", "The refresh_token is missing.")?;
    let narrowed_to = request.parameters.single("scope")?.map(ScopeSet::parse_lenient);
    let resource = canonical_resource(request)?;
    // Decision 1: the MAC is checked before the database is touched, and a code is no refresh token.
    let presented = request.context.keys.decode(TokenKind::Refresh, token).filter(|token| token.generation >= 1);
    let presented = presented.ok_or_else(|| {
        let evidence = Check::RefreshTokenKnown.found("a refresh token that this issuer minted", Shown::hidden(token));
        invalid_grant(evidence, "the refresh token is not ours")
    })?;
    // Past the end of its connection a token means nothing, whatever became of the row.
    if presented.expires_at <= request.now {
        let evidence =
            Check::ConnectionExpired.found(format!("before {}", Shown::from(presented.expires_at)), request.now);
        return Err(invalid_grant(evidence, "the connection has expired").into());
    }
    let attempt = Attempt {
        issuer_id: request.context.issuer.id.clone(),
        client_id: request.client.id().clone(),
        is_proved: request.client.is_proved(),
        by_key: request.client.is_proved_by_key(),
        resource,
        narrowed_to,
        ceilings: request.ceilings(),
        network: request.network.clone(),
        lifetimes,
        now: request.now,
        reference: request.reference,
        presented: presented.clone(),
    };
    match db.write(move |tx| attempt.run(tx)).await? {
        Rotation::Answer(connection, allowed) => respond(request, &connection, presented.seed, allowed),
        Rotation::Refused(error) => Err(error.into()),
    }
}

struct Attempt {
    issuer_id: IssuerId,
    client_id: ClientId,
    /// By a key or a secret: then there is no grace.
    is_proved: bool,
    by_key: bool,
    resource: Option<String>,
    narrowed_to: Option<ScopeSet>,
    ceilings: Ceilings,
    network: Network,
    lifetimes: Lifetimes,
    now: Timestamp,
    reference: ReferenceId,
    presented: PresentedToken,
}

impl Attempt {
    /// A request for too much is an `Err`, which leaves the row where it was; what ends the connection is an `Ok`.
    fn run(self, tx: &mut Tx<'_>) -> Result<Rotation, Failure> {
        let seed_hash = self.presented.seed_hash();
        let token = RefreshPresented {
            id: self.presented.connection_id,
            generation: self.presented.generation,
            seed_hash,
            client_id: &self.client_id,
            resource: self.resource.as_deref(),
            by_key: self.by_key,
            network: &self.network,
        };
        if let Some(connection) = connections::rotate(tx, &self.issuer_id, &token, self.now, self.lifetimes.grace)? {
            let allowance = self.narrowed(&connection)?;
            record(tx, &connection, AuditKind::TokenRefreshed, (self.now, self.reference));
            return Ok(Rotation::Answer(Box::new(connection), allowance));
        }
        match connections::find_with_seed(tx, &self.issuer_id, token.id, &seed_hash)? {
            None => Ok(self.newer_than_the_database(tx)?),
            Some(connection) => self.judge(tx, &connection),
        }
    }

    fn judge(&self, tx: &mut Tx<'_>, connection: &Connection) -> Result<Rotation, Failure> {
        // The same token from another client is refused and ends nothing (decision 1).
        if connection.client_id != self.client_id {
            let evidence = Check::RefreshTokenClient.found(connection.client_id.as_str(), self.client_id.as_str());
            return Ok(Rotation::Refused(invalid_grant(evidence, "the refresh token belongs to another client")));
        }
        // RFC 7523 §3.1: a client that has proved itself by its key must go on to.
        if connection.proved_by_key && !self.by_key {
            let error = OAuthError::new(
                ErrorCode::InvalidGrant,
                "This connection was made with a client_assertion. Refresh it with one.",
                Check::ClientMethod.missing("a client_assertion, as this connection was made with one"),
            );
            let reason = format!("connection {} was made with a key, and the request has none", connection.id);
            return Ok(Rotation::Refused(error.because(reason)));
        }
        // RFC 8707 §2.2.
        if self.resource.as_ref().is_some_and(|resource| *resource != connection.resource) {
            let description = "The refresh token is for another resource.";
            return Ok(Rotation::Refused(other_resource(connection, self.resource.as_deref(), description)));
        }
        if connections::find_unrestricted(tx, &self.issuer_id, connection.id)?.is_none() {
            let reason = "the connection was revoked, or agents are switched off";
            return Ok(Rotation::Refused(invalid_grant(not_live(connection), reason)));
        }
        match connection.judge(self.presented.generation, !self.is_proved, self.now, self.lifetimes.grace) {
            Verdict::Grace => self.forgive(tx, connection),
            Verdict::Reused => {
                self.end(tx, connection)?;
                let expected = format!("generation {} of the connection's tokens", connection.generation);
                let evidence =
                    Check::RefreshTokenUnused.found(expected, format!("generation {}", self.presented.generation));
                let reason = format!(
                    "generation {} of connection {} came back when it was at {}",
                    self.presented.generation, connection.id, connection.generation
                );
                Ok(Rotation::Refused(invalid_grant(evidence, reason)))
            }
            Verdict::FromTheFuture => Ok(self.newer_than_the_database(tx)?),
            Verdict::Dead => {
                let evidence = match connection.ended {
                    Some(_) => not_live(connection),
                    None if !connection.refreshable => {
                        Check::ConnectionLive.found("a connection that may stay", "the shopper no longer lets it stay")
                    }
                    None => Check::ConnectionLive.found(
                        format!("a connection in use within {} s", connection.idle_limit.as_secs()),
                        format!("last used {}", Shown::from(connection.last_used_at)),
                    ),
                };
                Ok(Rotation::Refused(invalid_grant(
                    evidence,
                    "the connection is over, was idle for too long, or is not to stay",
                )))
            }
        }
    }

    /// H12: answers with the current generation, and counts it.
    fn forgive(&self, tx: &mut Tx<'_>, before: &Connection) -> Result<Rotation, Failure> {
        let Some(connection) = connections::count_replay(tx, before.id, self.now)? else {
            return Ok(Rotation::Refused(invalid_grant(not_live(before), "the connection has just ended")));
        };
        let allowance = self.narrowed(&connection)?;
        record(tx, &connection, AuditKind::GraceReplay, (self.now, self.reference));
        // One alert a window: at the first from another network, whatever came before it, or when there are too many.
        let from_elsewhere = connection.last_network != self.network.as_str();
        let is_suspicious = from_elsewhere || connection.window_replays > SUSPICIOUS_REPLAYS;
        let (kind, since) = (AuditKind::SuspiciousReplays, connection.window.began_at);
        if is_suspicious && !audit_listing::has_since(tx, connection.id, kind, since)? {
            record(tx, &connection, AuditKind::SuspiciousReplays, (self.now, self.reference));
        }
        Ok(Rotation::Answer(Box::new(connection), allowance))
    }

    fn end(&self, tx: &mut Tx<'_>, connection: &Connection) -> StorageResult<()> {
        if connections::end(tx, connection.id, EndReason::RefreshReused, self.now)? {
            record(tx, connection, AuditKind::ConnectionEnded, (self.now, self.reference));
            let connection_id = connection.id.to_string();
            tx.publish(connection.issuer_id.as_str(), self.now, Event::ConnectionEnded { connection_id });
        }
        Ok(())
    }

    fn newer_than_the_database(&self, tx: &mut Tx<'_>) -> StorageResult<Rotation> {
        let (who, when) = ((&self.issuer_id, &self.client_id), (self.now, self.reference));
        went_back::refuse(tx, who, &self.presented, when).map(Rotation::Refused)
    }

    /// A55, RFC 6749 §6: the request may narrow and never widen. `offline_access` (H13) and a decayed scope are no widening.
    fn narrowed(&self, connection: &Connection) -> Result<Allowance, OAuthError> {
        let allowed = allowed(connection, self.ceilings, &self.lifetimes, self.now)?;
        let Some(wanted) = self.narrowed_to else { return Ok(allowed) };
        let wanted = wanted.with(Scope::OfflineAccess);
        if !connection.scope.with(Scope::OfflineAccess).is_superset(wanted) {
            return Err(OAuthError::new(
                ErrorCode::InvalidScope,
                "A refresh cannot widen the scope. Ask the shopper at the authorization endpoint.",
                Check::ScopeWithinConnection.found(connection.scope.to_string(), wanted.to_string()),
            ));
        }
        let narrowed = Connection { scope: connection.scope.intersection(wanted), ..connection.clone() };
        super::allowed(&narrowed, self.ceilings, &self.lifetimes, self.now)
    }
}
