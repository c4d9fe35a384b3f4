//! The question before a registered agent is merged into its successor, with what would move, and the answer.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::ClientId;
use crate::domain::client;
use crate::domain::staff::Role;
use crate::keys::IssuerContext;
use crate::locale::Foreign;
use crate::merchant::merging::{CannotMerge, Preview, merge, preview};
use crate::storage::StorageError;
use crate::web::extract::{Browser, SentForm};

use super::super::{CsrfToken, Layout, page};
use super::agent::see;
use super::desk::is_paused;
use super::settings::is_confirmed;
use super::{Desk, Frame, Section};

#[derive(Debug, Template)]
#[template(path = "pages/console/merge.html")]
pub struct Merge<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub from: &'a str,
    pub from_name: Option<Foreign<'a>>,
    pub into: &'a str,
    pub into_name: Option<Foreign<'a>>,
    /// Key of why it cannot be done.
    pub refused: Option<&'static str>,
    pub moves: u32,
    pub stays: u32,
    pub password_was_wrong: bool,
}

/// The key of the reason.
pub const fn why(refused: CannotMerge) -> &'static str {
    match refused {
        CannotMerge::Unknown => "merge-unknown",
        CannotMerge::NotRegistered => "merge-not-registered",
        CannotMerge::Merged => "merge-already",
        CannotMerge::NoDocument => "merge-no-document",
    }
}

/// Which two.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    csrf: String,
    from: String,
    into: String,
    password: String,
}

/// `GET /console/agents/merge`: the question.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    if !desk.staff.staff.role.may_change_settings() {
        return Err(desk.forbidden());
    }
    show(&desk, &shown, &asked, StatusCode::OK).await
}

async fn show(
    desk: &Desk,
    shown: &IssuerContext,
    asked: &Asked,
    status: StatusCode,
) -> actix_web::Result<HttpResponse> {
    let (from, into) = (asked.from.trim(), asked.into.trim());
    let (issuer_id, ids) = (shown.issuer.id.clone(), (ClientId::new(from), ClientId::new(into)));
    let found: Result<_, StorageError> =
        desk.state.db.read(move |c| Ok((preview(c, &issuer_id, &ids.0, &ids.1)?, is_paused(c, &issuer_id)?))).await;
    let (preview, is_paused) = found.map_err(|error| desk.fault(&error))?;
    let (known, refused) = match preview {
        Ok(known) => (Some(known), None),
        Err(refused) => (None, Some(refused)),
    };
    let name = |client: fn(&Preview) -> &client::Client| {
        let client = known.as_ref().map(client)?;
        desk.state.platforms.shown_name(client.id.as_str(), &client.metadata)
    };
    let (from_name, into_name) = (name(|known| &known.from), name(|known| &known.into));
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let view = Merge {
        layout: desk.layout(shown),
        csrf: desk.token(shown),
        frame: desk.frame(Section::Agents, is_paused),
        from,
        from_name: from_name.as_deref().map(Foreign),
        into,
        into_name: into_name.as_deref().map(Foreign),
        moves: known.as_ref().map_or(0, |known| count(known.movable)),
        stays: known.as_ref().map_or(0, |known| count(known.grants.saturating_sub(known.movable))),
        refused: refused.map(why),
        password_was_wrong: status == StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(page(if refused.is_some() { StatusCode::CONFLICT } else { status }, &view))
}

/// `POST /console/agents/merge`: the answer, with the password, since it is final.
pub async fn post(desk: Desk, browser: Browser, sent: SentForm<Asked>) -> actix_web::Result<HttpResponse> {
    let mut sent = sent.into_inner();
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_change_settings)?;
    let password = std::mem::take(&mut sent.password);
    if !is_confirmed(&desk, &browser, password).await? {
        return show(&desk, &shown, &sent, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (act, ids) = (desk.act(&shown), (ClientId::new(sent.from.trim()), ClientId::new(sent.into.trim())));
    let outcome: Result<Result<usize, CannotMerge>, StorageError> =
        desk.state.db.write(move |tx| merge(tx, &act, &ids.0, &ids.1)).await;
    let merged = outcome.map_err(|error| desk.fault(&error))?;
    desk.state.reload().await;
    match merged {
        Ok(_moved) => Ok(see(&desk, &shown, sent.into.trim(), "merged")),
        // The same question says why.
        Err(_refused) => show(&desk, &shown, &sent, StatusCode::CONFLICT).await,
    }
}
