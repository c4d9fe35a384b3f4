//! Asking for an account: an e-mail address, and always the same answer (`message::Message::SignUpSent`).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded;

use super::super::{CsrfToken, Layout, form, layout, page, refuse};
use super::message::{Message, MessagePage};
use super::onward::{Carried, Onward};
use crate::accounts::sign_up::{LINK_LIFETIME, Link};
use crate::accounts::throttle::MailAdmission;
use crate::domain::email;
use crate::keys::SealError;
use crate::locale::MailText;
use crate::storage::{StorageError, shoppers};
use crate::web::extract::{SentForm, Visit};

#[derive(Debug, Template)]
#[template(path = "pages/account/sign_up.html")]
pub struct SignUp<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    /// The text does not have the form of an address: all that this page ever says about one.
    pub is_malformed: bool,
    /// The sealed authorization request to go on with.
    pub request: Option<&'a str>,
}

pub(super) const PATH: &str = "/sign-up";
const FORM: &str = "sign-up";

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    email: String,
    request: Option<String>,
}

/// `GET /sign-up`.
pub async fn show(visit: Visit, query: Option<web::Query<Carried>>) -> HttpResponse {
    let onward = Onward::of(&visit.context, query.map(web::Query::into_inner).unwrap_or_default());
    ask(&visit, onward.login_hint.as_deref().unwrap_or_default(), false, onward.request())
}

/// `POST /sign-up`. Whether there is an account is said in the mail only.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let request = posted.request.as_deref();
    if !form::browser_token_matches(&visit.context, &posted.csrf, FORM, &visit.browser.hash, request) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let request = Onward::of(&visit.context, Carried { request: posted.request, ..Carried::default() }).request;
    let Some(address) = email::normal(&posted.email) else {
        return ask(&visit, &posted.email, true, request.as_deref());
    };
    let issuer_id = visit.context.issuer.id.clone();
    let admission = visit.state.throttle.admit_mail(issuer_id.as_str(), &address, &visit.source.network, visit.now());
    if let MailAdmission::Refuse(throttled) = admission {
        let reason = "too many sign-ups from one source";
        return refuse::too_many(&visit.request, &visit.context, throttled.retry_after, reason);
    }
    let sought = address.clone();
    let known: Result<_, StorageError> = visit
        .state
        .db
        .read(move |connection| Ok(shoppers::find_by_email(connection, &issuer_id, &sought)?.is_some()))
        .await;
    let is_known = match known {
        Ok(is_known) => is_known,
        Err(error) => return refuse::fault(&visit.request, &visit.context, &error),
    };
    let text = match mail(&visit, &address, request, is_known) {
        Ok(text) => text,
        Err(error) => return refuse::unavailable(&visit.request, &visit.context, &error),
    };
    if admission == MailAdmission::Send {
        visit.state.mailer.send(&address, text);
    }
    let message = Message::SignUpSent { email: &posted.email };
    page(StatusCode::OK, &MessagePage { layout: layout(&visit.request, &visit.context), message, reference: None })
}

/// What the mail says. The link is sealed in both cases, for the same work.
fn mail(visit: &Visit, address: &str, request: Option<String>, is_known: bool) -> Result<MailText, SealError> {
    let context = &visit.context;
    let link = Link {
        issuer_id: context.issuer.id.clone(),
        email: address.to_owned(),
        request,
        browser_hash: visit.browser.hash,
        expires_at: visit.now().plus(LINK_LIFETIME),
    };
    let sealed = link.seal(context)?;
    let frame = layout(&visit.request, context);
    if is_known {
        return Ok(MailText::known(frame.locale, frame.store, &context.issuer.url.join("/sign-in")));
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("link", &sealed).finish();
    let address = context.issuer.url.join(&format!("/sign-up/finish?{query}"));
    Ok(MailText::sign_up(frame.locale, frame.store, &address))
}

fn ask(visit: &Visit, email: &str, is_malformed: bool, request: Option<&str>) -> HttpResponse {
    let view = SignUp {
        layout: layout(&visit.request, &visit.context),
        csrf: form::browser_token(&visit.context, FORM, &visit.browser.hash, request),
        email,
        is_malformed,
        request,
    };
    let status = if is_malformed { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    visit.browser.keep(page(status, &view))
}
