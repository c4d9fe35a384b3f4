//! Signing in, on the way to a consent or to the account. One answer for every wrong pair: nothing tells an
//! unknown address from a wrong password.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::error::Problem;
use super::super::{CsrfToken, Layout, form, layout, page, refuse};
use super::way_on::WayOn;
use crate::accounts::password::PasswordsError;
use crate::accounts::sessions::{self, NewSession, SessionSecret};
use crate::accounts::sign_in::{AccountsError, Proof, prove_shopper};
use crate::accounts::trail;
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::email;
use crate::domain::evidence::Check;
use crate::domain::shopper::Shopper;
use crate::keys::{IssuerContext, Sealed, Secret};
use crate::storage::{StorageError, Tx};
use crate::web::cookies::Kind;
use crate::web::error::fault_of;
use crate::web::extract::Visit;
use crate::web::middleware::root_span;

#[derive(Debug, Template)]
#[template(path = "pages/account/sign_in.html")]
pub struct SignIn<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub reason: Reason,
    /// What was typed before, or empty. The password is never shown again.
    pub email: &'a str,
    pub refusal: Option<Refusal>,
    /// What to go on with: see [`WayOn`].
    pub request: Option<&'a str>,
}

/// Why this page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// To see one's own account.
    Account,
    /// An agent sent the shopper here.
    Agent,
    /// Signed in, but a sensitive scope needs a fresh proof.
    Sensitive,
    /// An agent asks for the approval of a purchase.
    Purchase,
}

/// Why the last attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Wrong,
    Throttled,
}

impl Refusal {
    pub(in super::super) const fn key(self) -> &'static str {
        match self {
            Self::Wrong => "sign-in-wrong",
            Self::Throttled => "sign-in-throttled",
        }
    }
}

const FORM: &str = "sign-in";

/// What the pages before sign-in carry on.
#[derive(Deserialize)]
pub struct Carried {
    pub(super) request: Option<String>,
}

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    email: String,
    password: String,
    request: Option<String>,
}

/// `GET /sign-in`.
pub async fn show(visit: Visit, query: Option<web::Query<Carried>>) -> HttpResponse {
    let request = WayOn::parse(&visit.context, query.and_then(|query| query.into_inner().request));
    if request.is_none() && visit.shopper.is_some() {
        return refuse::see_other(&visit.context, "/account/agents");
    }
    let email = visit.shopper.as_ref().map(|signed_in| signed_in.shopper.email.as_str()).unwrap_or_default();
    answer(&visit, &Said { email, refusal: None, request: request.as_ref() })
}

/// `POST /sign-in`.
pub async fn submit(visit: Visit, form: Result<web::Form<Form>, actix_web::Error>) -> HttpResponse {
    let Ok(web::Form(posted)) = form else {
        return refuse::bad_form(&visit.request, &visit.context);
    };
    let request = posted.request.as_deref();
    // Login CSRF: only a form that this browser was shown signs it in.
    if !form::browser_token_matches(&visit.context, &posted.csrf, FORM, &visit.browser.hash, request) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let request = WayOn::parse(&visit.context, posted.request);
    let said = |refusal| Said { email: &posted.email, refusal: Some(refusal), request: request.as_ref() };
    // What is no address at all has no account: the same work, the same answer.
    let address = email::normal(&posted.email).unwrap_or_else(|| posted.email.replace('\0', ""));
    let attempt = visit.attempt(visit.context.issuer.id.as_str(), address);
    let password = Secret::new(posted.password);
    match prove_shopper(visit.doorkeeper(), &visit.context.issuer.id, &attempt, password).await {
        Ok(Proof::Right(shopper)) => begin(&visit, shopper, request.as_ref()).await,
        Ok(Proof::Wrong(account)) => {
            if let Some(shopper) = account {
                let occasion = visit.occasion();
                in_background(&visit, move |tx| trail::record_failure(tx, &shopper, &occasion));
            }
            refuse::because(answer(&visit, &said(Refusal::Wrong)), wrong_password())
        }
        Ok(Proof::Throttled { retry_after }) => {
            let answer = refuse::with_retry_after(answer(&visit, &said(Refusal::Throttled)), retry_after);
            refuse::because(answer, refuse::attempts(retry_after).because("too many attempts to sign in"))
        }
        Err(error) => fault(&visit, &error),
    }
}

