//! Deleting the account: the question, what goes, what stays and for how long, and the one answer.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;

use super::super::{CsrfToken, Layout, form, layout, layout_of, page, refuse};
use super::data::in_words;
use super::message::{Message, MessagePage};
use super::onward::Onward;
use super::proved::{lately, sender};
use crate::accounts::deletion::delete;
use crate::locale::MailText;
use crate::storage::StorageError;
use crate::web::cookies::Kind;
use crate::web::extract::{SentForm, SignedInShopper, Visit};

#[derive(Debug, Template)]
#[template(path = "pages/account/delete.html")]
pub struct Delete<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    /// How long records of orders are kept.
    pub orders: Duration,
}

impl Delete<'_> {
    fn title(&self) -> String {
        self.layout.t1("delete-title", &("store", self.layout.store))
    }

    fn stays(&self) -> String {
        let time = in_words(&self.layout, self.orders);
        self.layout.t1("delete-stays-orders", &("time", time.as_str()))
    }
}

pub(super) const PATH: &str = "/account/delete";

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
}

/// `GET /account/delete`.
pub async fn show(visit: Visit) -> HttpResponse {
    let signed_in = match lately(&visit, &Onward::to_page(PATH).sign_in()) {
        Ok(signed_in) => signed_in,
        Err(answer) => return *answer,
    };
    let csrf = form::token(&visit.context, &token_parts(signed_in));
    page(StatusCode::OK, &Delete { csrf, orders: visit.state.retention.orders, layout: layout_of(&visit) })
}

/// `POST /account/delete`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let signed_in = match sender(&visit, (&posted.csrf, token_parts), &Onward::to_page(PATH).sign_in()) {
        Ok(signed_in) => signed_in,
        Err(answer) => return *answer,
    };
    let (shopper, occasion) = (signed_in.shopper.clone(), visit.occasion());
    let deleted: Result<bool, StorageError> =
        visit.state.db.write(move |tx| delete(tx, &shopper, ("shopper", &occasion))).await;
    let layout = layout(&visit.request, &visit.context);
    match deleted {
        Err(error) => return refuse::fault(&visit.request, &visit.context, &error),
        Ok(true) if visit.state.mailer.is_on() => {
            let text = MailText::farewell(layout.locale, layout.store);
            visit.state.mailer.send(&signed_in.shopper.email, text);
        }
        // A second click is answered like the first.
        Ok(_) => {}
    }
    let mut answer = page(StatusCode::OK, &MessagePage { layout, message: Message::AccountDeleted, reference: None });
    drop(answer.add_cookie(&Kind::Shopper.remove(&visit.context.issuer)));
    answer
}

fn token_parts(signed_in: &SignedInShopper) -> [&[u8]; 2] {
    [b"delete", &signed_in.session_hash]
}
