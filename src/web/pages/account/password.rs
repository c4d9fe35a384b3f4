//! Choosing another password, or a first one: soon after a sign-in, of whatever kind (design §5).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;

use super::super::{CsrfToken, Layout, form, layout_of, page, refuse};
use super::onward::{self, Onward};
use super::proved::{lately, sender};
use super::sign_in::fault;
use super::sign_up_finish::{Refusal, least};
use super::{told, ways};
use crate::accounts::identities::set_password;
use crate::keys::Secret;
use crate::locale::MailText;
use crate::storage::StorageError;
use crate::web::extract::{SentForm, SignedInShopper, Visit};

#[derive(Debug, Template)]
#[template(path = "pages/account/password.html")]
pub struct Password<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    /// The least number of characters.
    pub least: u32,
    pub refusal: Option<Refusal>,
}

pub(super) const PATH: &str = "/account/password";

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    password: String,
}

/// `GET /account/password`.
pub async fn show(visit: Visit) -> HttpResponse {
    match lately(&visit, &Onward::to_page(PATH).sign_in()) {
        Ok(signed_in) => ask(&visit, signed_in, None),
        Err(answer) => *answer,
    }
}

/// `POST /account/password`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let way = Onward::to_page(PATH).sign_in();
    let signed_in = match sender(&visit, (&posted.csrf, token_parts), &way) {
        Ok(signed_in) => signed_in,
        Err(answer) => return *answer,
    };
    let who = (visit.context.issuer.id.as_str(), signed_in.shopper.id.as_str());
    if let Err(throttled) = visit.state.throttle.admit_costly("passwords", who, &visit.source.network, visit.now()) {
        let reason = "too many new passwords from one source";
        return refuse::too_many(&visit.request, &visit.context, throttled.retry_after, reason);
    }
    let email = signed_in.shopper.email.clone();
    let hash = match visit.state.passwords.hash_new(Secret::new(posted.password), email).await {
        Ok(Ok(hash)) => hash,
        Ok(Err(unfit)) => return ask(&visit, signed_in, Some(unfit.into())),
        Err(error) => return fault(&visit, &error.into()),
    };
    let (shopper, here, occasion) = (signed_in.shopper.clone(), signed_in.session_hash, visit.occasion());
    let done: Result<bool, StorageError> =
        visit.state.db.write(move |tx| set_password(tx, &shopper, &hash, &here, &occasion)).await;
    match done {
        Ok(true) => {
            ways::tell(&visit, signed_in, MailText::password);
            told::tell(&visit, onward::WAYS, ("password", ""))
        }
        // Signed out meanwhile, by another browser.
        Ok(false) => refuse::see_other(&visit.context, &way),
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

fn ask(visit: &Visit, signed_in: &SignedInShopper, refusal: Option<Refusal>) -> HttpResponse {
    let view = Password {
        layout: layout_of(visit),
        csrf: form::token(&visit.context, &token_parts(signed_in)),
        email: &signed_in.shopper.email,
        least: least(),
        refusal,
    };
    page(if refusal.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &view)
}

fn token_parts(signed_in: &SignedInShopper) -> [&[u8]; 2] {
    [b"password", &signed_in.session_hash]
}
