//! Passkeys on pages: the offer on the sign-in page and on "Ways to sign in", which only a script can take up
//! (`static/passkeys.js`), and what comes back. Without a script the offers stay hidden and the other ways are there.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;

use super::super::{form, layout, page, refuse};
use super::onward::{self, Carried, Onward};
use super::passkey_refused::{PasskeyRefused, Trouble};
use super::sign_in::{new_session, signed_in};
use super::{told, ways};
use crate::accounts::passkeys::{self, Adding, Asserted, Begun, PasskeyError};
use crate::accounts::sessions::SessionSecret;
use crate::domain::authentication::ProofStep;
use crate::domain::evidence::Check;
use crate::domain::session::SignInMethod;
use crate::locale::MailText;
use crate::storage::{StorageError, Tx};
use crate::web::extract::{SentForm, Visit};
use crate::web::middleware::root_span::reference;

pub(super) const FORM: &str = "sign-in-passkey";

#[derive(Deserialize)]
pub struct SignInForm {
    csrf: String,
    ceremony: String,
    answer: String,
    #[serde(flatten)]
    carried: Carried,
}

#[derive(Deserialize)]
pub struct AddForm {
    csrf: String,
    ceremony: String,
    answer: String,
    label: String,
    #[serde(flatten)]
    carried: Carried,
}

/// For the sign-in page; `None` where this issuer can have no passkeys.
pub(super) fn offer(visit: &Visit) -> Option<Begun> {
    passkeys::begin_sign_in(&visit.context, visit.browser.hash, visit.now()).ok()
}

/// `POST /sign-in/passkey`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<SignInForm>) -> HttpResponse {
    let request = posted.carried.request.as_deref();
    if !form::browser_token_matches(&visit.context, &posted.csrf, FORM, &visit.browser.hash, request) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let onward = Onward::of(&visit.context, posted.carried);
    let place = match visit.state.throttle.admit_source("passkeys", &visit.source.network, visit.now()) {
        Ok(place) => place,
        Err(throttled) => {
            let reason = "too many passkeys from one source";
            return refuse::too_many(&visit.request, &visit.context, throttled.retry_after, reason);
        }
    };
    let sent = (posted.ceremony.as_str(), posted.answer.as_str());
    let answered = match passkeys::answered(&visit.context, &visit.browser.hash, sent, visit.now()) {
        Ok(answered) => answered,
        Err(error) => return failed(&visit, &error, Trouble::Refused, &onward),
    };
    let secret = SessionSecret::draw();
    let (session, occasion) = (new_session(&visit, &secret, SignInMethod::Passkey), visit.occasion());
    let context = visit.context.clone();
    let use_case = move |tx: &mut Tx<'_>| -> Result<Asserted, StorageError> {
        passkeys::sign_in(tx, &context, &answered, session, &occasion)
    };
    match visit.state.db.write(use_case).await {
        Ok(Asserted::SignedIn(shopper)) => {
            visit.state.throttle.leave(&place);
            signed_in(&visit, &secret, (&shopper.email, &onward))
        }
        Ok(Asserted::Refused(error)) => failed(&visit, &error.into(), Trouble::Refused, &onward),
        Ok(Asserted::Spent) => failed(&visit, &PasskeyError::NotGood, Trouble::Expired, &onward),
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

/// `POST /account/passkeys`: keeps the one that the browser has made.
pub async fn add(visit: Visit, SentForm(posted): SentForm<AddForm>) -> HttpResponse {
    // That the sign-in is fresh was seen when the offer was made, and is seen again, since the offer lasts.
    let onward = Onward::of(&visit.context, posted.carried);
    let signed_in = match ways::admitted(&visit, &posted.csrf, &onward) {
        Ok(signed_in) => signed_in,
        Err(answer) => return *answer,
    };
    let sent = (posted.ceremony.as_str(), posted.answer.as_str(), posted.label.as_str());
    let registered = match passkeys::finish_registration(&visit.context, &signed_in.session_hash, sent, visit.now()) {
        Ok(registered) => registered,
        Err(error) => return failed(&visit, &error, Trouble::NotAdded, &onward),
    };
    let (shopper, method, occasion) = (signed_in.shopper.clone(), signed_in.method, visit.occasion());
    let added: Result<_, StorageError> =
        visit.state.db.write(move |tx| passkeys::add(tx, (&shopper, method), &registered, &occasion)).await;
    if matches!(added, Ok(Adding::Added)) {
        ways::tell(&visit, signed_in, MailText::passkey);
    }
    match added {
        // It was made on the way to what demands one: on, to use it.
        Ok(Adding::Added) if onward.is_somewhere() => {
            refuse::see_other(&visit.context, &onward.by(Some(ProofStep::Passkey)).sign_in())
        }
        Ok(Adding::Added) => told::tell(&visit, onward::WAYS, ("passkey", "")),
        Ok(Adding::Known) => trouble(&visit, Trouble::Known, &onward, "a passkey that is somebody's already"),
        Ok(Adding::TooMany) => trouble(&visit, Trouble::TooMany, &onward, "one more than an account can have"),
        Ok(Adding::NeedsPasskey) => trouble(&visit, Trouble::NeedsPasskey, &onward, "a sign-in of another kind"),
        Ok(Adding::Waits) => trouble(&visit, Trouble::Waits, &onward, "one that was removed without being used"),
        Ok(Adding::SignedOut) => ways::sign_in_first(&visit, &onward),
        Ok(Adding::Spent) => trouble(&visit, Trouble::NotAdded, &onward, "a ceremony that was used"),
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

fn failed(visit: &Visit, error: &PasskeyError, otherwise: Trouble, onward: &Onward) -> HttpResponse {
    let is_old = matches!(error, PasskeyError::NotGood) && otherwise == Trouble::Refused;
    trouble(visit, if is_old { Trouble::Expired } else { otherwise }, onward, &error.to_string())
}

fn trouble(visit: &Visit, trouble: Trouble, onward: &Onward, found: &str) -> HttpResponse {
    let evidence = match trouble {
        Trouble::NeedsPasskey | Trouble::Waits => {
            Check::PasskeyBefore.found("a sign-in with a passkey that is there", found)
        }
        _ => Check::Passkey.found("the answer of a known passkey to this very page", found),
    };
    let view = PasskeyRefused {
        layout: layout(&visit.request, &visit.context),
        trouble,
        onward,
        reference: &reference(&visit.request).to_string(),
    };
    let status = match trouble {
        Trouble::Refused | Trouble::NeedsPasskey | Trouble::Waits | Trouble::NotAdded => StatusCode::FORBIDDEN,
        Trouble::Expired => StatusCode::GONE,
        Trouble::Known | Trouble::TooMany => StatusCode::CONFLICT,
    };
    refuse::because(visit.browser.keep(page(status, &view)), evidence.because(trouble.keys().0))
}
