//! A shopper's decision on an authorization request: it makes, or widens, a grant and inserts the connection whose code is
//! generation 0 (decision 1). A request is approved at most once; the same answer again gets the same redirect (decision 2).

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::approval_rules;
use super::asked::{Change, held, unrestricted};
use super::narrowing::keep;
use super::trail::{self, Occasion};
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::authentication::Authentication;
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::client::{Client, ClientOrigin};
use crate::domain::connection::{Connection, GraceWindow};
use crate::domain::consent::ConsentQuestion;
use crate::domain::elevation::Elevation;
use crate::domain::grant::Grant;
use crate::domain::network::Network;
use crate::domain::restriction::Effect;
use crate::domain::session::TokenHash;
use crate::domain::shopper::Shopper;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::stay::Stay;
use crate::domain::token::Lifetimes;
use crate::domain::wording::{Stands, Wordings};
use crate::domain::{ConnectionId, GrantId, IssuerId, Scope, ScopeSet, ShopperId, Timestamp};
use crate::keys::{IssuerContext, PresentedToken, TokenKind};
use crate::storage::connections::Approval;
use crate::storage::consent_receipts::Shown;
use crate::storage::grants::Terms;
use crate::storage::{
    Database, StorageError, StorageResult, Tx, audit, clients, connections, consent_receipts, grants, narrowing,
    restrictions, shopper_sessions, shoppers,
};
use crate::telemetry::ReferenceId;
use mcp_resource::wire::feed::Target;

/// Allow, with everything that follows from it.
pub struct Allowing {
    pub issuer_id: IssuerId,
    pub request: AuthorizationRequest,
    /// The client as the page showed it.
    pub client: Client,
    pub shopper: Shopper,
    /// The session in which they answer.
    pub session_hash: TokenHash,
    /// How and when that shopper has signed in.
    pub authentication: Authentication,
    /// As the page asked it.
    pub question: ConsentQuestion,
    /// Why it is asked from the beginning, if it is.
    pub change: Option<Change>,
    pub given: ScopeSet,
    pub ceiling: Ceiling,
    pub elevation: Elevation,
    pub stay: Stay,
    /// For [`Stay::Kept`].
    pub kept_until: Option<Timestamp>,
    /// The store's, an IANA name.
    pub time_zone: String,
    /// Whether the client asked for refresh tokens, by metadata or by scope (A52, A53).
    pub refreshable: bool,
    /// The question is what would be asked now. Else only what was answered before is answered again.
    pub is_current: bool,
    pub text_version: String,
    /// The BCP 47 tag of the page's language.
    pub locale: String,
    /// In which words what is given was asked for.
    pub wordings: Wordings,
    pub stands: Stands,
    pub network: Network,
    pub lifetimes: Lifetimes,
    pub now: Timestamp,
    pub reference: ReferenceId,
}

/// What the answer says about spending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceiling {
    /// Nothing was asked: the lower of what stands and what the agent asks to be held to.
    Kept,
    /// As the shopper filled in the fields, within what the agent asks to be held to.
    Set(Option<SpendingLimit>),
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The code goes to the client.
    Approved { code: String },
    /// The request was answered before, differently or too long ago.
    AlreadyAnswered,
    /// Something else has changed what is held since the question was shown.
    Stale,
    /// The store has switched agents off.
    SwitchedOff,
}

enum Approved {
    Connection(Box<Connection>),
    AlreadyAnswered,
    Stale,
    SwitchedOff,
}

/// Records the consent and makes the code.
pub async fn allow(db: &Database, context: &IssuerContext, allowing: Allowing) -> Result<Outcome, StorageError> {
    let seed = allowing.request.seed;
    match db.write(move |tx| allowing.run(tx)).await? {
        Approved::Connection(connection) => {
            let token = PresentedToken {
                connection_id: connection.id,
                generation: 0,
                seed,
                expires_at: connection.code_expires_at,
            };
            let code = context.keys.encode(TokenKind::Code, &token);
            let code = code.ok_or_else(|| StorageError::Unavailable("the current code key is missing".to_owned()))?;
            Ok(Outcome::Approved { code })
        }
        Approved::AlreadyAnswered => Ok(Outcome::AlreadyAnswered),
        Approved::Stale => Ok(Outcome::Stale),
        Approved::SwitchedOff => Ok(Outcome::SwitchedOff),
    }
}

