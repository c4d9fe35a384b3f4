//! Signing in, on the way to a consent or to the account. One answer for every wrong pair: nothing tells an
//! unknown address from a wrong password.

use actix_web::http::StatusCode;
use actix_web::http::header::USER_AGENT;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::error::Problem;
use super::super::{CsrfToken, Layout, form, layout, page, refuse};
use super::onward::{Carried, Onward};
use super::{agents, passkeys, upstream};
use crate::accounts::passkeys::Begun;
use crate::accounts::password::PasswordsError;
use crate::accounts::sessions::{self, How, NewSession, SessionSecret};
use crate::accounts::sign_in::{AccountsError, Proof, RightFor, prove_shopper};
use crate::accounts::throttle::Guess;
use crate::accounts::trail;
use crate::domain::device::Device;
use crate::domain::email;
use crate::domain::evidence::Check;
use crate::domain::session::SignInMethod;
use crate::domain::shopper::Shopper;
use crate::keys::Secret;
use crate::storage::{StorageError, Tx, identities};
use crate::web::cookies::Kind;
use crate::web::error::fault_of;
use crate::web::extract::{SentForm, Visit};
use crate::web::middleware::root_span::{self, reference};

#[derive(Debug, Template)]
#[template(path = "pages/account/sign_in.html")]
pub struct SignIn<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub reason: Reason,
    /// What was typed before, or empty. The password is never shown again.
    pub email: &'a str,
    pub refusal: Option<Refusal>,
    /// The id of the request, shown where it was refused.
    pub reference: &'a str,
    pub onward: &'a Onward,
    /// What the browser is asked for a passkey, and the token of that form.
    pub passkey: Option<(Begun, CsrfToken)>,
    /// Codes can be sent.
    pub has_codes: bool,
    /// Where else one can have an account: id and name.
    pub providers: Vec<(&'a str, &'a str)>,
    /// Names of those that cannot be made to ask again who it is.
    pub silent: Vec<&'a str>,
    /// Only a passkey leads on: whether who is signed in has one.
    pub has_passkey: Option<bool>,
    /// For the form with their buttons.
    pub with: CsrfToken,
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
    /// Only a passkey will do.
    Passkey,
    /// An agent asks for the approval of a purchase.
    Purchase,
    /// Signed in, but what is to be done needs a fresh proof.
    Again,
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

pub(super) const PATH: &str = "/sign-in";
const FORM: &str = "sign-in";

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    email: String,
    password: String,
    #[serde(flatten)]
    carried: Carried,
}

/// `GET /sign-in`.
pub async fn show(visit: Visit, query: Option<web::Query<Carried>>) -> HttpResponse {
    let onward = Onward::of(&visit.context, query.map(web::Query::into_inner).unwrap_or_default());
    if !onward.is_somewhere() && visit.shopper.is_some() {
        return refuse::see_other(&visit.context, agents::PATH);
    }
    let has_passkey = match own_passkey(&visit, &onward).await {
        Ok(has_passkey) => has_passkey,
        Err(error) => return refuse::fault(&visit.request, &visit.context, &error),
    };
    let email = typed_before(&visit, &onward);
    answer(&visit, &Said { email, refusal: None, has_passkey, onward: &onward })
}

