//! Typing the code of the mail.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;

use super::super::{CsrfToken, Layout, form, layout, page, refuse};
use super::code::spent;
use super::onward::{Carried, Onward};
use super::sign_in::{in_background, new_session, signed_in};
use crate::accounts::sessions::SessionSecret;
use crate::accounts::sign_in_code::{self, SentCode, Typed};
use crate::accounts::throttle::{Guess, Place};
use crate::accounts::trail;
use crate::accounts::upstream::Unproved;
use crate::domain::evidence::Check;
use crate::domain::session::SignInMethod;
use crate::storage::{StorageError, Tx};
use crate::web::extract::{SentForm, Visit};
use crate::web::middleware::root_span::reference;

#[derive(Debug, Template)]
#[template(path = "pages/account/code_enter.html")]
pub struct EnterCode<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    /// The sealed value that says what was sent.
    pub sent: &'a str,
    pub refusal: Option<EnterRefusal>,
    /// The id of the request, shown where it was refused.
    pub reference: &'a str,
    pub onward: &'a Onward,
    /// Sealed: who came from a provider that vouches for no address.
    pub unproved: Option<&'a str>,
}

impl EnterCode<'_> {
    /// Where another code is asked for.
    fn again(&self) -> String {
        self.onward.carried_with("/sign-in/code", self.unproved.map(|unproved| ("unproved", unproved)))
    }
}

/// What is being typed, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typing<'a> {
    pub(super) email: &'a str,
    pub(super) sent: &'a str,
    pub(super) unproved: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnterRefusal {
    Wrong,
    Throttled,
}

const ENTER: &str = "sign-in-code-enter";

#[derive(Deserialize)]
pub struct EnterForm {
    csrf: String,
    sent: String,
    code: String,
    #[serde(flatten)]
    carried: Carried,
}

/// `POST /sign-in/code/enter`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<EnterForm>) -> HttpResponse {
    if !form::browser_token_matches(&visit.context, &posted.csrf, ENTER, &visit.browser.hash, Some(&posted.sent)) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let onward = Onward::of(&visit.context, posted.carried);
    let Some(sent) = SentCode::open(&visit.context, &posted.sent, &visit.browser.hash, visit.now()) else {
        return spent(&visit, ("", None), &onward);
    };
    let attempt = visit.attempt(visit.context.issuer.id.as_str(), (Guess::Code, sent.email.clone()));
    let place = match visit.state.throttle.admit(&attempt, visit.now()) {
        Ok(place) => place,
        Err(throttled) => {
            let refusal = Some(EnterRefusal::Throttled);
            let typing = Typing { email: &sent.email, sent: &posted.sent, unproved: sent.unproved.as_deref() };
            let answer = enter(&visit, &typing, refusal, &onward);
            let answer = refuse::with_retry_after(answer, throttled.retry_after);
            return refuse::because(
                answer,
                refuse::attempts(throttled.retry_after).because("too many attempts to sign in"),
            );
        }
    };
    try_code(&visit, (sent, posted.sent, posted.code), &place, &onward).await
}

async fn try_code(
    visit: &Visit,
    (sent, sealed, code): (SentCode, String, String),
    place: &Place,
    onward: &Onward,
) -> HttpResponse {
    let secret = SessionSecret::draw();
    let (session, occasion) = (new_session(visit, &secret, SignInMethod::Code), visit.occasion());
    let (email, carried) = (sent.email.clone(), sent.unproved.clone());
    let unproved = carried.as_deref();
    let identity = unproved.and_then(|text| Unproved::open(&visit.context, text, &visit.browser.hash, visit.now()));
    let identity = identity.map(|unproved| unproved.identity);
    let here = visit.shopper.as_ref().map(|here| here.shopper.clone());
    let use_case = move |tx: &mut Tx<'_>| -> Result<Typed, StorageError> {
        sign_in_code::take(tx, (&sent, &code, identity.as_ref()), here.as_ref(), session, &occasion)
    };
    match visit.state.db.write(use_case).await {
        Ok(Typed::SignedIn) => {
            visit.state.throttle.succeeded(place, visit.now());
            signed_in(visit, &secret, (&email, onward))
        }
        Ok(Typed::Wrong(account)) => {
            if let Some(shopper) = account {
                let occasion = visit.occasion();
                in_background(visit, move |tx| trail::record_wrong_code(tx, &shopper, &occasion));
            }
            let evidence = Check::MailCode.found("the code of the mail", "another");
            let typing = Typing { email: &email, sent: &sealed, unproved };
            let answer = enter(visit, &typing, Some(EnterRefusal::Wrong), onward);
            refuse::because(answer, evidence.because("the code is wrong"))
        }
        Ok(Typed::Spent) => spent(visit, (&email, unproved), onward),
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

/// The form for it.
pub(super) fn enter(
    visit: &Visit,
    &Typing { email, sent, unproved }: &Typing<'_>,
    refusal: Option<EnterRefusal>,
    onward: &Onward,
) -> HttpResponse {
    let view = EnterCode {
        layout: layout(&visit.request, &visit.context),
        csrf: form::browser_token(&visit.context, ENTER, &visit.browser.hash, Some(sent)),
        email,
        sent,
        refusal,
        reference: &reference(&visit.request).to_string(),
        onward,
        unproved,
    };
    let status = match refusal {
        None => StatusCode::OK,
        Some(EnterRefusal::Wrong) => StatusCode::FORBIDDEN,
        Some(EnterRefusal::Throttled) => StatusCode::TOO_MANY_REQUESTS,
    };
    visit.browser.keep(page(status, &view))
}