/// What of a live grant counts as the answer comes.
struct Standing {
    change: Option<Change>,
    held: ScopeSet,
    /// What goes on beside the answer.
    stays: ScopeSet,
    /// Whether earlier connections may be refreshed still.
    may_stay: bool,
}

impl Allowing {
    fn run(self, tx: &mut Tx<'_>) -> StorageResult<Approved> {
        // An account that is being deleted, or a session that is being ended, is waited for: then nobody is left who could agree.
        if !shopper_sessions::stands(tx, &self.shopper.id, &self.session_hash, self.now)? {
            return Ok(Approved::Stale);
        }
        if let Some(earlier) = self.earlier(tx)? {
            return Ok(earlier);
        }
        if !self.is_current {
            return Ok(Approved::Stale);
        }
        // S1-23: switched off, nothing new is granted.
        if restrictions::is_set(tx, &self.issuer_id, Effect::Off, &Target::Issuer)? {
            return Ok(Approved::SwitchedOff);
        }
        let Some(grant) = self.grant(tx)? else { return Ok(Approved::Stale) };
        let pseudonym = shoppers::pseudonym_of(tx, &self.shopper.id)?.unwrap_or_default();
        let connection = self.connection(&grant, pseudonym);
        let approval = Approval {
            request_id: &self.request.id,
            seed_hash: Sha256::digest(self.request.seed).into(),
            decision_digest: self.digest(),
        };
        let inserted = tx.attempt_insert(|tx| connections::insert(tx, &connection, &approval))?;
        if !inserted {
            // Another post of the same form was faster.
            return Ok(self.earlier(tx)?.unwrap_or(Approved::AlreadyAnswered));
        }
        if self.client.origin == ClientOrigin::Described {
            clients::keep_described(tx, &self.issuer_id, &self.client, &self.network)?;
        } else if clients::keep(tx, &self.issuer_id, &self.request.client_id)? {
            self.record_client(tx);
        }
        let shown =
            Shown { text_version: &self.text_version, locale: &self.locale, is_bundled: self.question.is_bundled };
        consent_receipts::insert(tx, &connection, &shown)?;
        self.record(tx, &connection);
        Ok(Approved::Connection(Box::new(connection)))
    }

    /// What a second post gets: the same code while it can still be redeemed and the decision was the same, else nothing.
    fn earlier(&self, tx: &mut Tx<'_>) -> StorageResult<Option<Approved>> {
        let found = connections::find_by_request(tx, &self.issuer_id, &self.request.id)?;
        Ok(found.map(|(connection, digest)| {
            let is_same = digest == self.digest() && connection.shopper_id == self.shopper.id;
            let is_open =
                connection.generation == 0 && connection.ended.is_none() && connection.code_expires_at > self.now;
            if is_same && is_open { Approved::Connection(Box::new(connection)) } else { Approved::AlreadyAnswered }
        }))
    }

    /// The live grant of the three, made or widened; none where it no longer holds what the page said is kept.
    fn grant(&self, tx: &mut Tx<'_>) -> StorageResult<Option<Grant>> {
        // Another consent for the same three may come between: then it is looked at afresh.
        for _ in 0..3 {
            let (shopper, client) = (&self.shopper.id, &self.request.client_id);
            if let Some(grant) = grants::hold_live(tx, shopper, client, &self.request.resource)? {
                return self.widen(tx, grant);
            }
            if self.change.is_some() || !self.is_kept_by(ScopeSet::EMPTY) {
                return Ok(None);
            }
            let grant = Grant {
                id: GrantId::new(Uuid::now_v7().to_string()),
                issuer_id: self.issuer_id.clone(),
                shopper_id: self.shopper.id.clone(),
                client_id: self.request.client_id.clone(),
                resource: self.request.resource.clone(),
                scope: self.given.without(Scope::OfflineAccess),
                client_digest: self.client.consent_digest(),
                wordings: self.wordings.clone(),
                limit: self.limit(None),
                created_at: self.now,
                ended_at: None,
            };
            if tx.attempt_insert(|tx| grants::insert(tx, &grant))? {
                return Ok(Some(grant));
            }
        }
        Err(StorageError::Unavailable("the grant changed too often".to_owned()))
    }

