//! To another provider and back (`accounts::upstream`): the button of the sign-in page sends the browser there, and what it
//! comes back with signs it in, or links the provider to the account that is signed in. Whatever goes wrong is a page that
//! leads back.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::super::error::Problem;
use super::super::{form, layout, page, refuse};
use super::code;
use super::onward::{self, Carried, Onward};
use super::sign_in::{new_session, signed_in};
use super::told;
use super::upstream_message::{Proving, Trouble, UpstreamMessage};
use crate::accounts::sessions::SessionSecret;
use crate::accounts::throttle::Place;
use crate::accounts::upstream::sign_in::{Landed, land};
use crate::accounts::upstream::{Beginning, NotGood, Provider, Purpose, Unproved, UpstreamError, UpstreamState};
use crate::domain::evidence::{Check, Evidence};
use crate::domain::identity::UpstreamIdentity;
use crate::domain::session::SignInMethod;
use crate::keys::Sealed;
use crate::outbound::FetchError;
use crate::storage::{StorageError, Tx};
use crate::web::extract::{SentForm, Visit};
use crate::web::middleware::root_span::{Reason, reference};

pub(super) const FORM: &str = "sign-in-with";
/// For everything that is asked of a provider at once: less than a request may take altogether.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(8);

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    provider: String,
    #[serde(flatten)]
    carried: Carried,
}

/// RFC 6749 §4.1.2 and §4.1.2.1, RFC 9207 §2.
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// `POST /sign-in/with`.
pub async fn begin(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let request = posted.carried.request.as_deref();
    // Login CSRF: nobody is sent into a sign-in by another site.
    if !form::browser_token_matches(&visit.context, &posted.csrf, FORM, &visit.browser.hash, request) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let purpose = if visit.shopper.is_some() { Purpose::Again } else { Purpose::SignIn };
    let onward = Onward::of(&visit.context, posted.carried);
    go(&visit, &posted.provider, (&onward, purpose)).await
}

/// Sends the browser to the provider.
pub(super) async fn go(visit: &Visit, id: &str, (onward, purpose): (&Onward, Purpose)) -> HttpResponse {
    let Some(provider) = visit.state.upstreams.find(&visit.context, id) else { return unknown(visit) };
    let place = match admit(visit) {
        Ok(place) => place,
        Err(answer) => return *answer,
    };
    let opened = onward.request().and_then(|text| visit.context.keys.unseal(Sealed::AuthorizationRequest, text).ok());
    let beginning = Beginning {
        browser_hash: visit.browser.hash,
        request: opened,
        to: onward.to.clone(),
        step: onward.step,
        must_be_fresh: onward.must_be_fresh(),
        purpose,
    };
    let told = Told { provider, onward, is_link: matches!(purpose, Purpose::Link { .. }) };
    let begun = tokio::time::timeout(PATIENCE, provider.begin(&visit.context, beginning, visit.now())).await;
    match begun.unwrap_or(Err(UpstreamError::Unreachable(FetchError::TimedOut))) {
        Ok(url) => {
            visit.state.throttle.leave(&place);
            let mut answer = HttpResponse::SeeOther();
            answer.insert_header((LOCATION, url.as_str())).insert_header((CACHE_CONTROL, "no-store"));
            visit.browser.keep(answer.finish())
        }
        Err(error) => told.failed(visit, &error),
    }
}