/// Writes after the answer, so that its time does not tell whether there is an account to write about.
pub(in crate::web) fn in_background<F>(visit: &Visit, use_case: F)
where
    F: FnOnce(&mut Tx<'_>) -> Result<(), StorageError> + Send + 'static,
{
    let db = visit.state.db.clone();
    actix_web::rt::spawn(async move {
        if let Err(error) = db.write(use_case).await {
            tracing::error!(%error, "a failed sign-in was not recorded");
        }
    });
}

/// Signs the shopper in under a new session and sends the browser on.
async fn begin(visit: &Visit, shopper: Shopper, request: Option<&WayOn>) -> HttpResponse {
    let secret = SessionSecret::draw();
    let (session, occasion) = (new_session(visit, &secret), visit.occasion());
    let begun: Result<(), StorageError> =
        visit.state.db.write(move |tx| sessions::begin(tx, &shopper, session, &occasion)).await;
    if let Err(error) = begun {
        return refuse::fault(&visit.request, &visit.context, &error);
    }
    signed_in(visit, &secret, request)
}

pub(super) fn new_session(visit: &Visit, secret: &SessionSecret) -> NewSession {
    NewSession {
        hash: secret.hash,
        before: visit.shopper.as_ref().map(|before| before.session_hash),
        lifetime: visit.state.sign_in.session_lifetime,
    }
}

/// On to what was under way, or to the account.
pub(super) fn signed_in(visit: &Visit, secret: &SessionSecret, request: Option<&WayOn>) -> HttpResponse {
    let mut answer = match request {
        Some(request) => refuse::see_other(&visit.context, &request.path()),
        None => refuse::see_other(&visit.context, "/account/agents"),
    };
    let lifetime = visit.state.sign_in.session_lifetime;
    let cookie = Kind::Shopper.set(&visit.context.issuer, secret.cookie.expose().clone(), lifetime);
    drop(answer.add_cookie(&cookie));
    visit.browser.keep(answer)
}

/// The sealed request, if this issuer sealed it. Whether it is still good is the consent page's business.
pub(super) fn own_request(context: &IssuerContext, request: Option<String>) -> Option<String> {
    request.filter(|text| context.keys.unseal::<AuthorizationRequest>(Sealed::AuthorizationRequest, text).is_ok())
}

pub(in crate::web) fn fault(visit: &Visit, error: &AccountsError) -> HttpResponse {
    match error {
        AccountsError::Storage(error) => refuse::fault(&visit.request, &visit.context, error),
        AccountsError::Passwords(PasswordsError::Busy) => refuse::unavailable(&visit.request, &visit.context, error),
        AccountsError::Passwords(PasswordsError::Hash(_)) => refuse::refuse(
            &visit.request,
            &visit.context,
            Problem::Server,
            StatusCode::INTERNAL_SERVER_ERROR,
            fault_of(error).because(error.to_string()),
        ),
    }
}

/// What was typed is not even counted.
pub(in crate::web) fn wrong_password() -> root_span::Reason {
    let evidence = Check::Password.found("the address and the password of one account", "others");
    evidence.because("the address or the password is wrong")
}

/// What the page says this time.
struct Said<'a> {
    email: &'a str,
    refusal: Option<Refusal>,
    request: Option<&'a WayOn>,
}

fn answer(visit: &Visit, said: &Said<'_>) -> HttpResponse {
    let request = said.request.map(ToString::to_string);
    let view = SignIn {
        layout: layout(&visit.request, &visit.context),
        csrf: form::browser_token(&visit.context, FORM, &visit.browser.hash, request.as_deref()),
        reason: match (said.request, &visit.shopper) {
            (None, _) => Reason::Account,
            (Some(WayOn::Purchase(_)), _) => Reason::Purchase,
            (Some(WayOn::Consent(_)), None) => Reason::Agent,
            (Some(WayOn::Consent(_)), Some(_)) => Reason::Sensitive,
        },
        email: said.email,
        refusal: said.refusal,
        request: request.as_deref(),
    };
    visit.browser.keep(page(status(said.refusal), &view))
}

/// Not 401, which would have to name a scheme of HTTP authentication (RFC 9110 §15.5.2).
pub(in crate::web) const fn status(refusal: Option<Refusal>) -> StatusCode {
    match refusal {
        None => StatusCode::OK,
        Some(Refusal::Wrong) => StatusCode::FORBIDDEN,
        Some(Refusal::Throttled) => StatusCode::TOO_MANY_REQUESTS,
    }
}