    /// Its row is held: nobody ends or changes it meanwhile.
    fn widen(&self, tx: &mut Tx<'_>, grant: Grant) -> StorageResult<Option<Grant>> {
        let (client_digest, limit_before) = (self.client.consent_digest(), grant.limit);
        let Standing { change, held, stays, may_stay } = self.standing(tx, &grant)?;
        // Taken back since the page was put together; or what would end, or go on, is not what the page said.
        if change != self.change || !self.is_kept_by(stays) {
            return Ok(None);
        }
        let scope = stays.union(self.given).without(Scope::OfflineAccess);
        let terms = Terms { scope, limit: self.limit(grant.limit), client_digest };
        grants::set_terms(tx, &grant.id, &terms)?;
        let staying = if may_stay { ScopeSet::of(&[Scope::OfflineAccess]) } else { ScopeSet::EMPTY };
        let wordings = grant.wordings.clone().after_consent(stays.union(staying), &self.wordings);
        grants::set_wordings(tx, &grant.id, &wordings)?;
        // Whoever asks, the page says that every payment is approved by hand: from now on it is so, whatever was said of what the
        // agent was before, or of another installation of it.
        let occasion = Occasion { now: self.now, reference_id: self.reference, network: self.network.clone() };
        approval_rules::remove_of(tx, &self.shopper, &grant, &occasion)?;
        // A ceiling is the grant's: what its other agents' tokens say of it changes with it.
        if terms.limit != grant.limit {
            narrowing::set_limit(tx, &grant.id, terms.limit)?;
        }
        let grant = Grant { scope, limit: terms.limit, client_digest, wordings, ..grant };
        // Nor do its earlier connections keep what was not given again.
        let has_shrunk = stays != held && keep(tx, &grant.id, scope.union(staying))?;
        let until = self.now.plus(self.lifetimes.access);
        let ended_to_stay = if may_stay { 0 } else { narrowing::end_stays(tx, &grant.id, until)? };
        if has_shrunk || ended_to_stay > 0 {
            trail::record_grant(tx, AuditKind::GrantNarrowed, &self.shopper, &grant, &occasion)?;
        }
        // A token that says more than the new one is asked about; one that says less may go on.
        if has_shrunk || !SpendingLimit::allows_all_of(terms.limit, limit_before) {
            let target = Target::Grant(grant.id.to_string());
            restrictions::narrow(tx, &self.issuer_id, target, self.now, "shopper")?;
        }
        Ok(Some(grant))
    }

    /// What the answer adds to.
    fn standing(&self, tx: &mut Tx<'_>, grant: &Grant) -> StorageResult<Standing> {
        let asked = self.question.requested();
        let live = unrestricted(tx, &self.issuer_id, grant)?;
        let held = held(grant, &live, self.now);
        if live.is_empty() {
            // What it held before everything of it was revoked does not count: the question was about all of it.
            return Ok(Standing { change: None, held, stays: ScopeSet::EMPTY, may_stay: true });
        }
        let change = Change::since((grant, held), &self.client, (asked, self.stands));
        let (stays, may_stay) = match change {
            None => (held, true),
            // D18: what was given to another description was a question again. Only the answer counts, to staying as well (A53).
            Some(Change::Client) => (ScopeSet::EMPTY, self.refreshable),
            // So was what was given in other words, as far as it was asked for.
            Some(Change::Wording) => {
                (held.difference(asked), !asked.difference(self.given).contains(Scope::OfflineAccess))
            }
        };
        Ok(Standing { change, held, stays, may_stay })
    }

    fn is_kept_by(&self, held: ScopeSet) -> bool {
        held.is_superset(self.question.kept)
    }

    /// The ceiling from now on, where `held` was the one before.
    fn limit(&self, held: Option<SpendingLimit>) -> Option<SpendingLimit> {
        // Who gives no checkout has not been held to what was asked for it.
        let checkout = self.request.checkout.filter(|_| self.given.contains(Scope::CheckoutInitiate));
        let asked = checkout.map(|checkout| checkout.limit);
        match self.ceiling {
            Ceiling::Kept => SpendingLimit::lower_of(held, asked),
            Ceiling::Set(chosen) => SpendingLimit::lower_of(chosen, asked),
        }
    }

