//! Answering the consent page: what it shows, what its form proves, and where the answer leads (decision 2).

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::super::error::Problem;
use super::super::refuse::{because, fault, form_expired, refuse, see_other};
use super::super::{Layout, form, layout, page, viewer, wording};
use super::consent::{Asker, Consent, Details, Question, Spending};
use super::consent_bundle::Bundle;
use super::consent_proof::{Asking, door, proving};
use super::consent_spending::Terms;
use super::consent_stay::Stays;
use super::consent_tried::Tried;
pub(super) use super::destination::Destination;
use super::message::{Message, MessagePage};
use crate::accounts::asked::{Asked, find_asked};
use crate::accounts::consent::{Allowing, Outcome, allow, deny};
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::client::Client;
use crate::domain::consent::ConsentQuestion;
use crate::domain::evidence::{Check, Shown as ShownValue};
use crate::domain::token::Lifetimes;
use crate::domain::{Scope, ScopeSet};
use crate::keys::{IssuerContext, Sealed};
use crate::locale::Foreign;
use crate::oauth::authorization::{not_quarantined, unknown_client};
use crate::oauth::error::{ErrorCode, OAuthError};
use crate::oauth::parameters::Parameters;
use crate::storage::{DbConnection, StorageError, clients::Kept};
use crate::web::endpoints::authorize::{agents_off, back_to_client, refused_redirect, undescribed};
use crate::web::extract::{Fields, SentForm, SignedInShopper, Source, Visit};
use crate::web::middleware::root_span::{record_client, reference};
use crate::web::{language, state::AppState};

#[derive(Deserialize)]
pub struct Shown {
    request: String,
}

/// What one visit is about: its sealed request opened, its browser recognised, its shopper signed in.
struct Opened<'a> {
    http: &'a HttpRequest,
    context: &'a IssuerContext,
    state: &'a AppState,
    source: &'a Source,
    sealed: &'a str,
    request: AuthorizationRequest,
    viewer: &'a SignedInShopper,
}

pub async fn get(visit: Visit, shown: Query<Shown>) -> HttpResponse {
    let opened = match open(&visit, &shown.request) {
        Ok(opened) => opened,
        Err(answer) => return *answer,
    };
    match opened.ask().await {
        Ok((asked, question)) => match opened.asking().lacking_at_once(&question) {
            Some(demand) => see_other(opened.context, &proving(opened.sealed, demand)),
            None => opened.show(&asked, &question, &Tried::default()),
        },
        Err(answer) => answer,
    }
}

pub async fn post(visit: Visit, SentForm(form): SentForm<Fields>) -> HttpResponse {
    let sealed = form.all("request").next().unwrap_or_default().to_owned();
    let opened = match open(&visit, &sealed) {
        Ok(opened) => opened,
        Err(answer) => return *answer,
    };
    let (asked, question) = match opened.ask().await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    // Decision 2: a second post is about what was shown, though its own first answer has changed what is held since.
    let held = form.all("held").next().and_then(|held| held.parse().ok());
    let shown = ConsentQuestion::of(question.requested(), held).in_form(question.is_bundled);
    // What was said to be kept and is not any more, or the other way round, can leave the boxes as they were.
    let is_current = shown == question && held.is_some() == asked.held.is_some();
    let answered = Answered { question: &shown, is_current };
    let token = form.all("csrf").next().unwrap_or_default();
    if !form::matches(opened.context, token, &opened.token_parts(&shown).each_ref().map(Vec::as_slice)) {
        return form_expired(opened.http, opened.context);
    }
    match form.all("decision").next() {
        Some("deny") => opened.deny().await,
        Some("allow") => {
            let ticked = form.all("scope").filter_map(|scope| scope.parse::<Scope>().ok()).collect();
            opened.allow(&asked, answered, (ticked, &form)).await
        }
        _ => {
            let evidence = Check::FormFields.missing("allow or deny");
            refuse(opened.http, opened.context, Problem::BadRequest, StatusCode::BAD_REQUEST, evidence)
        }
    }
}

/// What was answered.
#[derive(Clone, Copy)]
struct Answered<'a> {
    question: &'a ConsentQuestion,
    /// It is what would be asked now. Else only an answer that was given before counts.
    is_current: bool,
}

