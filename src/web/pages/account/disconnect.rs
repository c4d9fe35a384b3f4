//! The question before a disconnection, what it stops and what it does not undo; and its answer (S1-22).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded;

use super::super::error::Problem;
use super::super::refuse::{fault, form_expired, refuse, see_other};
use super::super::{CsrfToken, Layout, form, layout_of, page};
use super::agents::{self, name_of, policy_of};
use super::sign_in;
use crate::accounts::agents::{disconnect, find, report};
use crate::domain::GrantId;
use crate::domain::evidence::Check;
use crate::domain::session::TokenHash;
use crate::locale::Foreign;
use crate::storage::{StorageError, Tx};
use crate::web::extract::{SentForm, Visit};

#[derive(Debug, Template)]
#[template(path = "pages/account/disconnect.html")]
pub struct Disconnect<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    /// The id of the grant.
    pub grant: &'a str,
    pub name: Option<Foreign<'a>>,
    /// Whose it is, where that is known, and where they say what they do with what it learnt.
    pub policy: Option<(&'a str, &'a str)>,
}

impl Disconnect<'_> {
    fn title(&self) -> String {
        match self.name {
            Some(name) => self.layout.t1("disconnect-title", &("agent", name)),
            None => self.layout.t("disconnect-title-unnamed"),
        }
    }
}

/// Which agent a page is about.
#[derive(Deserialize)]
pub struct Which {
    grant: String,
}

impl Which {
    pub(super) fn grant(query: Option<web::Query<Self>>) -> Option<GrantId> {
        grant_id(query?.into_inner().grant)
    }
}

/// As a link has it. PostgreSQL refuses to look for a NUL.
pub(super) fn grant_id(text: String) -> Option<GrantId> {
    (!text.contains('\0')).then(|| GrantId::new(text))
}

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    grant: String,
    /// The shopper says that something is wrong with it.
    #[serde(default)]
    report: String,
}

/// `GET /account/agents/disconnect?grant=…`.
pub async fn show(visit: Visit, query: Option<web::Query<Which>>) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return see_other(&visit.context, sign_in::PATH) };
    let Some(id) = Which::grant(query) else { return not_found(&visit) };
    let shopper = signed_in.shopper.clone();
    let found: Result<_, StorageError> = visit.state.db.read(move |connection| find(connection, &shopper, &id)).await;
    let own = match found {
        Ok(Some(own)) => own,
        // Of another shopper, or none at all: the answer is the same.
        Ok(None) => return not_found(&visit),
        Err(error) => return fault(&visit.request, &visit.context, &error),
    };
    // From a list that has grown old: there is nothing left to ask.
    if own.grant.ended_at.is_some() {
        return done(&visit, &own.grant.id);
    }
    let name = name_of(&visit.state.platforms, &own);
    let grant = own.grant.id.as_str();
    let csrf = form::token(&visit.context, &token_parts(&signed_in.session_hash, grant));
    let policy = policy_of(&visit.state.platforms, &own);
    let view = Disconnect { layout: layout_of(&visit), csrf, grant, name: name.as_deref().map(Foreign), policy };
    page(StatusCode::OK, &view)
}

/// `POST /account/agents/disconnect`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return see_other(&visit.context, sign_in::PATH) };
    let parts = token_parts(&signed_in.session_hash, &posted.grant);
    if !form::matches(&visit.context, &posted.csrf, &parts) {
        return form_expired(&visit.request, &visit.context);
    }
    let (shopper, occasion) = (signed_in.shopper.clone(), visit.occasion());
    let id = GrantId::new(posted.grant);
    let (ended, is_reported) = (id.clone(), !posted.report.is_empty());
    let use_case = move |tx: &mut Tx<'_>| -> Result<bool, StorageError> {
        if is_reported {
            report(tx, &shopper, &ended, &occasion)?;
        }
        disconnect(tx, &shopper, &ended, &occasion)
    };
    let disconnected = visit.state.db.write(use_case).await;
    match disconnected {
        Ok(true) => done(&visit, &id),
        Ok(false) => not_found(&visit),
        Err(error) => fault(&visit.request, &visit.context, &error),
    }
}

/// Decision 2: bound to the session and to what is asked.
fn token_parts<'a>(session_hash: &'a TokenHash, grant: &'a str) -> [&'a [u8]; 3] {
    [b"disconnect", session_hash, grant.as_bytes()]
}

/// Back to the list, which says what was done.
fn done(visit: &Visit, id: &GrantId) -> HttpResponse {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("done", id.as_str()).finish();
    see_other(&visit.context, &format!("{}?{query}", agents::PATH))
}

pub(super) fn not_found(visit: &Visit) -> HttpResponse {
    let evidence = Check::Subject.found("an agent of this shopper", "another");
    let reason = evidence.because("the shopper has no such grant");
    refuse(&visit.request, &visit.context, Problem::NotFound, StatusCode::NOT_FOUND, reason)
}
