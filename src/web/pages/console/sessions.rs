//! Every agent session of the store, with one click to end it. S1-22.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use mcp_resource::wire::{ScopeSet, Timestamp};
use serde::Deserialize;
use url::form_urlencoded;
use uuid::Uuid;

use crate::domain::agent_policy::Trust;
use crate::domain::platforms::Platforms;
use crate::domain::session_state::SessionState;
use crate::locale::{Foreign, Locale, Moment};
use crate::merchant::sessions::{AgentSession, List, Question, list};
use crate::storage::console_sessions::{Key, Page};
use crate::storage::{StorageError, issuers};

use super::super::{CsrfToken, Layout, page};
use super::desk::is_paused;
use super::{Desk, Frame, PAGE, Paging, Section, given, link, revoked};

#[derive(Debug, Template)]
#[template(path = "pages/console/sessions.html")]
pub struct Sessions<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub filter: Filter<'a>,
    /// The query of this very page, for coming back to it.
    pub place: &'a str,
    /// A token was seen then that is newer than the database, not long ago.
    pub went_back_at: Option<Moment>,
    pub rows: Vec<Row<'a>>,
    pub paging: Paging<'a>,
    /// The viewer's role allows it.
    pub may_revoke: bool,
}

/// What the list is narrowed to; empty where it is not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub agent: &'a str,
    pub shopper: &'a str,
    pub state: Option<State>,
}

/// One connection.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The id of the connection.
    pub connection: &'a str,
    pub agent: Option<Foreign<'a>>,
    pub client_id: &'a str,
    /// How far it is trusted where the answer went.
    pub trust: Trust,
    /// The pseudonym.
    pub shopper: &'a str,
    pub scopes: ScopeSet,
    pub authorized_at: Moment,
    pub last_used_at: Option<Moment>,
    pub ends_at: Moment,
    pub state: State,
    /// Answers to superseded refresh tokens within their grace (H12).
    pub grace_replays: u32,
    /// Those that this one took over from (decision 3).
    pub folded: Vec<Folded<'a>>,
}

/// A session on one line, under the later one.
#[derive(Debug, Clone)]
pub struct Folded<'a> {
    pub connection: &'a str,
    pub authorized_at: Moment,
    pub last_used_at: Option<Moment>,
    pub state: State,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Live,
    Paused,
    Revoked,
    Disconnected,
    Left,
    Reused,
    Expired,
}

impl State {
    const ALL: [Self; 7] =
        [Self::Live, Self::Paused, Self::Revoked, Self::Disconnected, Self::Left, Self::Reused, Self::Expired];

    const fn key(self) -> &'static str {
        match self {
            Self::Live => "state-live",
            Self::Paused => "state-paused",
            Self::Revoked => "state-revoked",
            Self::Disconnected => "state-disconnected",
            Self::Left => "state-left",
            Self::Reused => "state-reused",
            Self::Expired => "state-expired",
        }
    }

    /// The value of the `state` parameter, and the style.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Revoked => "revoked",
            Self::Disconnected => "disconnected",
            Self::Left => "left",
            Self::Reused => "reused",
            Self::Expired => "expired",
        }
    }

    /// The reverse of [`State::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// There is something to revoke.
    const fn can_end(self) -> bool {
        matches!(self, Self::Live | Self::Paused)
    }
}

impl From<SessionState> for State {
    fn from(state: SessionState) -> Self {
        match state {
            SessionState::Live => Self::Live,
            SessionState::Paused => Self::Paused,
            SessionState::Revoked => Self::Revoked,
            SessionState::Disconnected => Self::Disconnected,
            SessionState::Left => Self::Left,
            SessionState::Reused => Self::Reused,
            SessionState::Expired => Self::Expired,
        }
    }
}

impl Filter<'_> {
    const fn is_empty(&self) -> bool {
        self.agent.is_empty() && self.shopper.is_empty() && self.state.is_none()
    }

    fn states(&self) -> impl Iterator<Item = (State, bool)> {
        State::ALL.into_iter().map(|state| (state, self.state == Some(state)))
    }
}

impl Row<'_> {
    /// The name, for labels of buttons.
    fn agent_name(&self, layout: &Layout<'_>) -> String {
        self.agent.map_or_else(|| layout.t("agent-unnamed"), |name| name.to_string())
    }

    fn folded_count(&self) -> u32 {
        u32::try_from(self.folded.len()).unwrap_or(u32::MAX)
    }
}

/// What of the list is asked for.
#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Asked {
    environment: String,
    agent: String,
    shopper: String,
    state: String,
    before: String,
    after: String,
    done: String,
}

impl Asked {
    /// What narrows the list and which page of it is shown, as a query.
    fn place(&self) -> String {
        let [agent, shopper, state] = [&self.agent, &self.shopper, &self.state].map(String::as_str);
        place([agent, shopper, state, &self.before, &self.after])
    }
}

const PLACE: [&str; 5] = ["agent", "shopper", "state", "before", "after"];

