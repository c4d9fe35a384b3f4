//! What agents see: the examination of the store's own deployment, from this server, on demand. It registers unused clients
//! and changes nothing else, so every role may look.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::Url;

use crate::doctor::checks::Check;
use crate::doctor::findings::{Difference, Outcome};
use crate::doctor::standing::{Standing, Verdict};
use crate::doctor::{Options, Report};
use crate::keys::IssuerContext;
use crate::locale::{Foreign, Moment};
use crate::outbound::probe::Prober;
use crate::storage::StorageError;
use crate::web::error::fault_of;
use crate::web::examinations::Examination;
use crate::web::extract::SentForm;

use super::super::error::Problem;
use super::super::{CsrfToken, Layout, Notice, page};
use super::desk::is_paused;
use super::{Asked, Desk, Frame, Section};

/// For all MCP servers of the environment together.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the browser waits for it.
const WAITS: Duration = Duration::from_secs(8);
/// Shown by themselves, by what people call them; the others are folded.
const FIRST: [(&str, &[&str]); 3] =
    [("ChatGPT", &["chatgpt", "chatgpt-connector"]), ("Claude", &["claude"]), ("Google", &["google"])];

#[derive(Debug, Template)]
#[template(path = "pages/console/health.html")]
pub struct Health<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    /// None: nobody has looked since this server was started.
    pub looked_at: Option<Moment>,
    pub is_partial: bool,
    /// The environment has no MCP server to look at.
    pub has_no_server: bool,
    pub servers: Vec<Server<'a>>,
}

/// One MCP server as agents see it.
#[derive(Debug)]
pub struct Server<'a> {
    pub address: &'a str,
    /// No hosted platform comes to this machine.
    pub is_loopback: bool,
    pub cards: Vec<Card<'a>>,
    pub others: Vec<Card<'a>>,
    /// What stops nobody.
    pub also: Vec<Finding<'a>>,
}

/// One platform.
#[derive(Debug)]
pub struct Card<'a> {
    pub name: &'static str,
    pub verdict: Verdict,
    /// The key of how it introduces itself.
    pub introduces: &'static str,
    /// None: as configured.
    pub asks: Option<String>,
    pub findings: Vec<Finding<'a>>,
}

/// What failed.
#[derive(Debug)]
pub struct Finding<'a> {
    pub check: Check,
    pub difference: &'a Difference,
}

impl Card<'_> {
    /// The class of its mark, and the key of its words.
    fn mark(&self) -> (&'static str, &'static str) {
        match self.verdict {
            Verdict::Links => ("links", "health-links"),
            Verdict::LinksBut => ("links-but", "health-links-but"),
            Verdict::Unknown => ("links-but", "health-unknown"),
            Verdict::WillNotLink => ("will-not-link", "health-will-not-link"),
        }
    }

    fn asks(&self, layout: &Layout<'_>) -> String {
        match self.asks.as_deref() {
            None => layout.t("doctor-asks-configured"),
            Some("") => layout.t("doctor-asks-nothing"),
            Some(scopes) => layout.t1("doctor-asks", &("scopes", Foreign(scopes))),
        }
    }
}

impl<'a> Server<'a> {
    pub fn of(report: &'a Report) -> Self {
        let find = |id: &str| report.standings.iter().find(|standing| standing.platform.id == id);
        let card = |name: &'static str, standing: &Standing| Card {
            name,
            verdict: standing.verdict,
            introduces: standing.registration.key(),
            asks: standing.scopes.as_ref().map(|scopes| scopes.join(" ")),
            findings: findings(report, standing.stopped_by.iter().chain(&standing.limited_by)),
        };
        // The better of the ways in which a platform comes.
        let best = |ids: &[&str]| ids.iter().filter_map(|id| find(id)).min_by_key(|standing| standing.verdict);
        let cards = FIRST.iter().filter_map(|(name, ids)| Some(card(name, best(ids)?))).collect();
        let is_first = |id: &str| FIRST.iter().any(|(_, ids)| ids.contains(&id));
        let others = report.standings.iter().filter(|standing| !is_first(standing.platform.id));
        let others = others.map(|standing| card(standing.platform.name, standing)).collect();
        let also: Vec<Check> = report
            .failures()
            .iter()
            .filter(|failure| failure.stops.is_empty() && failure.limits.is_empty())
            .map(|failure| failure.check)
            .collect();
        let (address, is_loopback) = (report.target.as_str(), report.is_loopback);
        Self { address, is_loopback, cards, others, also: findings(report, also.iter()) }
    }
}

