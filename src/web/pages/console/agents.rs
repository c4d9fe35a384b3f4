//! The clients of an issuer: who has introduced itself, and buttons to pause one or end all its sessions.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use mcp_resource::wire::Timestamp;
use mcp_resource::wire::feed::Target;
use serde::Deserialize;
use url::Url;

use crate::domain::agent_policy::Trust;
use crate::domain::client::AgentClass;
use crate::domain::evidence::Check;
use crate::domain::network::is_loopback_host;
use crate::domain::redirect_uri::RedirectUri;
use crate::domain::staff::Role;
use crate::locale::{Foreign, Moment};
use crate::merchant::agents::{Agent, Question, list};
use crate::merchant::pauses;
use crate::storage::StorageError;
use crate::storage::client_listing::{Key, Standing};
use crate::web::extract::SentForm;

use super::super::error::Problem;
use super::super::{CsrfToken, Layout, Notice, ReturnsTo, page, trust_badge};
use super::desk::is_paused;
use super::{Desk, Frame, PAGE, Paging, Section, given, link};

#[derive(Debug, Template)]
#[template(path = "pages/console/agents.html")]
pub struct Clients<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub filter: Filter<'a>,
    pub rows: Vec<Row<'a>>,
    pub paging: Paging<'a>,
    /// The viewer's role allows it.
    pub may_revoke: bool,
}

/// One client.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub client_id: &'a str,
    pub name: Option<Foreign<'a>>,
    /// How far it is trusted at best.
    pub trust: Trust,
    pub class: Class,
    pub returns_to: Vec<ReturnsTo<'a>>,
    pub registered_at: Moment,
    pub live_sessions: u32,
    pub is_paused: bool,
    pub is_quarantined: bool,
    /// The name of what it was merged into, or its id.
    pub merged_into: Option<Foreign<'a>>,
}

/// What the list is narrowed to; empty where it is not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub text: &'a str,
    pub trust: Option<Trust>,
    pub state: Option<Standing>,
}

impl Filter<'_> {
    const fn is_empty(&self) -> bool {
        self.text.is_empty() && self.trust.is_none() && self.state.is_none()
    }

    /// Value, key of the name, and whether it is chosen.
    fn tiers(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        TIERS.into_iter().map(|trust| (trust.as_str(), trust_badge(&trust).1, self.trust == Some(trust)))
    }

    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let states = [
            (Standing::Quarantined, "clients-quarantined"),
            (Standing::Paused, "clients-paused"),
            (Standing::Merged, "clients-merged"),
        ];
        states.into_iter().map(|(state, key)| (state.as_str(), key, self.state == Some(state)))
    }
}

/// All tiers, the least trusted first.
pub const TIERS: [Trust; 4] = [Trust::Unverified, Trust::DomainVerified, Trust::KeyVerified, Trust::Approved];

/// The ceiling of a client, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Browse,
    Shop,
    Support,
}

impl From<AgentClass> for Class {
    fn from(class: AgentClass) -> Self {
        match class {
            AgentClass::Browse => Self::Browse,
            AgentClass::Shop => Self::Shop,
            AgentClass::Support => Self::Support,
        }
    }
}

impl Class {
    pub const fn key(self) -> &'static str {
        match self {
            Self::Browse => "class-browse",
            Self::Shop => "class-shop",
            Self::Support => "class-support",
        }
    }
}

impl Row<'_> {
    /// The name, for labels of buttons.
    fn agent_name(&self, layout: &Layout<'_>) -> String {
        self.name.map_or_else(|| layout.t("agent-unnamed"), |name| name.to_string())
    }
}

/// What of the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    agent: String,
    tier: String,
    state: String,
    before: String,
    done: String,
}