/// The `Err` is the page or the redirect that answers instead.
fn open<'a>(visit: &'a Visit, sealed: &'a str) -> Result<Opened<'a>, Box<HttpResponse>> {
    let (http, context, state) = (&visit.request, &*visit.context, &**visit.state);
    let request: AuthorizationRequest =
        context.keys.unseal(Sealed::AuthorizationRequest, sealed).map_err(|_not_ours| {
            let evidence = Check::RequestSealed.found("a request that this issuer sealed", ShownValue::hidden(sealed));
            let reason = evidence.because("the authorization request is not ours");
            refuse(http, context, Problem::BadRequest, StatusCode::BAD_REQUEST, reason)
        })?;
    record_client(http, request.client_id.as_str());
    // Decision 2: only the browser that began may go on. Someone else's link ends here, whoever is signed in.
    if !bool::from(request.browser_hash.ct_eq(&visit.browser.hash)) {
        let evidence = Check::Browser.found("the browser that began the request", "another");
        let reason = evidence.because("the authorization request was begun in another browser");
        return Err(Box::new(refuse(http, context, Problem::OtherBrowser, StatusCode::FORBIDDEN, reason)));
    }
    if request.expires_at <= visit.now() {
        let expected = format!("before {}", ShownValue::from(request.expires_at));
        let page = message(http, context, Message::ConsentExpired, StatusCode::GONE);
        return Err(Box::new(because(page, Check::RequestExpired.found(expected, visit.now()))));
    }
    match &visit.shopper {
        Some(viewer) if request.demand.is_met_by(viewer.authentication()) => {
            Ok(Opened { http, context, state, source: &visit.source, sealed, request, viewer })
        }
        // OpenID Connect Core §3.1.2.1, RFC 9470 §5: who is signed in may have to sign in again, or otherwise.
        viewer => Err(Box::new(see_other(context, &door(sealed, &request, viewer.is_some())))),
    }
}

fn message(http: &HttpRequest, context: &IssuerContext, message: Message<'_>, status: StatusCode) -> HttpResponse {
    let reference = reference(http).to_string();
    page(status, &MessagePage { layout: layout(http, context), message, reference: Some(&reference) })
}

