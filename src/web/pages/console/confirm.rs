//! The question before many sessions end at once (design, decision 4: one row).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::evidence::Check;
use crate::domain::staff::Role;
use crate::domain::{ClientId, ConnectionId};
use crate::locale::Foreign;
use crate::merchant::agents;
use crate::merchant::revocation::{self, Whose as Many};
use crate::storage::{StorageError, clients};
use crate::web::extract::SentForm;

use super::super::{CsrfToken, Layout, page};
use super::desk::is_paused;
use super::sessions::place_of;
use super::{Desk, Frame, Section};

#[derive(Debug, Template)]
#[template(path = "pages/console/confirm.html")]
pub struct Confirm<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub whose: Whose<'a>,
    pub live_sessions: u32,
}

/// Whose sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    Client {
        id: &'a str,
        name: Option<Foreign<'a>>,
    },
    /// By pseudonym.
    Shopper(&'a str),
}

impl Confirm<'_> {
    fn title(&self) -> String {
        match self.whose {
            Whose::Client { name: Some(name), .. } => self.layout.t1("confirm-title-client", &("agent", name)),
            Whose::Client { id, name: None } => self.layout.t1("confirm-title-client", &("agent", Foreign(id))),
            Whose::Shopper(pseudonym) => self.layout.t1("confirm-title-shopper", &("shopper", pseudonym)),
        }
    }

    /// The field of the form: `client` or `shopper`, and its value.
    const fn field(&self) -> (&'static str, &str) {
        match self.whose {
            Whose::Client { id, .. } => ("client", id),
            Whose::Shopper(pseudonym) => ("shopper", pseudonym),
        }
    }
}

/// Whose sessions: one connection, all of a client, or all of a shopper.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    csrf: String,
    connection: String,
    client: String,
    shopper: String,
    /// Where in the list the button was.
    place: String,
}

impl Asked {
    fn whose(&self) -> Option<Many> {
        match (self.client.as_str(), self.shopper.as_str()) {
            ("", "") => None,
            (client, "") => Some(Many::Client(client.to_owned())),
            (_, shopper) => Some(Many::Shopper(shopper.to_owned())),
        }
    }
}

/// `GET /console/revoke`: the question.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    if !desk.staff.staff.role.may_revoke() {
        return Err(desk.forbidden());
    }
    let unknown = || desk.not_found(Check::FormFields.missing("an agent or a shopper, whose sessions end"));
    let whose = asked.whose().ok_or_else(unknown)?;
    let (issuer_id, of) = (shown.issuer.id.clone(), whose.clone());
    let now = desk.now();
    let found: Result<_, StorageError> = desk
        .state
        .db
        .read(move |c| {
            let live = agents::count_live(c, &issuer_id, &of, now)?;
            let client = if let Many::Client(id) = &of {
                clients::find(c, &issuer_id, &ClientId::new(id.as_str()))?
            } else {
                None
            };
            Ok((live, client, is_paused(c, &issuer_id)?))
        })
        .await;
    let (live, client, is_paused) = found.map_err(|error| desk.fault(&error))?;
    let name = client.and_then(|client| desk.state.platforms.shown_name_of_client(&client));
    let view = Confirm {
        layout: desk.layout(&shown),
        csrf: desk.token(&shown),
        frame: desk.frame(Section::Sessions, is_paused),
        whose: match &whose {
            Many::Client(id) => Whose::Client { id, name: name.as_deref().map(Foreign) },
            Many::Shopper(pseudonym) => Whose::Shopper(pseudonym),
            Many::Everyone => return Err(unknown()),
        },
        live_sessions: u32::try_from(live).unwrap_or(u32::MAX),
    };
    Ok(page(StatusCode::OK, &view))
}

/// `POST /console/revoke`. One session is one click, without a question.
pub async fn post(desk: Desk, asked: SentForm<Asked>) -> actix_web::Result<HttpResponse> {
    let asked = asked.into_inner();
    let shown = desk.admit(&asked.environment, &asked.csrf, Role::may_revoke)?;
    let unknown = || desk.not_found(Check::Subject.found("a session, agent or shopper of the store", "another"));
    let act = desk.act(&shown);
    let done: Result<bool, StorageError> = if let Some(whose) = asked.whose() {
        desk.state.db.write(move |tx| revocation::revoke_all(tx, &act, &whose)).await
    } else {
        let id = ConnectionId(Uuid::parse_str(&asked.connection).ok().ok_or_else(unknown)?);
        desk.state.db.write(move |tx| revocation::revoke_connection(tx, &act, id)).await
    };
    let has_ended = done.map_err(|error| desk.fault(&error))?;
    // One that was over already is as revoked as it was meant to be; nothing is said of what is not there.
    if !has_ended && asked.connection.is_empty() {
        return Err(unknown());
    }
    let place = Some(place_of(&asked.place)).filter(|place| !place.is_empty()).map(|place| format!("&{place}"));
    Ok(desk.see("/console", &shown, &format!("{}&done=revoked", place.unwrap_or_default())))
}
