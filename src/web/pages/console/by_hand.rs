//! The clients that the merchant made by hand, for platforms that cannot register (A22).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::ClientId;
use crate::domain::client::AuthMethod;
use crate::domain::redirect_uri::RedirectUri;
use crate::domain::staff::Role;
use crate::locale::{Foreign, Moment};
use crate::merchant::clients_by_hand::{self, ByHandError, list};
use crate::storage::StorageError;
use crate::web::extract::SentForm;

use super::super::{Layout, Notice, page};
use super::client::unknown;
use super::desk::is_paused;
use super::{Asked, Desk, Frame, Section};

#[derive(Debug, Template)]
#[template(path = "pages/console/by_hand.html")]
pub struct ByHand<'a> {
    pub layout: Layout<'a>,
    pub frame: Frame,
    pub rows: Vec<Row<'a>>,
    /// The viewer is an admin.
    pub may_change: bool,
}

/// One client.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub client_id: &'a str,
    pub name: &'a str,
    pub auth_method: AuthMethod,
    /// As they were written.
    pub redirect_uris: Vec<&'a str>,
    pub made_at: Moment,
}

/// The key of how a client proves itself, in words.
pub(super) const fn proof_key(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::None => "proof-none",
        AuthMethod::ClientSecretBasic => "proof-client-secret-basic",
        AuthMethod::ClientSecretPost => "proof-client-secret-post",
        AuthMethod::PrivateKeyJwt => "proof-private-key-jwt",
    }
}

impl Row<'_> {
    const fn proof(&self) -> &'static str {
        proof_key(self.auth_method)
    }
}

/// `GET /console/clients`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    let issuer_id = shown.issuer.id.clone();
    let found: Result<_, StorageError> =
        desk.state.db.read(move |c| Ok((list(c, &issuer_id)?, is_paused(c, &issuer_id)?))).await;
    let (clients, is_paused) = found.map_err(|error| desk.fault(&error))?;
    let mut layout = desk.layout(&shown);
    layout.notice = match desk.done(&asked.done) {
        "removed" => Some(Notice::Done(layout.t("hand-removed-notice"))),
        _ => None,
    };
    let rows = clients.iter().map(|client| Row {
        client_id: client.id.as_str(),
        name: client.metadata.client_name.as_deref().unwrap_or_default(),
        auth_method: client.auth_method,
        redirect_uris: client.redirect_uris().iter().map(RedirectUri::as_str).collect(),
        made_at: Moment::new(client.created_at, desk.now(), layout.locale),
    });
    let view = ByHand {
        frame: desk.frame(Section::Agents, is_paused),
        rows: rows.collect(),
        may_change: desk.staff.staff.role.may_change_settings(),
        layout: layout.clone(),
    };
    Ok(page(StatusCode::OK, &view))
}

impl Row<'_> {
    fn label(&self, layout: &Layout<'_>) -> String {
        layout.t1("hand-open-label", &("agent", Foreign(self.name)))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
    id: String,
}

/// `POST /console/clients/remove`: removes a client and ends its sessions.
pub async fn remove(desk: Desk, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_change_settings)?;
    let (act, id) = (desk.act(&shown), ClientId::new(sent.id.as_str()));
    let gone = id.clone();
    let removed: Result<(), ByHandError> = desk.state.db.write(move |tx| clients_by_hand::remove(tx, &act, &id)).await;
    removed.map_err(|error| match error {
        ByHandError::Storage(error) => desk.fault(&error),
        _ => unknown(&desk),
    })?;
    desk.state.clients.forget(&shown.issuer.id, &gone);
    Ok(desk.see("/console/clients", &shown, "&done=removed"))
}