    /// Decision 3: checkout lasts for the elevation window, from consent.
    fn elevated_until(&self) -> Timestamp {
        if !self.given.contains(Scope::CheckoutInitiate) {
            return self.now;
        }
        let until = self.elevation.until(self.now, &self.time_zone, self.lifetimes.elevation);
        let asked = self.request.checkout.and_then(|checkout| checkout.expires_at);
        asked.map_or(until, |asked| until.min(asked))
    }

    fn connection(&self, grant: &Grant, pseudonym: String) -> Connection {
        let lifetimes = &self.lifetimes;
        let code_expires_at = self.now.plus(lifetimes.code);
        let expires_at = if self.refreshable {
            self.stay.until(self.now, lifetimes.connection, self.kept_until)
        } else {
            code_expires_at.plus(lifetimes.access)
        };
        Connection {
            id: ConnectionId(Uuid::now_v7()),
            issuer_id: self.issuer_id.clone(),
            grant_id: grant.id.clone(),
            client_id: self.request.client_id.clone(),
            shopper_id: self.shopper.id.clone(),
            subject: self.shopper.subject.clone(),
            pseudonym,
            resource: self.request.resource.clone(),
            scope: self.given,
            generation: 0,
            code_challenge: self.request.code_challenge.clone(),
            redirect_uri: self.request.redirect_uri.as_str().to_owned(),
            code_expires_at,
            refreshable: self.refreshable,
            proved_by_key: false,
            connected_at: self.now,
            authentication: self.authentication,
            elevated_until: self.elevated_until(),
            limit: grant.limit,
            expires_at,
            last_used_at: self.now,
            idle_limit: lifetimes.idle,
            last_network: self.network.as_str().to_owned(),
            window: GraceWindow::NEVER,
            earlier_window: GraceWindow::NEVER,
            grace_replays: 0,
            window_replays: 0,
            ended: None,
        }
    }

    /// That an agent registered is in the trail from its first grant on: what strangers do alone must not fill it (decision 2).
    fn record_client(&self, tx: &mut Tx<'_>) {
        let subject = AuditSubject::of_client(&self.client.id);
        let entry = AuditEntry::new(AuditKind::ClientRegistered, self.now, self.reference, subject);
        audit::record(tx, &self.issuer_id, &entry);
    }

    fn record(&self, tx: &mut Tx<'_>, connection: &Connection) {
        // A47, C-4: what widens a grant is told apart.
        let kind = if self.question.is_step_up { AuditKind::Elevated } else { AuditKind::ConsentGiven };
        let entry = AuditEntry {
            actor: Some("shopper".to_owned()),
            scope: Some(self.given),
            network: Some(self.network.clone()),
            risk: if self.given.contains(Scope::CheckoutInitiate) { 2 } else { 1 },
            ..AuditEntry::new(kind, self.now, self.reference, AuditSubject::of_connection(connection))
        };
        audit::record(tx, &self.issuer_id, &entry);
    }

    fn digest(&self) -> [u8; 32] {
        let ceiling = match self.ceiling {
            Ceiling::Kept => "as it was".to_owned(),
            Ceiling::Set(None) => "none".to_owned(),
            Ceiling::Set(Some(limit)) => limit.to_string(),
        };
        let (elevation, stay) = (self.elevation.as_str(), self.stay.as_str());
        let form = if self.question.is_bundled { "bundled" } else { "by choice" };
        Sha256::digest(format!("allow {}; limit {ceiling}; for {elevation}; stay {stay}; {form}", self.given)).into()
    }
}

/// Records that the shopper said no. Nothing else is kept of it.
pub fn deny(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    request: &AuthorizationRequest,
    shopper_id: &ShopperId,
    (now, reference, network): (Timestamp, ReferenceId, Network),
) -> Result<(), StorageError> {
    let pseudonym = shoppers::pseudonym_of(tx, shopper_id)?;
    let subject = AuditSubject { pseudonym, ..AuditSubject::of_client(&request.client_id) };
    let entry = AuditEntry {
        outcome: "access_denied".to_owned(),
        actor: Some("shopper".to_owned()),
        scope: Some(request.scope),
        network: Some(network),
        ..AuditEntry::new(AuditKind::ConsentDenied, now, reference, subject)
    };
    audit::record(tx, issuer_id, &entry);
    Ok(())
}

#[cfg(test)]
mod tests;