fn place(values: [&str; 5]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(PLACE.into_iter().zip(values).filter(|(_, value)| !value.is_empty()));
    query.finish()
}

/// A place that came back with a form: only what the list understands is kept of it.
pub(super) fn place_of(text: &str) -> String {
    let given: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
    let value = |name| given.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value.as_ref());
    place(PLACE.map(value))
}

/// How long after its last sign the page tells of a database that went back in time.
const WARNED_FOR: Duration = Duration::from_hours(7 * 24);

/// `GET /console`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let asked = asked.into_inner();
    let shown = desk.shown(&asked.environment)?;
    let question = question(&asked, desk.now());
    let issuer_id = shown.issuer.id.clone();
    let found: Result<_, StorageError> = desk
        .state
        .db
        .read(move |c| {
            let list: List = list(c, &issuer_id, &question)?;
            Ok((list, is_paused(c, &issuer_id)?, issuers::find_went_back(c, &issuer_id)?))
        })
        .await;
    let (list, is_paused, went_back_at) = found.map_err(|error| desk.fault(&error))?;
    let recently = desk.now().minus(WARNED_FOR);
    let mut layout = desk.layout(&shown);
    layout.notice = (desk.done(&asked.done) == "revoked").then(|| revoked(layout.locale));
    let link = |name: &str, key: Option<Key>| {
        let key = key.map(|key| format!("{}.{}", key.at.as_micros(), key.id))?;
        let pairs = [("environment", layout.environment()), ("agent", &asked.agent), ("shopper", &asked.shopper)];
        Some(link(layout.base, "/console", &[&pairs[..], &[("state", &asked.state), (name, &key)]].concat()))
    };
    let (newer, older) = (link("after", list.newer), link("before", list.older));
    let place = asked.place();
    let ids: Vec<Ids> = list.sessions.iter().map(|session| Ids::of(session, &desk.state.platforms)).collect();
    let rows = list.sessions.iter().zip(&ids).map(|(session, ids)| row(session, ids, (desk.now(), layout.locale)));
    let view = Sessions {
        csrf: desk.token(&shown),
        frame: desk.frame(Section::Sessions, is_paused),
        filter: Filter { agent: &asked.agent, shopper: &asked.shopper, state: State::parse(&asked.state) },
        place: &place,
        went_back_at: went_back_at.filter(|at| *at > recently).map(|at| Moment::new(at, desk.now(), layout.locale)),
        rows: rows.collect(),
        paging: Paging { newer: newer.as_deref(), older: older.as_deref() },
        may_revoke: desk.staff.staff.role.may_revoke(),
        layout: layout.clone(),
    };
    Ok(page(StatusCode::OK, &view))
}

/// The ids of a session and of those below it and the name of its agent, for its row to borrow.
struct Ids {
    own: String,
    agent: Option<String>,
    folded: Vec<String>,
}

impl Ids {
    fn of(session: &AgentSession, platforms: &Platforms) -> Self {
        Self {
            own: session.id.to_string(),
            agent: session.client.as_ref().and_then(|client| platforms.shown_name_of_client(client)),
            folded: session.folded.iter().map(|below| below.id.to_string()).collect(),
        }
    }
}

fn row<'a>(session: &'a AgentSession, ids: &'a Ids, (now, locale): (Timestamp, &Locale)) -> Row<'a> {
    let moment = |at| Moment::new(at, now, locale);
    let folded = session.folded.iter().zip(&ids.folded).map(|(below, id)| Folded {
        connection: id,
        authorized_at: moment(below.authorized_at),
        last_used_at: below.last_used_at.map(moment),
        state: below.state.into(),
    });
    Row {
        connection: &ids.own,
        agent: ids.agent.as_deref().map(Foreign),
        client_id: &session.client_id,
        trust: session.trust,
        shopper: &session.pseudonym,
        scopes: session.scope,
        authorized_at: moment(session.authorized_at),
        last_used_at: session.last_used_at.map(moment),
        ends_at: moment(session.ends_at),
        state: session.state.into(),
        grace_replays: u32::try_from(session.grace_replays).unwrap_or(u32::MAX),
        folded: folded.collect(),
    }
}

fn question(asked: &Asked, now: Timestamp) -> Question {
    let page = match (key(&asked.before), key(&asked.after)) {
        (Some(key), _) => Page::OlderThan(key),
        (None, Some(key)) => Page::NewerThan(key),
        (None, None) => Page::First,
    };
    Question {
        agent: given(&asked.agent),
        pseudonym: given(&asked.shopper),
        state: asked.state.parse().ok(),
        page,
        limit: PAGE,
        now,
    }
}

/// A time and the id of a connection with a dot between; what cannot be read is no key.
fn key(text: &str) -> Option<Key> {
    let (at, id) = text.split_once('.')?;
    Some(Key { at: Timestamp::from_micros(at.parse().ok()?), id: Uuid::parse_str(id).ok()? })
}
