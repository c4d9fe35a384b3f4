//! The platforms that this installation knows, each with where that was learned and when.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::config::platforms::Introduction;
use crate::domain::platforms;

use super::super::{Layout, page};
use super::desk::is_paused;
use super::{Desk, Frame, Section};

#[derive(Debug, Template)]
#[template(path = "pages/console/platforms.html")]
pub struct Platforms<'a> {
    pub layout: Layout<'a>,
    pub frame: Frame,
    pub platforms: &'a platforms::Platforms,
}

/// Key of the words for a way to introduce oneself.
pub const fn key_of(way: &Introduction) -> &'static str {
    match way {
        Introduction::MetadataDocument => "platforms-document",
        Introduction::Registration => "platforms-registration",
        Introduction::PreRegistered => "platforms-pre-registered",
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
}

/// `GET /console/agents/platforms`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    let issuer_id = shown.issuer.id.clone();
    let is_paused = desk.state.db.read(move |c| is_paused(c, &issuer_id)).await.map_err(|error| desk.fault(&error))?;
    let view = Platforms {
        layout: desk.layout(&shown),
        frame: desk.frame(Section::Agents, is_paused),
        platforms: &desk.state.platforms,
    };
    Ok(page(StatusCode::OK, &view))
}