fn findings<'a, 'c>(report: &'a Report, checks: impl Iterator<Item = &'c Check>) -> Vec<Finding<'a>> {
    let finding = |check: &Check| match report.findings.outcome(*check) {
        Outcome::Failed(difference) => Some(Finding { check: *check, difference }),
        _ => None,
    };
    checks.filter_map(finding).collect()
}

/// `GET /console/health`: what was seen last.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    let shown_id = shown.issuer.id.clone();
    let paused: Result<bool, StorageError> = desk.state.db.read(move |c| is_paused(c, &shown_id)).await;
    let paused = paused.map_err(|error| desk.fault(&error))?;
    let last = desk.state.examinations.last(&shown.issuer.id);
    let mut layout = desk.layout(&shown);
    layout.notice = match desk.done(&asked.done) {
        "looked" => Some(Notice::Done(layout.t("health-looked"))),
        "busy" => Some(Notice::Refused(layout.t("health-busy"))),
        _ => None,
    };
    let reports = last.as_ref().map(|last| last.reports.as_slice()).unwrap_or_default();
    let view = Health {
        csrf: desk.token(&shown),
        frame: desk.frame(Section::Health, paused),
        looked_at: last.as_ref().map(|last| Moment::new(last.at, desk.now(), layout.locale)),
        is_partial: last.as_ref().is_some_and(|last| last.is_partial),
        has_no_server: shown.resource_servers.is_empty(),
        servers: reports.iter().map(Server::of).collect(),
        layout: layout.clone(),
    };
    Ok(page(StatusCode::OK, &view))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
}

/// `POST /console/health`: looks now, for [`PATIENCE`] at most. What takes longer than a request may goes on without it.
pub async fn post(desk: Desk, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&sent.environment)?;
    desk.check_token(&shown, &sent.csrf)?;
    let Some(turn) = desk.state.examinations.begin(&shown.issuer.store_id) else {
        return Ok(desk.see("/console/health", &shown, "&done=busy"));
    };
    let state = desk.state.clone();
    let prober = Prober::new(state.clock.clone(), None).map_err(|error| {
        let reason = fault_of(&error).because(error.to_string());
        desk.refuse(Problem::Server, StatusCode::INTERNAL_SERVER_ERROR, reason)
    })?;
    let examined = Arc::clone(&shown);
    let looking = tokio::spawn(async move {
        let mut reports = Vec::new();
        let looked = tokio::time::timeout(PATIENCE, look(&prober, &examined, &mut reports)).await;
        let examination = Examination { at: state.clock.now(), reports, is_partial: looked.is_err() };
        state.examinations.keep(examined.issuer.id.clone(), examination);
        drop(turn);
    });
    let done = if tokio::time::timeout(WAITS, looking).await.is_ok() { "&done=looked" } else { "&done=busy" };
    Ok(desk.see("/console/health", &shown, done))
}

/// The store's own servers, and nobody else's.
async fn look(prober: &Prober, shown: &IssuerContext, reports: &mut Vec<Report>) {
    let servers = || shown.resource_servers.iter().map(|known| known.server.resource.as_str());
    let addresses = servers().chain([shown.url()]);
    let origins: Vec<String> =
        addresses.filter_map(|url| Some(Url::parse(url).ok()?.origin().ascii_serialization())).collect();
    for address in servers() {
        let options = Options { register: true, only_origins: Some(origins.clone()), ..Options::default() };
        reports.push(Report::of(&prober.examine(address, options).await));
    }
}