/// `GET /sign-in/return/{provider}`.
pub async fn back(visit: Visit, id: web::Path<String>, answer: Option<web::Query<Answer>>) -> HttpResponse {
    let Some(provider) = visit.state.upstreams.find(&visit.context, &id) else { return unknown(&visit) };
    let Some(web::Query(answer)) = answer else { return not_ours(&visit) };
    let text = answer.state.as_deref().unwrap_or_default();
    let state = match UpstreamState::open(&visit.context, text, (&id, &visit.browser.hash), visit.now()) {
        Ok(state) => state,
        Err(NotGood::NotOurs) => return not_ours(&visit),
        Err(NotGood::OtherBrowser) => {
            let evidence = Check::Browser.found("the browser that went to the provider", "another");
            return refuse::refuse(
                &visit.request,
                &visit.context,
                Problem::OtherBrowser,
                StatusCode::FORBIDDEN,
                evidence,
            );
        }
        Err(NotGood::Expired) => {
            let evidence = Check::UpstreamState.found("back within ten minutes", "later");
            let told = Told { provider, onward: &Onward::default(), is_link: false };
            return told.trouble(&visit, Trouble::Expired, StatusCode::GONE, evidence);
        }
    };
    let request =
        match state.request.as_ref().map(|request| visit.context.keys.seal(Sealed::AuthorizationRequest, request)) {
            Some(Err(error)) => return refuse::unavailable(&visit.request, &visit.context, &error),
            sealed => sealed.and_then(Result::ok),
        };
    let carried = Carried { request, to: state.to.clone(), step: state.step.map(|step| step.as_str().to_owned()) };
    let onward = Onward::of(&visit.context, carried);
    let told = Told { provider, onward: &onward, is_link: matches!(state.purpose, Purpose::Link { .. }) };
    let place = match admit(&visit) {
        Ok(place) => place,
        Err(answer) => return *answer,
    };
    let landing = land_in_time(&visit, &told, &state, answer);
    let landed = tokio::time::timeout(PATIENCE, landing).await;
    let answer =
        landed.unwrap_or_else(|_too_long| told.failed(&visit, &UpstreamError::Unreachable(FetchError::TimedOut)));
    // Who is on the way again has cost nobody anything in vain.
    if answer.status() == StatusCode::SEE_OTHER {
        visit.state.throttle.leave(&place);
    }
    answer
}

async fn land_in_time(visit: &Visit, told: &Told<'_>, state: &UpstreamState, answer: Answer) -> HttpResponse {
    // RFC 9207 §2.4: before the rest of the answer is looked at.
    if let Err(error) = told.provider.check_iss(answer.iss.as_deref(), visit.now()).await {
        return told.failed(visit, &error);
    }
    let code = match (answer.error.as_deref(), answer.code) {
        (None, Some(code)) if !code.is_empty() => code,
        (error, _) => return told.refused(visit, error),
    };
    let vouched = match told.provider.finish(&visit.context, state, code, visit.now()).await {
        Ok(vouched) => vouched,
        Err(error) => return told.failed(visit, &error),
    };
    let secret = SessionSecret::draw();
    let (session, occasion, state) =
        (new_session(visit, &secret, SignInMethod::Provider), visit.occasion(), state.clone());
    // To link, the session must be the one that asked.
    let viewer = visit.shopper.as_ref().filter(|viewer| match state.purpose {
        Purpose::Link { session_hash } => viewer.session_hash == session_hash,
        Purpose::SignIn | Purpose::Again => true,
    });
    let viewer = viewer.map(|viewer| viewer.shopper.clone());
    let use_case = move |tx: &mut Tx<'_>| -> Result<Landed, StorageError> {
        land(tx, (&state, &vouched), viewer.as_ref(), session, &occasion)
    };
    match visit.state.db.write(use_case).await {
        Ok(landed) => told.landed(visit, landed, &secret),
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

fn admit(visit: &Visit) -> Result<Place, Box<HttpResponse>> {
    let admitted = visit.state.throttle.admit_source("upstream sign-in", &visit.source.network, visit.now());
    admitted.map_err(|throttled| {
        let reason = "too many sign-ins at providers from one source";
        Box::new(refuse::too_many(&visit.request, &visit.context, throttled.retry_after, reason))
    })
}

fn unknown(visit: &Visit) -> HttpResponse {
    let evidence = Check::Subject.found("a provider that this issuer offers", "another");
    refuse::refuse(&visit.request, &visit.context, Problem::NotFound, StatusCode::NOT_FOUND, evidence)
}

fn not_ours(visit: &Visit) -> HttpResponse {
    let evidence = Check::UpstreamState.found("a state that this issuer sealed for this provider", "another, or none");
    refuse::refuse(&visit.request, &visit.context, Problem::BadRequest, StatusCode::BAD_REQUEST, evidence)
}

/// What the pages here speak of.
struct Told<'a> {
    provider: &'a Provider,
    onward: &'a Onward,
    is_link: bool,
}