/// `GET /console/agents`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    let issuer_id = shown.issuer.id.clone();
    let question = Question {
        text: given(&asked.agent),
        trust: asked.tier.parse().ok(),
        state: asked.state.parse().ok(),
        older_than: key(&asked.before),
        limit: PAGE,
    };
    let filter = Filter { text: &asked.agent, trust: question.trust, state: question.state };
    let now = desk.now();
    let found: Result<_, StorageError> =
        desk.state.db.read(move |c| Ok((list(c, &issuer_id, &question, now)?, is_paused(c, &issuer_id)?))).await;
    let ((agents, next), is_paused) = found.map_err(|error| desk.fault(&error))?;
    let mut layout = desk.layout(&shown);
    layout.notice = match desk.done(&asked.done) {
        "paused" => Some(Notice::Done(layout.t("clients-paused-notice"))),
        "resumed" => Some(Notice::Done(layout.t("clients-resumed-notice"))),
        _ => None,
    };
    let older = next.map(|key| {
        let before = format!("{}.{}", key.at.as_micros(), key.id);
        let narrowed = [("agent", asked.agent.as_str()), ("tier", &asked.tier), ("state", &asked.state)];
        let pairs = [("environment", layout.environment()), ("before", &before)];
        link(layout.base, "/console/agents", &[&pairs[..], &narrowed[..]].concat())
    });
    // The list is read in one direction only: from anywhere, back to its beginning.
    let first = (!asked.before.is_empty())
        .then(|| link(layout.base, "/console/agents", &[("environment", layout.environment())]));
    let name_of = |agent: &Agent| desk.state.platforms.shown_name_of_client(&agent.client);
    let names: Vec<Option<String>> = agents.iter().map(name_of).collect();
    let hosts: Vec<Vec<(Kind, String)>> = agents.iter().map(destinations).collect();
    let rows = agents.iter().zip(&names).zip(&hosts).map(|((agent, name), hosts)| Row {
        client_id: agent.client.id.as_str(),
        name: name.as_deref().map(Foreign),
        trust: agent.client.trust_at_best(),
        class: shown.policy.class(&agent.client).into(),
        returns_to: hosts.iter().map(|(kind, host)| kind.shown(host)).collect(),
        registered_at: Moment::new(agent.client.created_at, desk.now(), layout.locale),
        live_sessions: u32::try_from(agent.live_sessions).unwrap_or(u32::MAX),
        is_paused: agent.is_paused,
        is_quarantined: agent.client.is_quarantined(),
        merged_into: agent.client.merged_into.as_ref().map(|id| Foreign(id.as_str())),
    });
    let view = Clients {
        csrf: desk.token(&shown),
        frame: desk.frame(Section::Agents, is_paused),
        filter,
        rows: rows.collect(),
        paging: Paging { newer: first.as_deref(), older: older.as_deref() },
        may_revoke: desk.staff.staff.role.may_revoke(),
        layout: layout.clone(),
    };
    Ok(page(StatusCode::OK, &view))
}

/// Which client is to be held or let go on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asks {
    environment: String,
    csrf: String,
    pause: String,
    resume: String,
}

/// `POST /console/agents`: pauses or resumes one client. Both are one click, and nothing ends.
pub async fn post(desk: Desk, asks: SentForm<Asks>) -> actix_web::Result<HttpResponse> {
    let asks = asks.into_inner();
    let shown = desk.admit(&asks.environment, &asks.csrf, Role::may_revoke)?;
    let act = desk.act(&shown);
    let query = if asks.pause.is_empty() { "&done=resumed" } else { "&done=paused" };
    let done: Result<bool, StorageError> = match (asks.pause.as_str(), asks.resume.as_str()) {
        ("", "") => {
            let evidence = Check::FormFields.missing("the id of an agent");
            return Err(desk.refuse(Problem::BadRequest, StatusCode::BAD_REQUEST, evidence));
        }
        ("", _) => desk.state.db.write(move |tx| pauses::resume(tx, &act, &Target::Client(asks.resume))).await,
        _ => desk.state.db.write(move |tx| pauses::pause(tx, &act, &Target::Client(asks.pause))).await,
    };
    done.map_err(|error| desk.fault(&error))?;
    Ok(desk.see("/console/agents", &shown, query))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Host,
    Loopback,
    App,
}

impl Kind {
    pub(super) const fn shown(self, host: &str) -> ReturnsTo<'_> {
        match self {
            Self::Host => ReturnsTo::Host(host),
            Self::Loopback => ReturnsTo::Loopback(host),
            Self::App => ReturnsTo::App(host),
        }
    }
}

/// Where the answers of a client go, each host once.
pub(super) fn destinations(agent: &Agent) -> Vec<(Kind, String)> {
    let destination = |uri: &RedirectUri| {
        let url = Url::parse(uri.as_str()).ok()?;
        Some(match (url.scheme(), url.host_str()) {
            ("http" | "https", Some(host)) if is_loopback_host(&url) => (Kind::Loopback, host.to_owned()),
            ("http" | "https", Some(host)) => (Kind::Host, host.to_owned()),
            (scheme, _) => (Kind::App, scheme.to_owned()),
        })
    };
    let mut all: Vec<(Kind, String)> = Vec::new();
    for destination in agent.client.metadata.redirect_uris.iter().filter_map(destination) {
        if !all.contains(&destination) {
            all.push(destination);
        }
    }
    all
}

/// A time and the id of a client with a dot between.
fn key(text: &str) -> Option<Key> {
    let (at, id) = text.split_once('.')?;
    Some(Key { at: Timestamp::from_micros(at.parse().ok()?), id: id.to_owned() })
}
