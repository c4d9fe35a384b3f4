//! What was just made and is shown once: a secret or a token, with where to paste what. It is the answer to the post that made
//! it, never stored and never in an address, so there is no way back to it.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;

use crate::domain::ClientId;
use crate::domain::client::{Client, SECRET_OVERLAP};
use crate::domain::staff::Role;
use crate::domain::{Scope, ScopeSet};
use crate::keys::{IssuerContext, Secret};
use crate::locale::Moment;
use crate::merchant::clients_by_hand::{ByHandError, LONGEST_OVERLAP, rotate_secret};
use crate::web::extract::SentForm;

use super::super::{Layout, page};
use super::client::unknown;
use super::desk::is_paused;
use super::presets::Preset;
use super::{Desk, Frame, Section};

#[derive(Template)]
#[template(path = "pages/console/shown_once.html")]
pub struct ShownOnce<'a> {
    pub layout: Layout<'a>,
    pub frame: Frame,
    /// The key of the heading.
    pub title: &'static str,
    /// Keys and values, in the order in which they are pasted.
    pub values: Vec<(&'static str, String)>,
    pub has_secret: bool,
    /// Sentences about what to do with them.
    pub steps: Vec<String>,
    /// The path of the page to go on to.
    pub back: &'a str,
}

/// Secrets do not show themselves.
impl std::fmt::Debug for ShownOnce<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ShownOnce({})", self.title)
    }
}

/// The values that a platform asks for.
pub fn values_of(
    context: &IssuerContext,
    client: &Client,
    secret: Option<&Secret<String>>,
) -> Vec<(&'static str, String)> {
    let at = |path| context.issuer.url.join(path);
    let scopes: Vec<&str> = ScopeSet::BROWSE
        .with(Scope::CartWrite)
        .with(Scope::CheckoutInitiate)
        .with(Scope::OfflineAccess)
        .iter()
        .map(Scope::as_str)
        .collect();
    let mut values = vec![("once-id", client.id.to_string())];
    values.extend(secret.map(|secret| ("once-secret", secret.expose().clone())));
    values.extend([
        ("once-authorize", at("/authorize")),
        ("once-token-url", at("/token")),
        ("once-refresh-url", at("/token")),
        ("once-scopes", scopes.join(" ")),
    ]);
    values
}

/// The client that was just made.
pub fn client(
    desk: &Desk,
    (shown, frame): (&IssuerContext, Frame),
    (client, secret): (&Client, Option<&Secret<String>>),
    preset: Preset,
) -> HttpResponse {
    let layout = desk.layout(shown);
    let steps = preset.steps().iter().map(|key| layout.t(key)).collect();
    let values = values_of(shown, client, secret);
    answer(&ShownOnce {
        frame,
        title: "once-client-title",
        values,
        has_secret: secret.is_some(),
        steps,
        back: "/console/clients",
        layout,
    })
}

/// An initial access token.
pub fn token(desk: &Desk, (shown, frame): (&IssuerContext, Frame), token: &Secret<String>) -> HttpResponse {
    let layout = desk.layout(shown);
    answer(&ShownOnce {
        frame,
        title: "once-token-title",
        values: vec![("once-token", token.expose().clone())],
        has_secret: true,
        steps: vec![layout.t("once-token-use")],
        back: "/console/registration",
        layout,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
    id: String,
    /// Hours.
    overlap: String,
}

/// `POST /console/clients/secret`: replaces the secret of a client, and shows the new one.
pub async fn post(desk: Desk, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_change_settings)?;
    let overlap = sent.overlap.parse().ok().filter(|hours: &u64| *hours <= 90 * 24);
    let overlap = overlap.map_or(SECRET_OVERLAP, Duration::from_hours);
    let (act, id) = (desk.act(&shown), ClientId::new(sent.id.as_str()));
    let until = act.now.plus(overlap.min(LONGEST_OVERLAP));
    let rotated: Result<_, ByHandError> = desk
        .state
        .db
        .write(move |tx| Ok((rotate_secret(tx, &act, &id, overlap)?, is_paused(tx, &act.issuer_id)?)))
        .await;
    let (secret, is_paused) = rotated.map_err(|error| match error {
        ByHandError::Storage(error) => desk.fault(&error),
        _ => unknown(&desk),
    })?;
    let layout = desk.layout(&shown);
    let when = Moment::new(until, desk.now(), layout.locale).exact;
    Ok(answer(&ShownOnce {
        frame: desk.frame(Section::Agents, is_paused),
        title: "once-secret-title",
        values: vec![("once-secret", secret.expose().clone())],
        has_secret: true,
        steps: vec![layout.t1("once-until", &("when", when))],
        back: "/console/clients",
        layout,
    }))
}

fn answer(view: &ShownOnce<'_>) -> HttpResponse {
    page(StatusCode::OK, view)
}