/// `POST /sign-in`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let request = posted.carried.request.as_deref();
    // Login CSRF: only a form that this browser was shown signs it in.
    if !form::browser_token_matches(&visit.context, &posted.csrf, FORM, &visit.browser.hash, request) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let onward = Onward::of(&visit.context, posted.carried);
    let said = |refusal| Said { email: &posted.email, refusal: Some(refusal), has_passkey: None, onward: &onward };
    // What is no address at all has no account: the same work, the same answer.
    let address = email::normal(&posted.email).unwrap_or_else(|| posted.email.replace('\0', ""));
    let attempt = visit.attempt(visit.context.issuer.id.as_str(), (Guess::Password, address));
    let password = Secret::new(posted.password);
    match prove_shopper(visit.doorkeeper(), &visit.context.issuer.id, &attempt, password).await {
        Ok(Proof::Right(shopper, right_for)) => {
            let email = shopper.email.clone();
            match begin(&visit, shopper, right_for).await {
                Ok(Some(secret)) => signed_in(&visit, &secret, (&email, &onward)),
                // Another password was chosen while this one was checked.
                Ok(None) => refuse::because(answer(&visit, &said(Refusal::Wrong)), wrong_password()),
                Err(error) => refuse::fault(&visit.request, &visit.context, &error),
            }
        }
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

/// Signs the shopper in under a new session; `None` when the password is no longer theirs.
async fn begin(visit: &Visit, shopper: Shopper, right_for: RightFor) -> Result<Option<SessionSecret>, StorageError> {
    let secret = SessionSecret::draw();
    let (session, occasion) = (new_session(visit, &secret, SignInMethod::Password), visit.occasion());
    let begin = move |tx: &mut Tx<'_>| sessions::begin_by_password(tx, &shopper, &right_for, session, &occasion);
    let has_begun = visit.state.db.write(begin).await?;
    Ok(has_begun.then_some(secret))
}

pub(super) fn new_session(visit: &Visit, secret: &SessionSecret, method: SignInMethod) -> (NewSession, How) {
    let user_agent = visit.request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    let how = How { method, device: Device::of(user_agent.unwrap_or_default()), proved_at: None };
    let session = NewSession {
        hash: secret.hash,
        before: visit.shopper.as_ref().map(|before| before.session_hash),
        lifetime: visit.state.sign_in.session_lifetime,
    };
    (session, how)
}

/// Signed in to the account of `email`, by whatever: the browser is its owner's from now on, whatever strangers do.
pub(super) fn recognise(visit: &Visit, email: &str) {
    // Nothing is guessed at any more: either kind names the account and the browser.
    let attempt = visit.attempt(visit.context.issuer.id.as_str(), (Guess::Password, email.to_owned()));
    visit.state.throttle.recognise(&attempt, visit.now());
}

/// The address of who is signed in, else the one that the agent hints at.
pub(super) fn typed_before<'a>(visit: &'a Visit, onward: &'a Onward) -> &'a str {
    let own = visit.shopper.as_ref().map(|signed_in| signed_in.shopper.email.as_str());
    own.or(onward.login_hint.as_deref()).unwrap_or_default()
}

/// Where only a passkey leads on: whether who is signed in has one.
async fn own_passkey(visit: &Visit, onward: &Onward) -> Result<Option<bool>, StorageError> {
    let Some(viewer) = visit.shopper.as_ref().filter(|_| onward.needs_passkey()) else { return Ok(None) };
    let id = viewer.shopper.id.clone();
    visit.state.db.read(move |c| Ok(Some(!identities::list_passkeys(c, &id)?.is_empty()))).await
}

/// On to where it was for.
pub(super) fn signed_in(visit: &Visit, secret: &SessionSecret, (email, onward): (&str, &Onward)) -> HttpResponse {
    recognise(visit, email);
    let mut answer = refuse::see_other(&visit.context, &onward.address());
    let lifetime = visit.state.sign_in.session_lifetime;
    let cookie = Kind::Shopper.set(&visit.context.issuer, secret.cookie.expose().clone(), lifetime);
    drop(answer.add_cookie(&cookie));
    visit.browser.keep(answer)
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
    /// Signed in, and only a passkey leads on: whether there is one.
    has_passkey: Option<bool>,
    onward: &'a Onward,
}

fn answer(visit: &Visit, said: &Said<'_>) -> HttpResponse {
    let token = |what| form::browser_token(&visit.context, what, &visit.browser.hash, said.onward.request());
    let providers = visit.state.upstreams.of(&visit.context).map(|provider| &provider.settings);
    // Who is signed in must show it again, and `prompt=login` or a `max_age` of minutes demand the same, which not every provider
    // can be made to ask for. A longer `max_age` (OpenID Connect Core §3.1.2.1) can be met by a first sign-in at any of them: by
    // its own `auth_time`, since ours is never younger than that (`accounts::upstream::sign_in`).
    let is_again = visit.shopper.is_some() || said.onward.must_be_of_now(visit.now());
    // One that never says when meets no `max_age` at all.
    let must_say = said.onward.must_be_fresh();
    let (asked, silent): (Vec<_>, Vec<_>) = providers
        .partition(|settings| (!is_again || settings.asks_again) && (!must_say || settings.preset.tells_when()));
    let (asked, silent) = (asked.into_iter(), silent.into_iter());
    let view = SignIn {
        layout: layout(&visit.request, &visit.context),
        csrf: token(FORM),
        reason: match (said.onward.request(), &visit.shopper) {
            _ if said.onward.needs_passkey() => Reason::Passkey,
            (None, _) if said.onward.is_purchase() => Reason::Purchase,
            (None, None) => Reason::Account,
            (Some(_), None) => Reason::Agent,
            (Some(_), Some(_)) => Reason::Sensitive,
            (None, Some(_)) => Reason::Again,
        },
        email: said.email,
        refusal: said.refusal,
        reference: &reference(&visit.request).to_string(),
        onward: said.onward,
        // Whoever guesses passwords costs no ceremony, and sees the same page for every address.
        passkey: said
            .refusal
            .is_none()
            .then(|| passkeys::offer(visit))
            .flatten()
            .map(|begun| (begun, token(passkeys::FORM))),
        has_codes: visit.state.mailer.is_on(),
        has_passkey: said.has_passkey,
        providers: asked.map(|settings| (settings.id.as_str(), settings.name.as_str())).collect(),
        silent: silent.map(|settings| settings.name.as_str()).collect(),
        with: token(upstream::FORM),
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