impl Told<'_> {
    fn landed(&self, visit: &Visit, landed: Landed, secret: &SessionSecret) -> HttpResponse {
        let conflict = |trouble, found: &str| {
            let evidence = Check::UpstreamAddress.found("an identity and an address of nobody else", found);
            self.trouble(visit, trouble, StatusCode::CONFLICT, evidence)
        };
        match landed {
            Landed::SignedIn(shopper) => signed_in(visit, secret, (&shopper.email, self.onward)),
            Landed::Linked => told::tell(visit, onward::WAYS, ("linked", &self.provider.settings.id)),
            Landed::Spent => {
                let evidence = Check::UpstreamState.found("a state that was not used", "one that was");
                self.trouble(visit, Trouble::Spent, StatusCode::GONE, evidence)
            }
            Landed::Unvouched(identity) if visit.state.mailer.is_on() => self.prove_address(visit, *identity),
            Landed::Unvouched(_) => {
                let evidence = Check::UpstreamAddress.found("an address with email_verified", "none");
                self.trouble(visit, Trouble::Unvouched, StatusCode::FORBIDDEN, evidence)
            }
            Landed::AddressTaken => conflict(Trouble::AddressTaken, "the address of an account"),
            Landed::OfAnother => conflict(Trouble::OfAnother, "the identity of another account"),
            Landed::NotFresh => {
                let evidence = Check::UpstreamAnswer.found("an auth_time of the last minutes", "none, or an older one");
                self.trouble(visit, Trouble::NotFresh, StatusCode::FORBIDDEN, evidence)
            }
            Landed::NotOwn => conflict(Trouble::NotOwn, "an identity that is not this account's"),
            Landed::SignedOut => {
                let evidence = Check::UpstreamState.found("the session that wanted to link it", "another, or none");
                self.trouble(visit, Trouble::SignedOut, StatusCode::FORBIDDEN, evidence)
            }
        }
    }

    /// The provider vouches for nobody's address, so whoever came proves one here before there is an account.
    fn prove_address(&self, visit: &Visit, identity: UpstreamIdentity) -> HttpResponse {
        let unproved = Unproved::new(&visit.context, identity, visit.browser.hash, visit.now());
        let unproved = match unproved.seal(&visit.context) {
            Ok(unproved) => unproved,
            Err(error) => return refuse::unavailable(&visit.request, &visit.context, &error),
        };
        let csrf = form::browser_token(&visit.context, code::ASK, &visit.browser.hash, self.onward.request());
        let view = UpstreamMessage {
            layout: layout(&visit.request, &visit.context),
            trouble: Trouble::Unvouched,
            provider: &self.provider.settings.name,
            onward: self.onward,
            is_link: false,
            reference: &reference(&visit.request).to_string(),
            proving: Some(Proving { csrf, unproved: &unproved }),
        };
        visit.browser.keep(page(StatusCode::OK, &view))
    }

    /// An error of RFC 6749 §4.1.2.1 or OpenID Connect Core §3.1.2.6; no code at all is one too.
    fn refused(&self, visit: &Visit, error: Option<&str>) -> HttpResponse {
        let found: String = error.unwrap_or("no code").chars().filter(char::is_ascii_graphic).take(60).collect();
        let evidence = Check::UpstreamAnswer.found("a code", found);
        match error {
            Some("temporarily_unavailable" | "server_error") => {
                self.trouble(visit, Trouble::Away, StatusCode::BAD_GATEWAY, evidence)
            }
            Some(_) => self.trouble(visit, Trouble::Cancelled, StatusCode::FORBIDDEN, evidence),
            None => self.trouble(visit, Trouble::Unbelievable, StatusCode::BAD_GATEWAY, evidence),
        }
    }

    fn failed(&self, visit: &Visit, error: &UpstreamError) -> HttpResponse {
        let check = match error {
            UpstreamError::Unreachable(_) | UpstreamError::Misconfigured(_) => Check::UpstreamReached,
            UpstreamError::Refused(_) | UpstreamError::Unbelievable(_) => Check::UpstreamAnswer,
            UpstreamError::Seal(error) => return refuse::unavailable(&visit.request, &visit.context, error),
        };
        tracing::warn!(provider = %self.provider.settings.id, %error, "a sign-in at a provider failed");
        let evidence = check.found("the provider as it is configured", error.to_string());
        let trouble = if check == Check::UpstreamReached { Trouble::Away } else { Trouble::Unbelievable };
        self.trouble(visit, trouble, StatusCode::BAD_GATEWAY, evidence)
    }

    fn trouble(&self, visit: &Visit, trouble: Trouble, status: StatusCode, evidence: Evidence) -> HttpResponse {
        let view = UpstreamMessage {
            layout: layout(&visit.request, &visit.context),
            trouble,
            provider: &self.provider.settings.name,
            onward: self.onward,
            is_link: self.is_link,
            reference: &reference(&visit.request).to_string(),
            proving: None,
        };
        let reason: Reason = evidence.because(trouble.keys().0);
        refuse::because(visit.browser.keep(page(status, &view)), reason)
    }
}
