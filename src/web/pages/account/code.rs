//! Asking for a code by e-mail, whose answer is the same for every address.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::error::Problem;
use super::super::{CsrfToken, Layout, form, layout, page, refuse};
use super::code_enter::{Typing, enter};
use super::onward::{Carried, Onward};
use super::sign_in::typed_before;
use crate::accounts::sign_in_code;
use crate::accounts::throttle::{Guess, MailAdmission};
use crate::accounts::upstream::Unproved;
use crate::domain::email;
use crate::domain::evidence::Check;
use crate::locale::MailText;
use crate::web::extract::{SentForm, Visit};
use crate::web::middleware::root_span::reference;

#[derive(Debug, Template)]
#[template(path = "pages/account/code.html")]
pub struct AskForCode<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    pub refusal: Option<AskRefusal>,
    /// The id of the request, shown where it was refused.
    pub reference: &'a str,
    pub onward: &'a Onward,
    /// Sealed: who came from a provider that vouches for no address.
    pub unproved: Option<&'a str>,
}

/// Why no code is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskRefusal {
    /// All that this page ever says about an address.
    Malformed,
    /// The code of before is old, used, or was mistyped too often.
    Spent,
}

pub(super) const ASK: &str = "sign-in-code";

#[derive(Default, Deserialize)]
pub struct Query {
    unproved: Option<String>,
    #[serde(flatten)]
    carried: Carried,
}

#[derive(Deserialize)]
pub struct AskForm {
    csrf: String,
    email: String,
    unproved: Option<String>,
    #[serde(flatten)]
    carried: Carried,
}

/// `GET /sign-in/code`.
pub async fn show(visit: Visit, query: Option<web::Query<Query>>) -> HttpResponse {
    if !visit.state.mailer.is_on() {
        return not_here(&visit);
    }
    let Query { unproved, carried } = query.map(web::Query::into_inner).unwrap_or_default();
    let (onward, unproved) = (Onward::of(&visit.context, carried), ours(&visit, unproved));
    let email = typed_before(&visit, &onward);
    ask(&visit, (email, unproved.as_deref()), None, &onward)
}

/// `POST /sign-in/code`: sends one, whoever has the address. Nothing about it is looked up.
pub async fn send(visit: Visit, SentForm(posted): SentForm<AskForm>) -> HttpResponse {
    if !visit.state.mailer.is_on() {
        return not_here(&visit);
    }
    let request = posted.carried.request.as_deref();
    if !form::browser_token_matches(&visit.context, &posted.csrf, ASK, &visit.browser.hash, request) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let (onward, unproved) = (Onward::of(&visit.context, posted.carried), ours(&visit, posted.unproved));
    let unproved = unproved.as_deref();
    let Some(address) = email::normal(&posted.email) else {
        return ask(&visit, (&posted.email, unproved), Some(AskRefusal::Malformed), &onward);
    };
    let attempt = visit.attempt(visit.context.issuer.id.as_str(), (Guess::Code, address.clone()));
    let admission = visit.state.throttle.admit_code(&attempt, visit.now());
    if let MailAdmission::Refuse(throttled) = admission {
        let reason = "too many codes for one source";
        return refuse::too_many(&visit.request, &visit.context, throttled.retry_after, reason);
    }
    let (browser_hash, now) = (visit.browser.hash, visit.now());
    let drawn = if admission == MailAdmission::Send {
        sign_in_code::draw(&visit.context, (&address, unproved), browser_hash, now)
            .map(|(code, sent)| (Some(code), sent))
    } else {
        sign_in_code::draw_unsent(&visit.context, (&address, unproved), browser_hash, now).map(|sent| (None, sent))
    };
    let (code, sent) = match drawn {
        Ok(drawn) => drawn,
        Err(error) => return refuse::unavailable(&visit.request, &visit.context, &error),
    };
    if let Some(code) = code {
        let frame = layout(&visit.request, &visit.context);
        visit
            .state
            .mailer
            .send(&address, MailText::code(frame.locale, frame.store, (code.expose(), visit.context.url())));
    }
    enter(&visit, &Typing { email: &posted.email, sent: &sent, unproved }, None, &onward)
}

/// What this browser was given, and nothing else, is carried on.
fn ours(visit: &Visit, unproved: Option<String>) -> Option<String> {
    unproved.filter(|text| Unproved::open(&visit.context, text, &visit.browser.hash, visit.now()).is_some())
}

/// The code of before does not do any more: a new one can be asked for.
pub(super) fn spent(visit: &Visit, whom: (&str, Option<&str>), onward: &Onward) -> HttpResponse {
    let evidence = Check::MailCode.found("a code that is not old, not used, and not mistyped too often", "another");
    refuse::because(ask(visit, whom, Some(AskRefusal::Spent), onward), evidence.because("the code is spent"))
}

/// Without mail there are no codes.
fn not_here(visit: &Visit) -> HttpResponse {
    let evidence = Check::Subject.found("mail switched on", "off");
    refuse::refuse(&visit.request, &visit.context, Problem::NotFound, StatusCode::NOT_FOUND, evidence)
}

fn ask(
    visit: &Visit,
    (email, unproved): (&str, Option<&str>),
    refusal: Option<AskRefusal>,
    onward: &Onward,
) -> HttpResponse {
    let view = AskForCode {
        layout: layout(&visit.request, &visit.context),
        csrf: form::browser_token(&visit.context, ASK, &visit.browser.hash, onward.request()),
        email,
        refusal,
        reference: &reference(&visit.request).to_string(),
        onward,
        unproved,
    };
    let status = match refusal {
        None => StatusCode::OK,
        Some(AskRefusal::Malformed) => StatusCode::BAD_REQUEST,
        Some(AskRefusal::Spent) => StatusCode::GONE,
    };
    visit.browser.keep(page(status, &view))
}
