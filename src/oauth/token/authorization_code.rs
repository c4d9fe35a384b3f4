//! The authorization code grant (RFC 6749 §4.1.3, OAuth 2.1 §4.1.3). A code is generation 0 of its connection: redeeming it
//! moves the row to generation 1, once.

use mcp_resource::wire::feed::Event;

use super::{
    Request, Response, allowed, canonical_resource, invalid_grant, not_live, other_resource, record, respond, went_back,
};
use crate::domain::audit::AuditKind;
use crate::domain::connection::{Connection, EndReason};
use crate::domain::evidence::{Check, Shown};
use crate::domain::pkce::CodeChallenge;
use crate::domain::token::Lifetimes;
use crate::domain::{ClientId, IssuerId, Timestamp};
use crate::keys::{PresentedToken, TokenKind};
use crate::oauth::error::{Failure, OAuthError};
use crate::storage::connections::CodePresented;
use crate::storage::{Database, StorageResult, Tx, connections};
use crate::telemetry::ReferenceId;

/// A refusal that may change state is a value: an `Err` would roll back the end of the connection (design §3, rule 4).
enum Redemption {
    Redeemed(Box<Connection>),
    Refused(OAuthError),
}

pub(super) async fn redeem(db: &Database, lifetimes: Lifetimes, request: &Request<'_>) -> Result<Response, Failure> {
    let code = request.parameters.required("code", "The code is missing.")?;
    let verifier = if request.client.client().may_omit_pkce() {
        request.parameters.single("code_verifier")?.map(str::to_owned)
    } else {
        Some(request.parameters.required("code_verifier", "The code_verifier is missing.")?.to_owned())
    };
    let redirect_uri = match verifier {
        Some(_) => request.parameters.single("redirect_uri")?,
        // RFC 6749 §4.1.3: without PKCE it is what ties the code to its request.
        None => Some(request.parameters.required("redirect_uri", "The redirect_uri is missing.")?),
    };
    let redirect_uri = redirect_uri.map(str::to_owned);
    let resource = canonical_resource(request)?;
    // Decision 1: the MAC is checked before the database is touched, and a refresh token is no code.
    let presented = request.context.keys.decode(TokenKind::Code, code).filter(|code| code.generation == 0);
    let presented = presented.ok_or_else(|| {
        let evidence = Check::CodeKnown.found("a code that this issuer minted", Shown::hidden(code));
        invalid_grant(evidence, "the code is not ours")
    })?;

    let attempt = Attempt {
        issuer_id: request.context.issuer.id.clone(),
        client_id: request.client.id().clone(),
        verifier,
        redirect_uri,
        resource,
        by_key: request.client.is_proved_by_key(),
        network: request.network.clone(),
        now: request.now,
        reference: request.reference,
        presented: presented.clone(),
    };
    let outcome = db.write(move |tx| attempt.run(tx)).await.map_err(Failure::Storage)?;
    match outcome {
        Redemption::Redeemed(connection) => {
            let allowed = allowed(&connection, request.ceilings(), &lifetimes, request.now)?;
            respond(request, &connection, presented.seed, allowed)
        }
        Redemption::Refused(error) => Err(error.into()),
    }
}

struct Attempt {
    issuer_id: IssuerId,
    client_id: ClientId,
    /// Only a client that may leave PKCE out comes without.
    verifier: Option<String>,
    redirect_uri: Option<String>,
    resource: Option<String>,
    by_key: bool,
    network: crate::domain::network::Network,
    now: Timestamp,
    reference: ReferenceId,
    presented: PresentedToken,
}

