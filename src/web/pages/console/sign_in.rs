//! Signing in to the console. One answer for every wrong pair.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::account::sign_in::{Refusal, fault, in_background, status, wrong_password};
use super::super::{CsrfToken, Layout, form, layout, page, refuse};
use crate::accounts::sessions::{self, NewSession, SessionSecret};
use crate::accounts::sign_in::{Proof, RightFor, prove_staff};
use crate::accounts::throttle::Guess;
use crate::accounts::trail;
use crate::domain::email;
use crate::domain::staff::Staff;
use crate::keys::Secret;
use crate::storage::{StorageError, Tx, staff_sessions};
use crate::web::cookies::Kind;
use crate::web::extract::{MaybeStaff, SentForm, SignedInStaff, Visit};
use crate::web::middleware::root_span::reference;

#[derive(Debug, Template)]
#[template(path = "pages/console/sign_in.html")]
pub struct ConsoleSignIn<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    pub refusal: Option<Refusal>,
    /// The id of the request, shown where it was refused.
    pub reference: &'a str,
}

const FORM: &str = "console-sign-in";

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    email: String,
    password: String,
}

#[derive(Deserialize)]
pub struct SignOut {
    csrf: String,
}

pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/console/sign-in", web::get().to(show))
        .route("/console/sign-in", web::post().to(submit))
        .route("/console/sign-out", web::post().to(sign_out));
}

/// `GET /console/sign-in`.
pub async fn show(visit: Visit, MaybeStaff(staff): MaybeStaff) -> HttpResponse {
    if staff.is_some() {
        return refuse::see_other(&visit.context, "/console");
    }
    answer(&visit, "", None)
}

/// `POST /console/sign-in`.
pub async fn submit(visit: Visit, MaybeStaff(before): MaybeStaff, SentForm(posted): SentForm<Form>) -> HttpResponse {
    // Login CSRF: only a form that this browser was shown signs it in.
    if !form::browser_token_matches(&visit.context, &posted.csrf, FORM, &visit.browser.hash, None) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let address = email::normal(&posted.email).unwrap_or_else(|| posted.email.replace('\0', ""));
    let store_id = &visit.context.store.id;
    let attempt = visit.attempt(store_id.as_str(), (Guess::Password, address));
    match prove_staff(visit.doorkeeper(), store_id, &attempt, Secret::new(posted.password)).await {
        Ok(Proof::Right(member, right_for)) => begin(&visit, &posted.email, (member, right_for), before).await,
        Ok(Proof::Wrong(account)) => {
            if let Some(member) = account {
                let (issuer_id, occasion) = (visit.context.issuer.id.clone(), visit.occasion());
                in_background(&visit, move |tx| {
                    trail::record_staff_failure(tx, &issuer_id, &member, &occasion);
                    Ok(())
                });
            }
            let answer = answer(&visit, &posted.email, Some(Refusal::Wrong));
            refuse::because(answer, wrong_password())
        }
        Ok(Proof::Throttled { retry_after }) => {
            let answer = answer(&visit, &posted.email, Some(Refusal::Throttled));
            let reason = refuse::attempts(retry_after).because("too many attempts to sign in");
            refuse::because(refuse::with_retry_after(answer, retry_after), reason)
        }
        Err(error) => fault(&visit, &error),
    }
}

async fn begin(
    visit: &Visit,
    email: &str,
    (member, right_for): (Staff, RightFor),
    before: Option<SignedInStaff>,
) -> HttpResponse {
    let secret = SessionSecret::draw();
    let lifetime = visit.state.sign_in.session_lifetime;
    let session = NewSession { hash: secret.hash, before: before.map(|before| before.session_hash), lifetime };
    let (issuer_id, occasion) = (visit.context.issuer.id.clone(), visit.occasion());
    let begin = move |tx: &mut Tx<'_>| sessions::begin_staff(tx, &issuer_id, (&member, &right_for), session, &occasion);
    let outcome: Result<bool, StorageError> = visit.state.db.write(begin).await;
    match outcome {
        Ok(true) => {}
        // Another password was set while this one was checked.
        Ok(false) => return refuse::because(answer(visit, email, Some(Refusal::Wrong)), wrong_password()),
        Err(error) => return refuse::fault(&visit.request, &visit.context, &error),
    }
    let mut answer = refuse::see_other(&visit.context, "/console");
    drop(answer.add_cookie(&Kind::Staff.set(&visit.context.issuer, secret.cookie.expose().clone(), lifetime)));
    visit.browser.keep(answer)
}

/// `POST /console/sign-out`.
pub async fn sign_out(
    visit: Visit,
    MaybeStaff(staff): MaybeStaff,
    SentForm(posted): SentForm<SignOut>,
) -> HttpResponse {
    if let Some(signed_in) = staff {
        let hash = signed_in.session_hash;
        if !form::matches(&visit.context, &posted.csrf, &[b"sign-out", &hash]) {
            return refuse::form_expired(&visit.request, &visit.context);
        }
        let store_id = visit.context.store.id.clone();
        let ended: Result<_, StorageError> =
            visit.state.db.write(move |tx| staff_sessions::delete(tx, &store_id, &hash)).await;
        if let Err(error) = ended {
            return refuse::fault(&visit.request, &visit.context, &error);
        }
    }
    let mut answer = refuse::see_other(&visit.context, "/console/sign-in");
    drop(answer.add_cookie(&Kind::Staff.remove(&visit.context.issuer)));
    answer
}

fn answer(visit: &Visit, email: &str, refusal: Option<Refusal>) -> HttpResponse {
    let view = ConsoleSignIn {
        layout: layout(&visit.request, &visit.context),
        csrf: form::browser_token(&visit.context, FORM, &visit.browser.hash, None),
        email,
        refusal,
        reference: &reference(&visit.request).to_string(),
    };
    visit.browser.keep(page(status(refusal), &view))
}
