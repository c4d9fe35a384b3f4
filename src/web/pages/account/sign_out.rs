//! Signing out: ends the session here. Agents stay connected; the page says so. From a consent page ("Not you?") it leads on to
//! signing in as somebody else, for the same request.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;

use super::super::{form, layout, page, refuse};
use super::message::{Message, MessagePage};
use super::onward::{Carried, Onward};
use crate::domain::authentication::ProofStep;
use crate::storage::{StorageError, shopper_sessions};
use crate::web::cookies::Kind;
use crate::web::extract::{SentForm, Visit};

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    #[serde(flatten)]
    carried: Carried,
}

/// `POST /sign-out`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    // A page from before the session ended: there is nothing left to end.
    if let Some(signed_in) = &visit.shopper {
        let hash = signed_in.session_hash;
        if !form::matches(&visit.context, &posted.csrf, &[b"sign-out", &hash]) {
            return refuse::form_expired(&visit.request, &visit.context);
        }
        let issuer_id = visit.context.issuer.id.clone();
        let ended: Result<_, StorageError> =
            visit.state.db.write(move |tx| shopper_sessions::delete(tx, &issuer_id, &hash)).await;
        if let Err(error) = ended {
            return refuse::fault(&visit.request, &visit.context, &error);
        }
    }
    let onward = Onward::of(&visit.context, posted.carried);
    let mut answer = if onward.request().is_some() {
        // A provider that signs in without a question would bring the same account back.
        refuse::see_other(&visit.context, &onward.by(Some(ProofStep::OtherAccount)).sign_in())
    } else {
        let layout = layout(&visit.request, &visit.context);
        page(StatusCode::OK, &MessagePage { layout, message: Message::SignedOut, reference: None })
    };
    drop(answer.add_cookie(&Kind::Shopper.remove(&visit.context.issuer)));
    answer
}