impl Attempt {
    fn run(self, tx: &mut Tx<'_>) -> StorageResult<Redemption> {
        let seed_hash = self.presented.seed_hash();
        // RFC 7636 §4.6: the verifier must hash to the challenge on the row; a verifier that is not well-formed hashes to none.
        // RFC 9700 §4.8.2: where there was no challenge no verifier is right, and where there was one none is not.
        let challenge = self.verifier.as_deref().map_or(Some(CodeChallenge::none()), CodeChallenge::of_verifier);
        let Some(challenge) = challenge else {
            let evidence = Check::PkceVerifier.found("43 to 128 letters, digits and -._~", self.shown_verifier());
            return Ok(Redemption::Refused(invalid_grant(evidence, "the code_verifier is not well-formed")));
        };
        let code = CodePresented {
            id: self.presented.connection_id,
            seed_hash,
            client_id: &self.client_id,
            challenge: &challenge,
            redirect_uri: self.redirect_uri.as_deref(),
            resource: self.resource.as_deref(),
            by_key: self.by_key,
            network: &self.network,
        };
        if let Some(connection) = connections::redeem(tx, &self.issuer_id, &code, self.now)? {
            record(tx, &connection, AuditKind::CodeRedeemed, (self.now, self.reference));
            return Ok(Redemption::Redeemed(Box::new(connection)));
        }
        let found = connections::find_with_seed(tx, &self.issuer_id, code.id, &seed_hash)?;
        self.explain(tx, found, &challenge).map(Redemption::Refused)
    }

    /// Why nothing was redeemed. Only a replay by the code's own client, with the right verifier, ends the connection: a leaked
    /// code cannot be used to end somebody's connection (decision 1).
    fn explain(
        &self,
        tx: &mut Tx<'_>,
        found: Option<Connection>,
        challenge: &CodeChallenge,
    ) -> StorageResult<OAuthError> {
        let Some(connection) = found else {
            return self.without_connection(tx);
        };
        if connection.client_id != self.client_id {
            let evidence = Check::CodeClient.found(connection.client_id.as_str(), self.client_id.as_str());
            return Ok(invalid_grant(evidence, "the code belongs to another client"));
        }
        if connection.code_challenge != *challenge {
            let presented = format!("{}, which does not hash to it", self.shown_verifier());
            let evidence = Check::PkceVerifier.found("the verifier of the code_challenge", presented);
            return Ok(invalid_grant(evidence, "the code_verifier is wrong"));
        }
        if connection.generation == 0 {
            return Ok(self.misfit(&connection));
        }
        // A5, RFC 6749 §4.1.2: a second redemption ends what came of the first.
        if connections::end(tx, connection.id, EndReason::CodeReused, self.now)? {
            record(tx, &connection, AuditKind::ConnectionEnded, (self.now, self.reference));
            let connection_id = connection.id.to_string();
            tx.publish(connection.issuer_id.as_str(), self.now, Event::ConnectionEnded { connection_id });
        }
        let presented = format!("redeemed before; the connection is at generation {}", connection.generation);
        let evidence = Check::CodeUnused.found("a code that is used once", presented);
        Ok(invalid_grant(evidence, format!("the code of connection {} was redeemed before", connection.id)))
    }

    /// A code goes out with its row. Past its minute it means nothing, whatever became of the row.
    fn without_connection(&self, tx: &mut Tx<'_>) -> StorageResult<OAuthError> {
        if self.presented.expires_at <= self.now {
            let expected = format!("before {}", Shown::from(self.presented.expires_at));
            let evidence = Check::CodeExpired.found(expected, self.now);
            return Ok(invalid_grant(evidence, "the code has expired, and no connection has it"));
        }
        went_back::refuse(tx, (&self.issuer_id, &self.client_id), &self.presented, (self.now, self.reference))
    }

    fn shown_verifier(&self) -> Shown {
        self.verifier.as_deref().map_or(Shown::NOTHING, Shown::hidden)
    }

    /// What of an unused code does not fit.
    fn misfit(&self, connection: &Connection) -> OAuthError {
        // RFC 8707 §2.2: another target than at the authorization endpoint.
        if self.resource.as_ref().is_some_and(|resource| *resource != connection.resource) {
            return other_resource(connection, self.resource.as_deref(), "The code is for another resource.");
        }
        if self.redirect_uri.as_ref().is_some_and(|uri| *uri != connection.redirect_uri) {
            let evidence = Check::CodeRedirectUri.found(connection.redirect_uri.as_str(), self.redirect_uri.as_deref());
            return invalid_grant(evidence, "the redirect_uri is not that of the authorization request");
        }
        if connection.code_expires_at <= self.now {
            let expected = format!("before {}", Shown::from(connection.code_expires_at));
            return invalid_grant(Check::CodeExpired.found(expected, self.now), "the code has expired");
        }
        invalid_grant(not_live(connection), "the connection is over, or agents are switched off")
    }
}
