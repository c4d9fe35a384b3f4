//! Token revocation (RFC 7009). A refresh token, of whatever generation, ends its connection and kills its access tokens at
//! once; an access token dies alone.

use mcp_resource::wire::feed::Event;

use super::error::Failure;
use super::parameters::Parameters;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::client::AuthenticatedClient;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::keys::{IssuerContext, PresentedToken, TokenKind, verify};
use crate::storage::{Database, StorageResult, Tx, audit, connections, revoked_tokens};
use crate::telemetry::ReferenceId;

pub struct Revoking<'a> {
    pub context: &'a IssuerContext,
    pub client: &'a AuthenticatedClient,
    pub parameters: &'a Parameters,
    pub now: Timestamp,
    pub reference: ReferenceId,
}

/// RFC 7009 §2.1, §2.2: succeeds for every token, also one that is unknown, dead or another client's, which is left alone.
pub async fn revoke(db: &Database, request: &Revoking<'_>) -> Result<(), Failure> {
    let token = request.parameters.required("token", "The token is missing.")?;
    let (issuer_id, client_id) = (request.context.issuer.id.clone(), request.client.id().clone());
    let at = (request.now, request.reference);
    if let Some(presented) = request.context.keys.decode(TokenKind::Refresh, token) {
        let ending = Ending { issuer_id, client_id, presented, at };
        end_connection(db, ending).await?;
    } else if let Some(claims) = verify(token, request.context.url(), &request.context.keyring, request.now)
        && claims.client_id == client_id.as_str()
    {
        let subject = AuditSubject {
            client_id: Some(claims.client_id),
            grant_id: Some(claims.grant_id),
            connection_id: Some(claims.connection_id),
            jti: Some(claims.jti.clone()),
            pseudonym: None,
        };
        let expires_at = Timestamp::from_secs(claims.exp);
        db.write(move |tx| {
            // Once: a token that is revoked again and again must not fill the trail and the feed.
            if !revoked_tokens::insert(tx, &issuer_id, &claims.jti, expires_at)? {
                return Ok(());
            }
            tx.publish(issuer_id.as_str(), at.0, Event::TokenRevoked { jti: claims.jti.clone() });
            audit::record(tx, &issuer_id, &AuditEntry::new(AuditKind::AccessTokenRevoked, at.0, at.1, subject));
            StorageResult::Ok(())
        })
        .await?;
    }
    Ok(())
}

struct Ending {
    issuer_id: IssuerId,
    client_id: ClientId,
    presented: PresentedToken,
    at: (Timestamp, ReferenceId),
}

/// RFC 7009 §2.1: only for the client that the token was issued to.
async fn end_connection(db: &Database, ending: Ending) -> StorageResult<()> {
    db.write_one(
        move |tx| {
            let owner = (&ending.presented.seed_hash(), &ending.client_id);
            let id = ending.presented.connection_id;
            let ended = connections::end_by_client(tx, &ending.issuer_id, id, owner, ending.at.0)?;
            Ok((ending, ended))
        },
        |(ending, ended), tx| {
            if let Some((grant_id, pseudonym)) = ended {
                record_end(tx, &ending, grant_id, pseudonym);
            }
        },
    )
    .await
}

fn record_end(tx: &mut Tx<'_>, ending: &Ending, grant_id: String, pseudonym: String) {
    let (now, reference) = ending.at;
    let connection_id = ending.presented.connection_id.to_string();
    tx.publish(ending.issuer_id.as_str(), now, Event::ConnectionEnded { connection_id: connection_id.clone() });
    let subject = AuditSubject {
        client_id: Some(ending.client_id.to_string()),
        grant_id: Some(grant_id),
        connection_id: Some(connection_id),
        jti: None,
        pseudonym: Some(pseudonym),
    };
    audit::record(tx, &ending.issuer_id, &AuditEntry::new(AuditKind::ConnectionEnded, now, reference, subject));
}
