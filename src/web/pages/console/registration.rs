//! What agents need to register themselves: initial access tokens (RFC 7591 §3), and the apps' own addresses that are known,
//! complete and exact (H4).

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::domain::evidence::Check;
use crate::domain::initial_access_token::InitialAccessToken;
use crate::domain::staff::Role;
use crate::keys::IssuerContext;
use crate::locale::{Foreign, Moment};
use crate::merchant::private_use::{self, PrivateUseError};
use crate::merchant::registration_tokens::{self, NewToken};
use crate::storage::{StorageError, initial_access_tokens, private_use_uris};
use crate::web::extract::SentForm;

use super::super::error::Problem;
use super::super::{CsrfToken, Layout, Notice, page};
use super::desk::is_paused;
use super::{Asked, Desk, Frame, Section, shown_once};

#[derive(Debug, Template)]
#[template(path = "pages/console/registration.html")]
pub struct Registration<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub tokens: Vec<TokenRow>,
    /// The merchant's own.
    pub uris: Vec<String>,
    /// Of the configuration.
    pub known_uris: &'a [String],
    /// What is wrong with what was sent.
    pub wrong: Option<String>,
    /// The viewer is an admin.
    pub may_change: bool,
}

/// One initial access token.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Its hash, which names it in the form.
    pub name: String,
    pub note: String,
    pub made_at: Moment,
    pub ends_at: Option<Moment>,
    /// `None`: any number.
    pub uses_left: Option<u32>,
    pub is_good: bool,
}

impl TokenRow {
    fn label(&self, layout: &Layout<'_>) -> String {
        let unnamed = layout.t("registration-token-unnamed");
        let note = if self.note.is_empty() { unnamed.as_str() } else { self.note.as_str() };
        layout.t1("registration-token-remove-label", &("note", Foreign(note)))
    }
}

/// `GET /console/registration`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    let key = match desk.done(&asked.done) {
        "removed" => Some("registration-done-removed"),
        "added" => Some("registration-done-added"),
        _ => None,
    };
    show(&desk, &shown, key, None).await
}

async fn show(
    desk: &Desk,
    shown: &IssuerContext,
    done: Option<&str>,
    wrong: Option<String>,
) -> actix_web::Result<HttpResponse> {
    let id = shown.issuer.id.clone();
    let found: Result<_, StorageError> = desk
        .state
        .db
        .read(move |c| Ok((initial_access_tokens::list(c, &id)?, private_use_uris::list(c, &id)?, is_paused(c, &id)?)))
        .await;
    let (tokens, uris, is_paused) = found.map_err(|error| desk.fault(&error))?;
    let mut layout = desk.layout(shown);
    layout.notice = done.map(|key| Notice::Done(layout.t(key)));
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = Registration {
        csrf: desk.token(shown),
        frame: desk.frame(Section::Agents, is_paused),
        tokens: tokens.iter().map(|token| row(desk, &layout, token)).collect(),
        uris,
        known_uris: &desk.state.registration.private_use_uris,
        wrong,
        may_change: desk.staff.staff.role.may_change_settings(),
        layout: layout.clone(),
    };
    Ok(page(status, &view))
}

fn row(desk: &Desk, layout: &Layout<'_>, token: &InitialAccessToken) -> TokenRow {
    let moment = |at| Moment::new(at, desk.now(), layout.locale);
    TokenRow {
        name: URL_SAFE_NO_PAD.encode(token.token_hash),
        note: token.note.clone(),
        made_at: moment(token.created_at),
        ends_at: token.expires_at.map(moment),
        uses_left: token.uses_left,
        is_good: token.is_good(desk.now()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
    note: String,
    uses: String,
    /// Days; none when empty.
    expires: String,
    uri: String,
    /// What a button removes.
    remove: String,
}

/// `POST /console/registration/tokens`: makes a token and shows it, or removes one.
pub async fn tokens(desk: Desk, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let (sent, shown) = admitted(&desk, sent)?;
    let act = desk.act(&shown);
    if !sent.remove.is_empty() {
        let hash = URL_SAFE_NO_PAD.decode(&sent.remove).ok().and_then(|hash| <[u8; 32]>::try_from(hash).ok());
        let hash = hash.ok_or_else(|| {
            let evidence = Check::FormFields.found("the hash of a token", sent.remove.as_str());
            desk.refuse(Problem::BadRequest, StatusCode::BAD_REQUEST, evidence)
        })?;
        let removed: Result<bool, StorageError> =
            desk.state.db.write(move |tx| registration_tokens::remove(tx, &act, &hash)).await;
        removed.map_err(|error| desk.fault(&error))?;
        return Ok(desk.see("/console/registration", &shown, "&done=removed"));
    }
    let uses: Option<u32> = sent.uses.trim().parse().ok().filter(|uses| *uses > 0);
    if uses.is_none() && !sent.uses.trim().is_empty() {
        let wrong = desk.locale().t("registration-uses-wrong");
        return show(&desk, &shown, None, Some(wrong)).await;
    }
    let days: Option<u64> = sent.expires.parse().ok().filter(|days| (1..=3660).contains(days));
    let expires_at = days.map(|days| act.now.plus(Duration::from_hours(24 * days)));
    let new = NewToken { note: sent.note, uses, expires_at };
    let made: Result<_, StorageError> = desk
        .state
        .db
        .write(move |tx| Ok((registration_tokens::add(tx, &act, &new)?, is_paused(tx, &act.issuer_id)?)))
        .await;
    let (token, is_paused) = made.map_err(|error| desk.fault(&error))?;
    Ok(shown_once::token(&desk, (&shown, desk.frame(Section::Agents, is_paused)), &token))
}

/// `POST /console/registration/addresses`: adds an app's address, or removes one.
pub async fn addresses(desk: Desk, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let (sent, shown) = admitted(&desk, sent)?;
    let act = desk.act(&shown);
    if !sent.remove.is_empty() {
        let removed: Result<bool, StorageError> =
            desk.state.db.write(move |tx| private_use::remove(tx, &act, &sent.remove)).await;
        removed.map_err(|error| desk.fault(&error))?;
        return Ok(desk.see("/console/registration", &shown, "&done=removed"));
    }
    let added: Result<(), PrivateUseError> = desk.state.db.write(move |tx| private_use::add(tx, &act, &sent.uri)).await;
    let key = match added {
        Ok(()) => return Ok(desk.see("/console/registration", &shown, "&done=added")),
        Err(PrivateUseError::NotOne) => "registration-uri-wrong",
        Err(PrivateUseError::Full) => "registration-uri-full",
        Err(PrivateUseError::Storage(error)) => return Err(desk.fault(&error)),
    };
    let wrong = desk.locale().t(key);
    show(&desk, &shown, None, Some(wrong)).await
}

/// What was sent, by an admin with the form of this environment.
fn admitted(desk: &Desk, sent: SentForm<Sent>) -> actix_web::Result<(Sent, std::sync::Arc<IssuerContext>)> {
    let sent = sent.into_inner();
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_change_settings)?;
    Ok((sent, shown))
}
