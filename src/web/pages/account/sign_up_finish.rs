//! Behind the link of the mail: the password is first asked for here, and the account made.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::{CsrfToken, Layout, form, layout, page, refuse};
use super::message::{Message, MessagePage};
use super::onward::Onward;
use super::password::{Refusal, hash_new, least};
use super::sign_in::{new_session, recognise, signed_in};
use crate::accounts::sessions::{self, SessionSecret};
use crate::accounts::sign_up::{self, Link, NewAccount};
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::evidence::Check;
use crate::domain::session::SignInMethod;
use crate::keys::Sealed;
use crate::storage::{DbConnection, StorageError, Tx, shoppers};
use crate::web::cookies::Kind;
use crate::web::extract::{SentForm, Visit};
use crate::web::middleware::root_span::reference;

#[derive(Debug, Template)]
#[template(path = "pages/account/sign_up_finish.html")]
pub struct SignUpFinish<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    /// The sealed link, to be posted with the password.
    pub link: &'a str,
    /// The least number of characters.
    pub least: u32,
    pub refusal: Option<Refusal>,
}

const FORM: &str = "sign-up-finish";

#[derive(Deserialize)]
pub struct Opened {
    link: String,
}

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    link: String,
    password: String,
}

/// `GET /sign-up/finish?link=…`. It only shows the form: programs that look into mails open links too.
pub async fn show(visit: Visit, query: Option<web::Query<Opened>>) -> HttpResponse {
    let text = query.map(|query| query.into_inner().link).unwrap_or_default();
    let Some(link) = Link::open(&visit.context, &text, visit.now()) else {
        return spent(&visit, "the sign-up link is not ours, or too old");
    };
    match is_known(&visit, &link).await {
        Ok(false) => ask(&visit, &link, &text, None),
        Ok(true) => spent(&visit, "the sign-up link was used"),
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

/// There is an account of the address by now.
async fn is_known(visit: &Visit, link: &Link) -> Result<bool, StorageError> {
    let (issuer_id, email) = (link.issuer_id.clone(), link.email.clone());
    let known = move |connection: &mut DbConnection| shoppers::find_by_email(connection, &issuer_id, &email);
    Ok(visit.state.db.read(known).await?.is_some())
}

/// `POST /sign-up/finish`: makes the account.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    if !form::browser_token_matches(&visit.context, &posted.csrf, FORM, &visit.browser.hash, Some(&posted.link)) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let Some(link) = Link::open(&visit.context, &posted.link, visit.now()) else {
        return spent(&visit, "the sign-up link is not ours, or too old");
    };
    match is_known(&visit, &link).await {
        Ok(false) => {}
        Ok(true) => return spent(&visit, "the sign-up link was used"),
        Err(error) => return refuse::fault(&visit.request, &visit.context, &error),
    }
    match hash_new(&visit, posted.password, (&link.email, &link.email)).await {
        Ok(Ok(password_hash)) => create(&visit, link, password_hash).await,
        Ok(Err(refusal)) => ask(&visit, &link, &posted.link, Some(refusal)),
        Err(answer) => answer,
    }
}

async fn create(visit: &Visit, link: Link, password_hash: String) -> HttpResponse {
    let account = NewAccount::new(&link.issuer_id, &link.email, password_hash, visit.now());
    // Only the browser that began is signed in: whoever opens the link elsewhere may have been sent it by another.
    let secret = (link.browser_hash == visit.browser.hash).then(SessionSecret::draw);
    let session = secret.as_ref().map(|secret| new_session(visit, secret, SignInMethod::Password));
    let occasion = visit.occasion();
    let use_case = move |tx: &mut Tx<'_>| -> Result<bool, StorageError> {
        let is_made = sign_up::create(tx, &account, &occasion)?;
        if let (true, Some(session)) = (is_made, session) {
            sessions::begin(tx, &account.shopper, session, &occasion)?;
        }
        Ok(is_made)
    };
    match visit.state.db.write(use_case).await {
        Ok(true) => welcome(visit, secret.as_ref(), (&link.email, link.request.as_deref())),
        Ok(false) => spent(visit, "the sign-up link was used"),
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

/// On to the consent where the agent's request still stands (decision 2).
fn welcome(visit: &Visit, secret: Option<&SessionSecret>, (email, request): (&str, Option<&str>)) -> HttpResponse {
    let Some(secret) = secret else { return tell(visit, StatusCode::OK, Message::SignUpDoneElsewhere) };
    let stands = |text: &str| {
        let opened = visit.context.keys.unseal::<AuthorizationRequest>(Sealed::AuthorizationRequest, text);
        opened.is_ok_and(|request| visit.now() < request.expires_at)
    };
    if request.is_none_or(stands) {
        return signed_in(visit, secret, (email, &request.map(Onward::to_consent).unwrap_or_default()));
    }
    recognise(visit, email);
    let mut answer = tell(visit, StatusCode::OK, Message::StartAgainInYourAgent);
    let lifetime = visit.state.sign_in.session_lifetime;
    drop(answer.add_cookie(&Kind::Shopper.set(&visit.context.issuer, secret.cookie.expose().clone(), lifetime)));
    answer
}

fn spent(visit: &Visit, reason: &str) -> HttpResponse {
    let evidence = Check::MailLink.found("a link of ours, not old and not used", reason);
    let reference = reference(&visit.request).to_string();
    let layout = layout(&visit.request, &visit.context);
    let view = MessagePage { layout, message: Message::SignUpLinkExpired, reference: Some(&reference) };
    refuse::because(page(StatusCode::GONE, &view), evidence.because(reason))
}

fn tell(visit: &Visit, status: StatusCode, message: Message<'_>) -> HttpResponse {
    page(status, &MessagePage { layout: layout(&visit.request, &visit.context), message, reference: None })
}

fn ask(visit: &Visit, link: &Link, text: &str, refusal: Option<Refusal>) -> HttpResponse {
    let view = SignUpFinish {
        layout: layout(&visit.request, &visit.context),
        csrf: form::browser_token(&visit.context, FORM, &visit.browser.hash, Some(text)),
        email: &link.email,
        link: text,
        least: least(),
        refusal,
    };
    let status = if refusal.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    visit.browser.keep(page(status, &view))
}
