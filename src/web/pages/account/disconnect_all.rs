//! The question before everything is disconnected at once, and its answer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;

use super::super::refuse::{fault, form_expired, see_other};
use super::super::{CsrfToken, Layout, form, layout_of, page};
use super::agents::{self, described};
use super::sign_in;
use super::told::tell;
use crate::accounts::agents::{disconnect_all, list};
use crate::domain::session::TokenHash;
use crate::locale::Foreign;
use crate::storage::StorageError;
use crate::web::extract::{SentForm, Visit};

pub(super) const PATH: &str = "/account/agents/disconnect-all";

#[derive(Debug, Template)]
#[template(path = "pages/account/disconnect_all.html")]
pub struct DisconnectAll<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    /// Every agent that ends, `None` where it has no name.
    pub names: Vec<Option<Foreign<'a>>>,
}

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
}

/// `GET /account/agents/disconnect-all`.
pub async fn show(visit: Visit) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return see_other(&visit.context, sign_in::PATH) };
    let (shopper, now) = (signed_in.shopper.clone(), visit.now());
    let found: Result<_, StorageError> = visit.state.db.read(move |connection| list(connection, &shopper, now)).await;
    let connected = match found {
        Ok(connected) if connected.is_empty() => return see_other(&visit.context, agents::PATH),
        Ok(connected) => connected,
        Err(error) => return fault(&visit.request, &visit.context, &error),
    };
    let described = described(&connected, &visit.state.platforms);
    let csrf = form::token(&visit.context, &token_parts(&signed_in.session_hash));
    let names = described.iter().map(|one| one.name.as_deref().map(Foreign)).collect();
    page(StatusCode::OK, &DisconnectAll { layout: layout_of(&visit), csrf, names })
}

/// `POST /account/agents/disconnect-all`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return see_other(&visit.context, sign_in::PATH) };
    if !form::matches(&visit.context, &posted.csrf, &token_parts(&signed_in.session_hash)) {
        return form_expired(&visit.request, &visit.context);
    }
    let (shopper, occasion) = (signed_in.shopper.clone(), visit.occasion());
    let ended: Result<(), StorageError> = visit.state.db.write(move |tx| disconnect_all(tx, &shopper, &occasion)).await;
    match ended {
        Ok(()) => tell(&visit, agents::PATH, (agents::ENDED_ALL, "")),
        Err(error) => fault(&visit.request, &visit.context, &error),
    }
}

fn token_parts(session_hash: &TokenHash) -> [&[u8]; 2] {
    [b"disconnect-all", session_hash]
}
