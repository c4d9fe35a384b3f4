//! Pausing all agents, and the switch of MCP access per environment. Pausing is one click; what opens again
//! asks for the password, since browsers stay signed in.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use mcp_resource::wire::feed::Target;
use serde::Deserialize;

use crate::accounts::sign_in::{AccountsError, Doorkeeper, Proof, prove_staff};
use crate::accounts::throttle::{Attempt, Guess};
use crate::domain::issuer::Environment;
use crate::domain::restriction::Effect;
use crate::domain::staff::Role;
use crate::keys::{IssuerContext, Secret};
use crate::locale::Locale;
use crate::merchant::pauses;
use crate::storage::{StorageError, restrictions};
use crate::web::extract::{Browser, Fields, SentForm};

use super::super::refuse::{as_error, too_many, unavailable};
use super::super::{CsrfToken, Layout, Notice, page};
use super::desk::is_paused;
use super::{Asked, Desk, Frame, Section};

#[derive(Debug, Template)]
#[template(path = "pages/console/settings.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the page shows or leaves out")]
pub struct Settings<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub live_is_open: bool,
    /// None without a sandbox.
    pub sandbox_is_open: Option<bool>,
    pub password_was_wrong: bool,
    /// The viewer's role may hold agents and let them go on.
    pub may_pause: bool,
    /// The viewer is an admin.
    pub may_change: bool,
}

/// What was just done here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Saved,
    Paused,
    Resumed,
}

impl Done {
    pub fn notice(self, locale: &Locale) -> Notice {
        Notice::Done(locale.t(match self {
            Self::Saved => "settings-saved",
            Self::Paused => "settings-paused-notice",
            Self::Resumed => "settings-resumed-notice",
        }))
    }
}

impl Done {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Saved, Self::Paused, Self::Resumed].into_iter().find(|done| done.as_str() == text)
    }
}

/// `GET /console/settings`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    show(&desk, &shown, Done::parse(desk.done(&asked.done)), StatusCode::OK).await
}

/// The page, after a wrong password with its status.
async fn show(
    desk: &Desk,
    shown: &IssuerContext,
    done: Option<Done>,
    status: StatusCode,
) -> actix_web::Result<HttpResponse> {
    let sandbox = desk.shown("sandbox").ok();
    let shown_id = shown.issuer.id.clone();
    let ids = (desk.live.issuer.id.clone(), sandbox.map(|context| context.issuer.id.clone()));
    let found: Result<_, StorageError> = desk
        .state
        .db
        .read(move |c| {
            let live_is_open = !restrictions::is_set(c, &ids.0, Effect::Off, &Target::Issuer)?;
            let is_off = ids.1.map(|id| restrictions::is_set(c, &id, Effect::Off, &Target::Issuer)).transpose()?;
            Ok((live_is_open, is_off.map(|is_off| !is_off), is_paused(c, &shown_id)?))
        })
        .await;
    let (live_is_open, sandbox_is_open, is_paused) = found.map_err(|error| desk.fault(&error))?;
    let mut layout = desk.layout(shown);
    layout.notice = done.map(|done| done.notice(layout.locale));
    let view = Settings {
        csrf: desk.token(shown),
        frame: desk.frame(Section::Settings, is_paused),
        live_is_open,
        sandbox_is_open,
        password_was_wrong: status == StatusCode::UNPROCESSABLE_ENTITY,
        may_pause: desk.staff.staff.role.may_revoke(),
        may_change: desk.staff.staff.role.may_change_settings(),
        layout: layout.clone(),
    };
    Ok(page(status, &view))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
    password: String,
}

/// `POST /console/settings/pause`: holds all agents of the environment.
pub async fn pause(desk: Desk, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_revoke)?;
    let act = desk.act(&shown);
    let done: Result<bool, StorageError> =
        desk.state.db.write(move |tx| pauses::pause(tx, &act, &Target::Issuer)).await;
    done.map_err(|error| desk.fault(&error))?;
    Ok(see(&desk, &shown, Done::Paused))
}

/// `POST /console/settings/resume`: what opens again asks for the password.
pub async fn resume(desk: Desk, browser: Browser, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let sent = sent.into_inner();
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_revoke)?;
    if !is_confirmed(&desk, &browser, sent.password).await? {
        return show(&desk, &shown, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let act = desk.act(&shown);
    let done: Result<bool, StorageError> =
        desk.state.db.write(move |tx| pauses::resume(tx, &act, &Target::Issuer)).await;
    done.map_err(|error| desk.fault(&error))?;
    Ok(see(&desk, &shown, Done::Resumed))
}

/// `POST /console/settings/access`: the switches of all environments. Each `open` names one that is on.
pub async fn access(desk: Desk, browser: Browser, sent: SentForm<Fields>) -> actix_web::Result<HttpResponse> {
    let one = |name| sent.all(name).next().unwrap_or_default();
    let shown = desk.admit(one("environment"), one("csrf"), Role::may_change_settings)?;
    if !is_confirmed(&desk, &browser, one("password").to_owned()).await? {
        return show(&desk, &shown, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let switches: Vec<_> = environments(&desk)
        .into_iter()
        .map(|context| {
            let is_on = sent.all("open").any(|open| open == context.issuer.environment.as_str());
            (desk.act(&context), is_on)
        })
        .collect();
    let done: Result<(), StorageError> = desk
        .state
        .db
        .write(move |tx| {
            for (act, is_on) in &switches {
                pauses::switch_access(tx, act, *is_on)?;
            }
            Ok(())
        })
        .await;
    done.map_err(|error| desk.fault(&error))?;
    Ok(see(&desk, &shown, Done::Saved))
}

fn environments(desk: &Desk) -> Vec<Arc<IssuerContext>> {
    let directory = desk.state.directory.load();
    let of = |environment| directory.of_store(&desk.staff.staff.store_id, environment);
    [Environment::Live, Environment::Sandbox].into_iter().filter_map(of).collect()
}

fn see(desk: &Desk, shown: &IssuerContext, done: Done) -> HttpResponse {
    desk.see("/console/settings", shown, &format!("&done={}", done.as_str()))
}

/// Whether it is this member's password; guesses are throttled as at sign-in.
pub(super) async fn is_confirmed(desk: &Desk, browser: &Browser, password: String) -> actix_web::Result<bool> {
    let member = &desk.staff.staff;
    let door = Doorkeeper {
        db: &desk.state.db,
        passwords: &desk.state.passwords,
        throttle: &desk.state.throttle,
        now: desk.now(),
    };
    let attempt = Attempt {
        guess: Guess::Password,
        realm: member.store_id.to_string(),
        account: member.email.clone(),
        source: desk.source.network.clone(),
        browser: browser.hash,
    };
    match prove_staff(door, &member.store_id, &attempt, Secret::new(password)).await {
        Ok(Proof::Right(..)) => Ok(true),
        Ok(Proof::Wrong(_)) => Ok(false),
        Ok(Proof::Throttled { retry_after }) => {
            Err(as_error(too_many(&desk.request, &desk.live, retry_after, "too many wrong passwords")))
        }
        Err(AccountsError::Storage(error)) => Err(desk.fault(&error)),
        Err(AccountsError::Passwords(error)) => Err(as_error(unavailable(&desk.request, &desk.live, &error))),
    }
}