impl Opened<'_> {
    async fn ask(&self) -> Result<(Asked, ConsentQuestion), HttpResponse> {
        let (issuer_id, request) = (self.context.issuer.id.clone(), self.request.clone());
        let (shopper, now) = (self.viewer.shopper.clone(), self.state.clock.now());
        let find = move |connection: &mut DbConnection| find_asked(connection, &issuer_id, &request, (&shopper, now));
        let found = self.state.db.read(find).await;
        let mut found = found.map_err(|error: StorageError| fault(self.http, self.context, &error))?;
        if found.is_off {
            return Err(agents_off(self.http, self.context));
        }
        let client = self.client(found.kept.take()).await?;
        self.check_policy(&client).map_err(|answer| *answer)?;
        // S1-28: the request is minutes old, and the merchant may have decided since.
        let ceiling = self.context.policy.ceilings(&client, &self.context.store);
        let wanted = self.request.scope.intersection(ceiling.at(self.request.redirect_uri.as_str()));
        if wanted.without(Scope::OfflineAccess).is_empty() {
            let description = "None of these scopes can be granted to this client.";
            let evidence =
                Check::ScopeWithinClass.found("a scope that the agent's class has", self.request.scope.to_string());
            return Err(self.refused(&OAuthError::new(ErrorCode::InvalidScope, description, evidence)));
        }
        let asked = Asked::of(client, &found, (wanted, wording::stands));
        let question = ConsentQuestion::of(wanted, asked.held).in_form(asked.client.is_bundled());
        Ok((asked, question))
    }

    /// The client as the request was validated against it, and no other (D18).
    async fn client(&self, kept: Option<Kept>) -> Result<Client, HttpResponse> {
        let id = &self.request.client_id;
        let client = self.state.introduce(self.context, (id, kept), &self.source.network).await;
        let client = client.map_err(|error| undescribed(self.http, self.context, id, &error))?.ok_or_else(|| {
            let evidence = unknown_client(id.as_str());
            let reason = evidence.because("the client has gone since the authorization request");
            refuse(self.http, self.context, Problem::UnknownClient, StatusCode::BAD_REQUEST, reason)
        })?;
        if client.consent_digest() != self.request.client_digest {
            let evidence = Check::DocumentContent.found("the client as it was at the request", "another description");
            let answer = message(self.http, self.context, Message::AgentChanged, StatusCode::CONFLICT);
            return Err(because(answer, evidence.because("the client has changed since the authorization request")));
        }
        Ok(client)
    }

    /// The same answers as at the authorization endpoint.
    fn check_policy(&self, client: &Client) -> Result<(), Box<HttpResponse>> {
        if let Err(refused) = self.context.policy.admits_at(client, &self.request.redirect_uri) {
            let reason = refused.evidence().because(refused.to_string());
            return Err(Box::new(refuse(
                self.http,
                self.context,
                Problem::AgentBlocked,
                StatusCode::BAD_REQUEST,
                reason,
            )));
        }
        not_quarantined(client).map_err(|error| Box::new(self.refused(&error)))
    }

    fn refused(&self, error: &OAuthError) -> HttpResponse {
        let (to, state) = (&self.request.redirect_uri, self.request.state.as_deref());
        refused_redirect(self.http, self.context, to, state, error)
    }

    /// Decision 2: session, account, sealed request, text version, and what was shown, with how long checkouts can be begun.
    fn token_parts(&self, question: &ConsentQuestion) -> [Vec<u8>; 7] {
        let layout = layout(self.http, self.context);
        [
            b"consent".to_vec(),
            self.viewer.session_hash.to_vec(),
            self.viewer.shopper.id.as_str().as_bytes().to_vec(),
            self.sealed.as_bytes().to_vec(),
            layout.locale.consent_text_version().as_bytes().to_vec(),
            format!("{question:?}").into_bytes(),
            self.lifetimes().elevation.as_secs().to_be_bytes().to_vec(),
        ]
    }

    fn show(&self, asked: &Asked, question: &ConsentQuestion, tried: &Tried) -> HttpResponse {
        let returns_to = Destination::of(&self.request.redirect_uri);
        let described_by = asked.client.described_by();
        let (platforms, client) = (&self.state.platforms, &asked.client);
        let bundle = question.is_bundled.then(|| Bundle::of(question, platforms, returns_to.https_host()));
        // spec/platforms.md 3.2: a bundle links to the company, not to one of its products.
        let company = bundle.as_ref().and_then(|bundle| bundle.company.clone());
        let own = || platforms.name_at(client.id.as_str(), &client.metadata, returns_to.https_host());
        let name = company.or_else(own);
        let details = Details {
            client_id: self.request.client_id.as_str(),
            redirect_uri: self.request.redirect_uri.as_str(),
            resource: &self.request.resource,
            scope: &self.request.scope.to_string(),
        };
        let frame = layout(self.http, self.context);
        let csrf = form::token(self.context, &self.token_parts(question).each_ref().map(Vec::as_slice));
        let (trouble, status) = tried.trouble();
        let is_harder = |scope| self.asking().lacking(ScopeSet::of(&[scope])).is_some();
        let view = Consent {
            csrf,
            request: self.sealed,
            held: asked.held.map(|held| held.to_string()),
            asker: Asker {
                name: name.as_deref().map(Foreign),
                trust: asked.client.trust_at(&self.request.redirect_uri),
                described_by: described_by.as_deref(),
                change: asked.change,
                returns_to: returns_to.shown(),
            },
            question: Question::of(question, is_harder, tried.ticked),
            bundle,
            spending: self.spending(asked, question, tried),
            until: self.stays(asked, question).until(tried.stay, &frame),
            details,
            trouble,
            layout: Layout {
                viewer: Some(viewer(self.context, &self.viewer.shopper.email, &self.viewer.session_hash)),
                ..frame
            },
        };
        page(status, &view)
    }

    /// What goes with checkout, if that is a choice.
    fn spending(&self, asked: &Asked, question: &ConsentQuestion, tried: &Tried) -> Option<Spending> {
        let is_asked = question.asked().contains(Scope::CheckoutInitiate);
        is_asked.then(|| tried.spending.clone().unwrap_or_else(|| self.terms(asked).fields()))
    }

    fn terms(&self, asked: &Asked) -> Terms {
        Terms {
            currency: self.context.store.currency,
            asked: self.request.checkout.map(|checkout| checkout.limit),
            held: asked.limit,
            cap: self.lifetimes().elevation,
        }
    }

    /// The page as it is now, for an answer to what it said before.
    async fn show_anew(&self) -> HttpResponse {
        let (asked, question) = match self.ask().await {
            Ok(asked) => asked,
            Err(answer) => return answer,
        };
        let page = self.show(&asked, &question, &Tried { is_old: true, ..Tried::default() });
        because(page, Check::FormToken.found("the form as it is shown now", "one from before something changed"))
    }

    fn lifetimes(&self) -> Lifetimes {
        self.context.policy.lifetimes(self.state.lifetimes)
    }

    fn stays(&self, asked: &Asked, question: &ConsentQuestion) -> Stays {
        Stays::of(self.lifetimes(), self.state.clock.now(), &self.request, (asked, question.is_step_up))
    }

    fn asking(&self) -> Asking<'_> {
        let (policy, is_loopback) = (&self.context.policy, self.context.issuer.url.is_loopback());
        Asking { policy, is_loopback, proof: self.viewer.authentication(), now: self.state.clock.now() }
    }

    async fn deny(&self) -> HttpResponse {
        let (issuer_id, request, now) = (self.context.issuer.id.clone(), self.request.clone(), self.state.clock.now());
        let (shopper_id, reference) = (self.viewer.shopper.id.clone(), reference(self.http));
        let network = self.source.network.clone();
        let denied =
            self.state.db.write(move |tx| deny(tx, &issuer_id, &request, &shopper_id, (now, reference, network)));
        if let Err(error) = denied.await {
            return fault(self.http, self.context, &error);
        }
        let evidence = Check::ShopperConsent.found("yes", "no");
        let error = OAuthError::new(ErrorCode::AccessDenied, "The shopper said no.", evidence);
        let (to, state) = (&self.request.redirect_uri, self.request.state.as_deref());
        refused_redirect(self.http, self.context, to, state, &error)
    }

    async fn allow(
        &self,
        asked: &Asked,
        Answered { question, is_current }: Answered<'_>,
        (ticked, form): (ScopeSet, &Parameters),
    ) -> HttpResponse {
        let stays = self.stays(asked, question);
        let stay = stays.read(form);
        let again = |spending| Tried { ticked: Some(ticked), spending, stay: Some(stay), is_old: false };
        let given = question.given(ticked).ok_or(None);
        let answer =
            given.and_then(|given| self.terms(asked).read(form, given).map(|chosen| (given, chosen)).map_err(Some));
        let (given, chosen) = match answer {
            Ok(answer) => answer,
            Err(_) if !is_current => return self.show_anew().await,
            Err(spending) => return self.show(asked, question, &again(spending.map(|spending| *spending))),
        };
        if let Some(demand) = self.asking().lacking(given) {
            return see_other(self.context, &proving(self.sealed, demand));
        }
        let locale = language::of(self.http, self.context);
        let allowing = Allowing {
            issuer_id: self.context.issuer.id.clone(),
            request: self.request.clone(),
            client: asked.client.clone(),
            shopper: self.viewer.shopper.clone(),
            session_hash: self.viewer.session_hash,
            authentication: self.viewer.authentication(),
            question: question.clone(),
            change: asked.change,
            given,
            ceiling: chosen.ceiling,
            elevation: chosen.elevation,
            stay,
            kept_until: stays.kept,
            time_zone: self.context.store.time_zone.clone(),
            // Where "stay connected" is a box, the box decides; where the request does not name it, the client's grant types.
            refreshable: if self.request.scope.contains(Scope::OfflineAccess) {
                given.contains(Scope::OfflineAccess)
            } else {
                asked.client.wants_refresh_tokens()
            },
            is_current,
            text_version: locale.consent_text_version().to_owned(),
            locale: locale.tag().to_owned(),
            wordings: wording::of(locale, question, given),
            stands: wording::stands,
            network: self.source.network.clone(),
            lifetimes: self.lifetimes(),
            now: self.state.clock.now(),
            reference: reference(self.http),
        };
        match allow(&self.state.db, self.context, allowing).await {
            Ok(Outcome::Approved { code }) => {
                self.state.clients.forget(&self.context.issuer.id, &self.request.client_id);
                let mut parameters = vec![("code", code.as_str())];
                back_to_client(self.context, &self.request.redirect_uri, self.request.state.as_deref(), &mut parameters)
            }
            Ok(Outcome::AlreadyAnswered) => {
                let page = message(self.http, self.context, Message::ConsentAnswered, StatusCode::CONFLICT);
                because(page, Check::RequestUnanswered.found("a request without an answer", "answered before"))
            }
            Ok(Outcome::Stale) => self.show_anew().await,
            Ok(Outcome::SwitchedOff) => agents_off(self.http, self.context),
            Err(error) => fault(self.http, self.context, &error),
        }
    }
}
